"""A form that is sent twice books once (requirement B09)."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from portal.appointments.services import taking
from portal.errors import Forbidden, PortalError
from portal.models import Appointment, User

Made = TypeVar("Made")


def once(book: Callable[[], Made], *, earlier: Callable[[], Made | None]) -> Made:
    """What `book` makes in one transaction; if it is refused, what the same form has made before.

    The first of the two has taken the slot, so the second finds an obstacle, or a constraint does.
    Raises what `book` raises; an IntegrityError comes as the refusal that it means.
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
        raise taking.refusal_of(error) from error


def appointment_of(form_token: UUID | None, *, by: User) -> Appointment | None:
    """What this user has booked with this form; None for bookings without one."""
    if form_token is None:
        return None
    return Appointment.objects.filter(form_token=form_token, booked_by=by).first()
