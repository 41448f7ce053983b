"""Compares a doctor's weekly hours with the slots that exist (requirement B03)."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from hashlib import sha256
from typing import NamedTuple

from django.db.models import F, Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.clock.today import today_in
from portal.database.written import moment
from portal.diary.queries.hours import Hours, HoursTime, hours_of, joined
from portal.enums import SlotState
from portal.models import BulkChange, ClinicSettings, Doctor, Slot, TimeOff
from portal.models.availability import SlotQuerySet

DAY = timedelta(days=1)


class Obstacle(Enum):
    """Why no slot is created for a time of the hours."""

    OTHER_SLOT = "other_slot"
    REMOVED = "removed"
    AWAY = "away"

    @property
    def words(self) -> str:
        return str(_OBSTACLES[self])


_OBSTACLES = {
    Obstacle.OTHER_SLOT: _("another slot is there"),
    Obstacle.REMOVED: _("removed or handed over by hand"),
    Obstacle.AWAY: _("time off"),
}


class Standing(NamedTuple):
    """An existing slot. A year of them is read at once, and instances would take four times as
    long."""

    pk: int
    starts_at: datetime
    ends_at: datetime
    office_id: int
    state: str
    audience: str
    weekly_hours_id: int | None
    is_extra: bool
    has_requests: bool

    @property
    def key(self) -> tuple:
        return self.starts_at, self.ends_at, self.office_id


@dataclass
class Plan:
    """The changes that make the slots follow the hours. `removed` are free slots that the hours no
    longer contain; `kept` are such slots that are booked or on offer: they stay, outside the hours.
    `changed` are free slots that now belong to another block; `inside` are booked ones that were
    outside the hours and are inside again."""

    added: list[HoursTime] = field(default_factory=list)
    removed: list[Standing] = field(default_factory=list)
    kept: list[Standing] = field(default_factory=list)
    changed: list[tuple[Standing, HoursTime]] = field(default_factory=list)
    inside: list[Standing] = field(default_factory=list)
    skipped: list[tuple[HoursTime, Obstacle]] = field(default_factory=list)
    bulk: BulkChange | None = None  # once it is done: what undoes it

    @property
    def digest(self) -> str:
        """Identifies the plan, so that a user who confirms one plan does not get another."""
        said = [f"+{one.starts_at:%Y%m%d%H%M}-{one.ends_at:%H%M}" for one in self.added]
        said += [f"-{slot.pk}" for slot in self.removed]
        said += [f"={slot.pk}" for slot in self.kept]
        said += [f"~{slot.pk}" for slot, _time in self.changed]
        return sha256(" ".join(sorted(said)).encode()).hexdigest()[:20]


class Busy:
    """Periods of time, to check for overlaps."""

    def __init__(self, spans: Iterable[tuple[datetime, datetime]]):
        self.spans = joined(list(spans))
        self.starts = [starts_at for starts_at, _ends_at in self.spans]

    def overlaps(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Half-open: periods that only touch do not overlap."""
        after = bisect_right(self.starts, starts_at)
        if after and self.spans[after - 1][1] > starts_at:
            return True
        return after < len(self.spans) and self.spans[after][0] < ends_at

    def contains(self, starts_at: datetime, ends_at: datetime) -> bool:
        after = bisect_right(self.starts, starts_at)
        return after > 0 and self.spans[after - 1][1] >= ends_at


def plan_for(doctor: Doctor, *, settings: ClinicSettings, only_add: bool = False) -> Plan:
    """The plan for the doctor's diary and the hours as they are now: four queries, and two more if
    times are missing.

    Times are added from now to the clinic's horizon; slots outside the hours are found however far
    ahead. With `only_add` nothing is removed except slots outside the hours that have become free
    again. To apply a plan, read it under the doctor's lock.
    """
    now = timezone.now()
    first = (now - DAY).date()  # wherever the office is
    hours = hours_of(doctor, first)
    slots = _standing(doctor, now)
    horizon = (now + settings.horizon + DAY).date()
    far = max([horizon, *(slot.starts_at.date() + DAY for slot in slots[-1:])])
    wanted = hours.times(first, far)
    plan = _compared(slots, wanted, hours, (first, far), now)
    if only_add:
        plan.removed = [slot for slot in plan.removed if slot.is_extra]
        plan.kept, plan.changed = [], []
    there = {slot.key for slot in slots}
    missing = [one for one in _within(wanted, settings, now) if one.key not in there]
    if missing:
        _add(plan, missing, _obstacles(plan, doctor, slots, now))
    return plan


def _standing(doctor: Doctor, now: datetime) -> list[Standing]:
    pk, starts_at, ends_at, *others = Standing._fields
    as_text = Cast(starts_at, TextField()), Cast(ends_at, TextField())
    rows = _not_over(now).live().filter(doctor=doctor).values_list(pk, *as_text, *others)
    return [Standing(pk, moment(start), moment(end), *values) for pk, start, end, *values in rows]


def _not_over(now: datetime) -> SlotQuerySet:
    return Slot.objects.filter(starts_at__gt=now - DAY, ends_at__gt=now).order_by("starts_at")


def _compared(
    slots: list[Standing],
    wanted: list[HoursTime],
    hours: Hours,
    days: tuple[date, date],
    now: datetime,
) -> Plan:
    """The slots that the hours created, compared with those that they want now."""
    plan, times = Plan(), {one.key: one for one in wanted}
    spans = {office: Busy(found) for office, found in hours.open_hours(*days).items()}
    for slot in slots:
        if slot.weekly_hours_id is None or slot.starts_at <= now:
            continue
        time = times.get(slot.key)
        if slot.state == SlotState.OPEN:
            if time is None:
                plan.removed.append(slot)
            elif slot.weekly_hours_id != time.block.pk or slot.is_extra:
                plan.changed.append((slot, time))
            continue
        office = spans.get(slot.office_id)
        is_inside = office is not None and office.contains(slot.starts_at, slot.ends_at)
        if is_inside == slot.is_extra:
            (plan.inside if is_inside else plan.kept).append(slot)
    return plan


def _within(wanted: list[HoursTime], settings: ClinicSettings, now: datetime) -> list[HoursTime]:
    """The future times on dates up to the horizon, each at its own office."""
    offices = {one.block.office_id: one.block.office for one in wanted}
    last = {pk: today_in(office.zone, now) + settings.horizon for pk, office in offices.items()}
    return [
        one
        for one in wanted
        if one.starts_at > now and one.wall.date() <= last[one.block.office_id]
    ]


def _obstacles(
    plan: Plan, doctor: Doctor, slots: list[Standing], now: datetime
) -> list[tuple[Obstacle, Busy]]:
    """Why a time cannot become a slot: two queries.

    A slot counts as removed by hand if it was withdrawn although the hours wanted it, or is now a
    colleague's.
    """
    leaving = {slot.pk for slot in plan.removed}
    standing = [(slot.starts_at, slot.ends_at) for slot in slots if slot.pk not in leaving]
    taken_out = _not_over(now).filter(
        Q(state=SlotState.WITHDRAWN, is_extra=False) | ~Q(doctor=F("weekly_hours__doctor")),
        weekly_hours__doctor=doctor,
    )
    absences = TimeOff.objects.filter(doctor=doctor, cancelled_at=None, ends_at__gt=now)
    return [
        (Obstacle.AWAY, Busy(absences.values_list("starts_at", "ends_at"))),
        (Obstacle.OTHER_SLOT, Busy(standing)),
        (Obstacle.REMOVED, Busy(taken_out.values_list("starts_at", "ends_at"))),
    ]


def _add(plan: Plan, missing: list[HoursTime], obstacles: list[tuple[Obstacle, Busy]]) -> None:
    free_from = None
    for time in missing:
        found = [obstacle for obstacle, busy in obstacles if busy.overlaps(*time[:2])]
        if free_from and time.starts_at < free_from:  # a block at another office came first
            found.append(Obstacle.OTHER_SLOT)
        if found:
            plan.skipped.append((time, found[0]))
            continue
        plan.added.append(time)
        free_from = time.ends_at
