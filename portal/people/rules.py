"""Who may act for a patient (requirements A08, B11)."""

from rules import add_perm, predicate

from portal.enums import Role
from portal.models import Patient, User, may_act_for
from portal.permissions.people import is_admin, is_assistant, is_doctor


@predicate
def is_theirs(user: User, patient: Patient) -> bool:
    """Themself, or somebody whose appointments they look after (A14)."""
    return may_act_for(user, patient)


@predicate
def is_themself(user: User, patient: Patient) -> bool:
    return user.role == Role.PATIENT and patient.user_id == user.pk


@predicate
def treats_them(user: User, patient: Patient) -> bool:
    """A doctor with whom the patient has or had an appointment: one query."""
    return (
        user.role == Role.DOCTOR and Patient.objects.visible_to(user).filter(pk=patient.pk).exists()
    )


add_perm("portal.book_for_patient", is_theirs | is_assistant | is_admin | treats_them)
add_perm("portal.add_patient", is_assistant | is_admin)
add_perm("portal.edit_patient", is_assistant | is_admin)
# Nobody gives on what was given to them.
add_perm("portal.share_chart", is_themself | is_assistant | is_admin)
add_perm("portal.merge_patients", is_assistant | is_admin)
add_perm("portal.take_back_merge", is_admin)
add_perm("portal.list_patients", is_doctor | is_assistant | is_admin)
add_perm("portal.approve_doctors", is_admin)
