"""When doctors are not there (B19)."""

from datetime import datetime

from portal.models import Doctor, TimeOff


def times_off(doctor: Doctor, starts_at: datetime, ends_at: datetime) -> list[TimeOff]:
    """Times off that overlap that period (UTC), by start: one query."""
    return list(
        TimeOff.objects.filter(
            doctor=doctor, cancelled_at=None, starts_at__lt=ends_at, ends_at__gt=starts_at
        )
    )


def is_away(absences: list[TimeOff], starts_at: datetime, ends_at: datetime) -> bool:
    """Whether any of them overlaps that period."""
    return any(one.starts_at < ends_at and one.ends_at > starts_at for one in absences)
