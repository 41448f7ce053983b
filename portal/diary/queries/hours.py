"""The slot times that a doctor's weekly hours, exceptions and holidays produce (B03)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from portal.clock.grid import end_minutes, minutes_of, stretch, wall_cells
from portal.enums import HolidayState
from portal.models import Doctor, Holiday, HoursException, WeeklyHours

WEEK = timedelta(days=7)


class HoursTime(NamedTuple):
    """A wanted slot, `starts_at` ≤ t < `ends_at` in UTC. `wall` is the start as wall time at the
    office; `block` gives the office and audience."""

    starts_at: datetime
    ends_at: datetime
    wall: datetime
    block: WeeklyHours

    @property
    def key(self) -> tuple:
        """The key by which wanted and existing slots are compared."""
        return self.starts_at, self.ends_at, self.block.office_id


@dataclass
class Hours:
    """All rules for one doctor's weeks. `closed` holds the confirmed holidays as office and date,
    `exceptions` the rows of an office and date."""

    blocks: list[WeeklyHours]
    exceptions: dict[tuple[int, date], list[HoursException]] = field(default_factory=dict)
    closed: set[tuple[int, date]] = field(default_factory=set)

    def times(self, first: date, last: date) -> list[HoursTime]:
        """Every time from `first` to `last` (dates at each office, both included), by start.

        No query. If two blocks overlap, at two offices for example, both appear.
        """
        found = [
            HoursTime(cell.starts_at, cell.ends_at, cell.wall, block)
            for block, day, starts, ends in self._stretches(first, last)
            for cell in wall_cells(day, block.office.zone, starts, ends, block.minutes)
        ]
        return sorted(found, key=lambda one: (one.starts_at, one.ends_at, one.block.pk or 0))

    def open_hours(self, first: date, last: date) -> dict[int, list[tuple[datetime, datetime]]]:
        """The periods (UTC) in which there are hours, by office; adjoining periods are joined."""
        found: dict[int, list[tuple[datetime, datetime]]] = {}
        for block, day, starts, ends in self._stretches(first, last):
            span = stretch(day, block.office.zone, starts, ends)
            found.setdefault(block.office_id, []).append(span)
        return {office: joined(spans) for office, spans in found.items()}

    def _stretches(self, first: date, last: date) -> Iterator[tuple]:
        """Block, date, start and end (wall time) of each period of hours."""
        for block in self.blocks:
            for day in days_of(block, first, last):
                place = block.office_id, day
                if place not in self.closed and place not in self.exceptions:
                    yield block, day, block.starts, block.ends
        for (office, day), rows in self.exceptions.items():
            lender = self._block_for(office, day)
            if lender and first <= day <= last and (office, day) not in self.closed:
                for row in rows:
                    if row.starts is not None:
                        yield lender, day, row.starts, row.ends

    def _block_for(self, office: int, day: date) -> WeeklyHours | None:
        """The block from which an exception takes the length of slots and the audience: one of that
        weekday that is valid on the day, or else the latest valid one."""
        blocks = [block for block in self.blocks if block.office_id == office]
        return max(
            blocks,
            key=lambda block: (
                _is_valid(block, day) and block.weekday == day.weekday(),
                _is_valid(block, day),
                block.valid_from,
                -minutes_of(block.starts),
            ),
            default=None,
        )


def hours_of(doctor: Doctor, first: date) -> Hours:
    """The doctor's hours from `first` on: three queries."""
    blocks = list(WeeklyHours.objects.filter(doctor=doctor).select_related("office"))
    exceptions: dict[tuple[int, date], list[HoursException]] = {}
    for row in HoursException.objects.filter(doctor=doctor, day__gte=first):
        exceptions.setdefault((row.office_id, row.day), []).append(row)
    offices = {block.office_id for block in blocks}
    closed = Holiday.objects.filter(
        office__in=offices, day__gte=first, state=HolidayState.CONFIRMED
    ).values_list("office", "day")
    return Hours(blocks, exceptions, set(closed))


def days_of(block: WeeklyHours, first: date, last: date) -> Iterator[date]:
    """The dates of a block from `first` to `last`, both included."""
    first = max(first, block.valid_from)
    last = min(last, block.valid_until or last)
    day = first + timedelta(days=(block.weekday - first.weekday()) % 7)
    if weeks_between(block.valid_from, day) % block.every_weeks:
        day += WEEK
    while day <= last:
        yield day
        day += WEEK * block.every_weeks


def weeks_between(first: date, day: date) -> int:
    """The number of Mondays between the weeks of two dates."""
    return (monday(day) - monday(first)) // WEEK


def monday(day: date) -> date:
    """The first day of that week. No query."""
    return day - timedelta(days=day.weekday())


def clash(block: WeeklyHours, other: WeeklyHours) -> bool:
    """Whether two blocks ever want the same wall time on the same day; time zones are not
    compared."""
    if block.weekday != other.weekday or not _overlap(block, other):
        return False
    first = max(block.valid_from, other.valid_from)
    fortnight = first + 4 * WEEK
    days = set(days_of(block, first, fortnight)) & set(days_of(other, first, fortnight))
    return bool(days)


def joined(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The same moments as periods that do not touch, by start."""
    found: list[tuple[datetime, datetime]] = []
    for starts_at, ends_at in sorted(spans):
        if found and starts_at <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], ends_at)
        else:
            found.append((starts_at, ends_at))
    return found


def _overlap(block: WeeklyHours, other: WeeklyHours) -> bool:
    return minutes_of(block.starts) < end_minutes(other.ends) and minutes_of(
        other.starts
    ) < end_minutes(block.ends)


def _is_valid(block: WeeklyHours, day: date) -> bool:
    return block.valid_from <= day and (block.valid_until is None or day <= block.valid_until)
