"""No slot is made or booked on a day on which the office is closed (requirement B03).

Every service that makes or books a slot calls these checks. Closing a day locks all doctors, then
the day's slots; so under the lock of the doctor or of the slot the result holds until the commit.
docs/decisions/closed-days.md says what can be overridden.
"""

from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.errors import ClosedDay
from portal.models import Holiday, Office, Slot, User
from portal.slots.queries.closures import closure_at, closure_of


def refuse(closure: Holiday, *, field: str | None = None) -> ClosedDay:
    """The error that names the closure."""
    return ClosedDay(_sentence(closure), name=closure.name, field=field)


def check_slot(slot: Slot) -> None:
    """Check that no closure prevents booking the slot, which is locked. One query.

    Raises ClosedDay. Source: requirement B03.
    """
    if closure := closure_of(slot):
        raise refuse(closure)


def check_new(
    office: Office,
    starts_at: datetime,
    *,
    despite: bool = False,
    field: str | None = None,
    by: User,
) -> Holiday | None:
    """Check that a slot may be made at that time (aware); under the doctor's lock. One query.

    Returns the closure despite which it is made; only staff may set `despite`. The caller marks the
    slot and calls `record_override`. Raises ClosedDay. Source: requirement B03.
    """
    closure = closure_at(office, starts_at)
    if closure and not (despite and by.is_staff):
        raise refuse(closure, field=field)
    return closure


def record_override(thing: Model, closure: Holiday, *, by: User, **facts: Any) -> None:
    """Write an AuditEvent that somebody made times despite a closure, and which one."""
    audit.record(
        "override_closure",
        thing,
        by=by,
        office=closure.office_id,
        day=closure.day.isoformat(),
        closure=closure.name,
        **facts,
    )


def _sentence(closure: Holiday) -> str:
    """“The office is closed on Friday 25 December 2026: Christmas Day.”"""
    said = {"day": date_format(closure.day, "l j F Y"), "name": closure.name}
    return _("The office is closed on %(day)s: %(name)s.") % said
