"""Converts wall times to moments (requirement B04)."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def moments_of(day: date, wall: time, zone: ZoneInfo) -> list[datetime]:
    """The moments (UTC) of `day` at which it is `wall` in `zone`: none if a clock change skips it,
    two if it occurs twice. No query."""
    found = []
    for fold in (0, 1):
        shown = datetime.combine(day, wall.replace(fold=fold), zone)
        moment = shown.astimezone(UTC)
        is_there = moment.astimezone(zone).replace(tzinfo=None) == shown.replace(tzinfo=None)
        if is_there and moment not in found:
            found.append(moment)
    return found
