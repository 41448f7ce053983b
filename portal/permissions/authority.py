"""The permission checks with which every service starts."""

from django.utils.translation import gettext as _

from portal.errors import Forbidden, PortalError
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
    demand_open(office)


def demand_open(office: Office) -> None:
    """Raise PortalError if the office has been closed for good. One query: read anew, because
    closing it waits for the doctors' locks that who adds a time holds."""
    if Office.objects.filter(pk=office.pk).exclude(closed_at=None).exists():
        raise PortalError(_("This office is closed for good."), field="office")
