"""A form that is sent twice makes one appointment (requirement B09)."""

from collections.abc import Callable
from uuid import UUID

from django.db import IntegrityError, transaction

from portal.errors import Forbidden, PortalError
from portal.models import Appointment, User
from portal.services import taking


def once(form_token: UUID | None, book: Callable[[], Appointment], *, by: User) -> Appointment:
    """What `book` makes in one transaction; refused, what the same form of the same user has made
    before.

    The first of the two has taken the slot, so the second finds an obstacle, or a constraint does.
    Raises what `book` raises; IntegrityError comes as the refusal that it means.
    """
    try:
        with transaction.atomic():
            return book()
    except Forbidden:
        raise
    except PortalError:
        if earlier := _made_by(form_token, by):
            return earlier
        raise
    except IntegrityError as error:
        if earlier := _made_by(form_token, by):
            return earlier
        raise taking.refusal_of(error) from error


def _made_by(form_token: UUID | None, by: User) -> Appointment | None:
    if form_token is None:
        return None
    return Appointment.objects.filter(form_token=form_token, booked_by=by).first()
