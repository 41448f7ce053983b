"""Doctors whom the clinic brings in itself: there is no application (requirements A03, A15)."""

from typing import Any

from django.utils.translation import gettext as _

from portal.enums import DoctorState
from portal.errors import PortalError
from portal.models import Doctor, Office, Specialty, User
from portal.people.services import licences


def add_approved(
    user: User, *, specialty: Specialty, office: Office, by: User, **values: Any
) -> Doctor:
    """The profile of a new login; the doctor counts as approved.

    `values` are the other fields of Doctor: licence number, practising since, qualifications, fee
    in cents. For use in the transaction that makes the login, which has locked `office` and
    records who did it. Writes the doctor. Raises PortalError (the licence number is another's, the
    office or the specialty is closed).
    """
    if not office.is_open:
        raise PortalError(_closed(office.name), field="office")
    if not Specialty.objects.open().filter(pk=specialty.pk).exists():
        raise PortalError(_closed(specialty.name), field="specialty")
    doctor = Doctor(
        user=user,
        name=user.name,
        specialty=specialty,
        office=office,
        state=DoctorState.APPROVED,
        **values,
    )
    licences.save(doctor, by=by)
    return doctor


def _closed(name: str) -> str:
    return _("%(name)s is closed: no doctor can begin there.") % {"name": name}
