"""On which days an office is closed (requirement B03).

`Slot.objects.on_open_days()` is the scope for lists; `services/closures.py` refuses.
"""

from collections.abc import Iterable
from datetime import date, datetime

from portal.enums import HolidayState
from portal.models import Holiday, Office, Slot


def closures(office: Office, first: date, last: date) -> dict[date, str]:
    """Closed day → why, from `first` to `last` (dates at the office, both included): one query."""
    confirmed = Holiday.objects.filter(
        office=office, day__range=(first, last), state=HolidayState.CONFIRMED
    )
    return dict(confirmed.order_by("day").values_list("day", "name"))


def closure_at(office: Office, starts_at: datetime) -> Holiday | None:
    """The closure of the day on which `starts_at` (aware) is at the office: one query."""
    return Holiday.objects.filter(
        office=office,
        state=HolidayState.CONFIRMED,
        begins_at__lte=starts_at,
        ends_at__gt=starts_at,
    ).first()


def closure_of(slot: Slot) -> Holiday | None:
    """Why nobody can book the slot; None for one that was made in spite of a closure. One query at
    most."""
    return None if slot.despite_closure else closure_at(slot.office, slot.starts_at)


def closed_today(offices: Iterable[Office], now: datetime) -> set[int]:
    """Ids of those that are closed on the day that it is there at `now` (aware): one query."""
    closed = Holiday.objects.filter(
        office__in=[office.pk for office in offices],
        state=HolidayState.CONFIRMED,
        begins_at__lte=now,
        ends_at__gt=now,
    )
    return set(closed.values_list("office", flat=True))
