"""Who may change a doctor's slots, and who may book one (requirements B02, B05, B11)."""

from rules import add_perm, predicate

from portal.enums import Role
from portal.models import KNOWN_TO_DESK, Doctor, User
from portal.permissions.people import is_its_doctor, is_patient, runs_its_office


@predicate
def is_that_doctor(user: User, doctor: Doctor) -> bool:
    return user.role == Role.DOCTOR and doctor.user_id == user.pk


@predicate
def may_know_of(user: User, doctor: Doctor) -> bool:
    """Of applicants only admins know (A02)."""
    return user.role == Role.ADMIN or doctor.state in KNOWN_TO_DESK


# The thing is a doctor: their diary is theirs, and that of those who run their office.
add_perm("portal.change_diary", is_that_doctor | (may_know_of & runs_its_office))
# The thing is a slot.
add_perm("portal.change_slot", is_its_doctor | runs_its_office)
add_perm("portal.book_slot", is_patient | is_its_doctor | runs_its_office)
