"""On which days an office is closed (requirement B03).

`Slot.objects.on_open_days()` is the scope for lists; `services/closures.py` refuses.
"""

from collections.abc import Iterable
from datetime import date, datetime

from portal.enums import HolidayState
from portal.models import Holiday, Office, Slot


def closures(office: Office, first: date, last: date) -> dict[date, str]:
    """Closed day → reason, from `first` to `last` (dates at the office, both included): one
    query."""
    confirmed = Holiday.objects.filter(
        office=office, day__range=(first, last), state=HolidayState.CONFIRMED
    )
    return dict(confirmed.order_by("day").values_list("day", "name"))


def closure_at(office: Office, starts_at: datetime) -> Holiday | None:
    """The closure of the day at the office that contains `starts_at` (aware): one query."""
    return Holiday.objects.filter(
        office=office,
        state=HolidayState.CONFIRMED,
        begins_at__lte=starts_at,
        ends_at__gt=starts_at,
    ).first()


def closure_of(slot: Slot) -> Holiday | None:
    """Why the slot cannot be booked; None for a slot that was made despite a closure. One query at
    most."""
    return None if slot.despite_closure else closure_at(slot.office, slot.starts_at)


def closed_today(offices: Iterable[Office], now: datetime) -> set[int]:
    """Ids of the offices that are closed today; `now` is aware: one query."""
    closed = Holiday.objects.filter(
        office__in=[office.pk for office in offices],
        state=HolidayState.CONFIRMED,
        begins_at__lte=now,
        ends_at__gt=now,
    )
    return set(closed.values_list("office", flat=True))
