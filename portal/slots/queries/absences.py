"""When nobody is there: doctors' times off, and days on which an office is closed (B03, B19)."""

from datetime import date, datetime

from portal.enums import HolidayState
from portal.models import Doctor, Holiday, Office, TimeOff


def times_off(doctor: Doctor, starts_at: datetime, ends_at: datetime) -> list[TimeOff]:
    """The times off in force that reach into that stretch (UTC), by start: one query."""
    return list(
        TimeOff.objects.filter(
            doctor=doctor, cancelled_at=None, starts_at__lt=ends_at, ends_at__gt=starts_at
        )
    )


def is_away(absences: list[TimeOff], starts_at: datetime, ends_at: datetime) -> bool:
    """Whether any of them overlaps that stretch."""
    return any(one.starts_at < ends_at and one.ends_at > starts_at for one in absences)


def closed_days(office: Office, first: date, last: date) -> set[date]:
    """The confirmed holidays of the office from `first` to `last`, both included: one query."""
    confirmed = Holiday.objects.filter(
        office=office, day__range=(first, last), state=HolidayState.CONFIRMED
    )
    return set(confirmed.values_list("day", flat=True))
