"""Licence numbers of doctors, of which each belongs to one (requirement A02)."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.errors import PortalError
from portal.models import Doctor, User


def save(doctor: Doctor, *, by: User) -> None:
    """Save a doctor in a savepoint of the caller's transaction; the caller records who did it.

    Writes the doctor. Raises PortalError if the licence number, compared without blanks and case,
    is another's; nothing is said about whose.
    """
    try:
        with transaction.atomic():
            doctor.save()
    except IntegrityError as error:
        if "licence" not in str(error):
            raise
        text = _("This licence number is registered already. If it is yours, call the clinic.")
        raise PortalError(text, field="licence_number") from error
