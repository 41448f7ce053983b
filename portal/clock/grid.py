"""A day's grid of slots, made from wall times at an office (requirement B02)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from portal.models import ClinicSettings


class GridTime(NamedTuple):
    """One cell: `starts_at` ≤ t < `ends_at` in UTC; `wall` is the start as wall time."""

    starts_at: datetime
    ends_at: datetime
    wall: datetime

    @property
    def is_repeated(self) -> bool:
        """The second of two equal wall times, in the night when the clock goes back."""
        return self.wall.fold == 1


def day_grid(day: date, zone: ZoneInfo, settings: ClinicSettings) -> list[GridTime]:
    """The cells of `day` at an office in `zone`, sorted by time. No query.

    A wall time that a clock change skips is left out. A wall time that occurs twice appears twice,
    unless cells are longer than the change and would overlap. If all its hours are skipped, a day
    has no cells.
    """
    return wall_cells(
        day, zone, settings.day_starts_at, settings.day_ends_at, settings.grid_minutes
    )


def cells_between(
    first: time, last: time, day: date, zone: ZoneInfo, settings: ClinicSettings
) -> list[GridTime]:
    """The cells of `day_grid` that lie between two times on the wall clock. Costs no query.

    A `last` of 00:00 is the end of the day; wall times that happen twice are both meant.
    """
    latest = end_minutes(last) - settings.grid_minutes
    return [
        cell
        for cell in day_grid(day, zone, settings)
        if minutes_of(first) <= minutes_of(cell.wall) <= latest
    ]


def wall_cells(day: date, zone: ZoneInfo, first: time, end: time, step: int) -> list[GridTime]:
    """The cells of `step` minutes from `first` to `end` in wall time, like those of `day_grid`.

    An `end` of 00:00 is midnight. A remainder at the end that is shorter than a cell is left out,
    and so is a cell that would reach beyond `end` because the clock goes forward in it.
    """
    return list(_wall_cells(day, zone, first, end, step))


@lru_cache(maxsize=1024)
def _wall_cells(
    day: date, zone: ZoneInfo, first: time, end: time, step: int
) -> tuple[GridTime, ...]:
    """Cached, because the same days are asked for repeatedly, and time zone conversions are
    slow."""
    length = timedelta(minutes=step)
    starts_at, ends_at = stretch(day, zone, first, end)
    wall, minutes = starts_at.astimezone(zone), end_minutes(end) - minutes_of(first)
    is_plain = wall.date() == day and _is_shown(wall, first, ends_at, end)
    if is_plain and ends_at - starts_at == timedelta(minutes=minutes):
        return tuple(
            GridTime(starts_at + length * n, starts_at + length * (n + 1), wall + length * n)
            for n in range(minutes // step)
        )
    return tuple(_cells_one_by_one(day, zone, _wall_times(first, end, step), length, ends_at))


def stretch(day: date, zone: ZoneInfo, first: time, end: time) -> tuple[datetime, datetime]:
    """The longest period (UTC) between two wall times in `zone`.

    An `end` of 00:00 is midnight. For a time that occurs twice, a start means the first and an end
    means the second. A skipped time extends the period over the gap.
    """
    last_day = day + timedelta(days=end_minutes(end) == 24 * 60)
    wall = time() if last_day > day else end
    starts = (datetime.combine(day, first.replace(fold=fold), zone) for fold in (0, 1))
    ends = (datetime.combine(last_day, wall.replace(fold=fold), zone) for fold in (0, 1))
    return (
        min(moment.astimezone(UTC) for moment in starts),
        max(moment.astimezone(UTC) for moment in ends),
    )


def local_day(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of `day` in `zone` and that of the next day, both in UTC."""
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def minutes_of(wall: time | datetime) -> int:
    """Minutes since midnight in wall time."""
    return wall.hour * 60 + wall.minute


def end_minutes(wall: time) -> int:
    """The same for an end, where both 00:00 and 23:59 mean midnight."""
    minutes = minutes_of(wall)
    return 24 * 60 if minutes in (0, 24 * 60 - 1) else minutes


def _is_shown(wall: datetime, first: time, ends_at: datetime, end: time) -> bool:
    """Whether neither end of a period is a wall time that a clock change skips."""
    last = minutes_of(ends_at.astimezone(wall.tzinfo))
    return minutes_of(wall) == minutes_of(first) and last == end_minutes(end) % (24 * 60)


def _cells_one_by_one(
    day: date, zone: ZoneInfo, wall_times: Iterator[time], length: timedelta, last: datetime
) -> list[GridTime]:
    """The cells of a day with a clock change; no cell ends after `last`."""
    cells: dict[datetime, GridTime] = {}
    for wall_time in wall_times:
        for fold in (0, 1):
            wall = datetime.combine(day, wall_time.replace(fold=fold), zone)
            starts_at = wall.astimezone(UTC)
            actual = starts_at.astimezone(zone)
            is_there = actual.replace(tzinfo=None) == wall.replace(tzinfo=None)
            if is_there and starts_at + length <= last:
                cells.setdefault(starts_at, GridTime(starts_at, starts_at + length, actual))
    return _without_overlaps(sorted(cells.values(), key=lambda cell: cell.starts_at))


def _wall_times(first: time, end: time, step: int) -> Iterator[time]:
    for minutes in range(minutes_of(first), end_minutes(end) - step + 1, step):
        yield time(minutes // 60, minutes % 60)


def _without_overlaps(cells: list[GridTime]) -> list[GridTime]:
    """If a cell is longer than the step back of the clock, the next one may begin before it
    ends."""
    kept: list[GridTime] = []
    for cell in cells:
        if not kept or cell.starts_at >= kept[-1].ends_at:
            kept.append(cell)
    return kept
