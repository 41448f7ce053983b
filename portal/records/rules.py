"""Who may write a note, and who may open a patient's records (requirements C06, C12)."""

from rules import add_perm, predicate

from portal.enums import Role, Scope
from portal.models import HOLDING, Appointment, EncounterNote, Patient, User, may_act_for
from portal.permissions.people import is_its_doctor


@predicate
def stands(_user: User, appointment: Appointment) -> bool:
    """Confirmed, arrived or completed; also missed, for a doctor may note why."""
    return appointment.state in HOLDING


@predicate
def wrote_it(user: User, note: EncounterNote) -> bool:
    return user.role == Role.DOCTOR and note.author.user_id == user.pk


@predicate
def treats(user: User, patient: Patient) -> bool:
    """A doctor with whom the patient has, or had, an appointment that stood. One query."""
    if user.role != Role.DOCTOR:
        return False
    theirs = Appointment.objects.filter(patient=patient, doctor__user=user, state__in=HOLDING)
    return theirs.exists()


@predicate
def reads_as_patient(user: User, patient: Patient) -> bool:
    return may_act_for(user, patient, Scope.RECORDS)


add_perm("portal.write_note", is_its_doctor & stands)
add_perm("portal.sign_note", wrote_it)
add_perm("portal.read_records", treats | reads_as_patient)
