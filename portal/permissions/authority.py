"""The permission checks with which every service starts."""

from portal.errors import Forbidden
from portal.models import Doctor, Office, Slot, User


def demand(by: User, permission: str, thing) -> None:
    """Raise Forbidden unless `by` has `permission` (see each package's rules.py) on `thing`."""
    if not by.has_perm(permission, thing):
        raise Forbidden


def demand_diary_at(by: User, doctor: Doctor, office: Office) -> None:
    """Raise Forbidden unless `by` may change the doctor's times at that office: the doctor, and
    staff who run both the doctor's own office and this one."""
    demand(by, "portal.change_diary", doctor)
    demand(by, "portal.change_slot", Slot(doctor=doctor, office=office))
