"""A form that is sent twice books once (requirement B09)."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from portal.appointments.services import obstacles
from portal.database.transactions import retried
from portal.errors import Forbidden, PortalError
from portal.models import Appointment, User

Made = TypeVar("Made")


@retried
def once(book: Callable[[], Made], *, earlier: Callable[[], Made | None]) -> Made:
    """The result of `book` in one transaction. If it is refused, the result that the same form gave
    before.

    The first of two runs takes the slot, so the second is refused by a check or a constraint.
    Raises what `book` raises; an IntegrityError is raised as the matching refusal.
    """
    try:
        with transaction.atomic():
            return book()
    except Forbidden:
        raise
    except PortalError:
        if made := earlier():
            return made
        raise
    except IntegrityError as error:
        if made := earlier():
            return made
        raise obstacles.refusal_of(error) from error


def appointment_of(form_token: UUID | None, *, by: User) -> Appointment | None:
    """The appointment that this user booked with this form; None for bookings without a token."""
    if form_token is None:
        return None
    return Appointment.objects.filter(form_token=form_token, booked_by=by).first()
