"""Declaring and withdrawing a doctor's free times (requirements B02, B05).

A diary is changed by one at a time: each verb first locks the doctor's row. Booking does not take
that lock, it takes the slot; so a free slot is withdrawn only by a conditional update.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appointments.services import taking
from portal.audit.services import audit
from portal.clock.grid import GridTime, day_grid, end_minutes, minutes_of
from portal.enums import SlotState
from portal.errors import OutsideHours, Overlap, PortalError, StaleState, TooLate
from portal.models import ClinicSettings, Doctor, Office, Slot, TimeOff, User
from portal.permissions.authority import demand
from portal.slots.queries.absences import is_away, times_off


@dataclass(frozen=True)
class DayChange:
    """What became of a day; each list holds starts in UTC.

    `kept_booked` were to go but are booked. `skipped` were to come but have passed, or the doctor
    has another slot or time off then.
    """

    added: list[datetime] = field(default_factory=list)
    removed: list[datetime] = field(default_factory=list)
    kept_booked: list[datetime] = field(default_factory=list)
    skipped: list[datetime] = field(default_factory=list)


def set_day(
    doctor: Doctor, *, office: Office, day: date, starts: Collection[datetime], by: User
) -> DayChange:
    """Make the doctor's day at `office` consist of the grid cells in `starts` (aware datetimes).

    `day` is a date at the office. Cells that are not in `starts` lose their free slot; booked ones
    and those that have begun stay as they are. Locks the doctor. Writes slots and one AuditEvent if
    anything changed. Raises OutsideHours, Overlap, Forbidden; then nothing has changed.
    """
    with _diary(doctor, by=by) as doctor:
        cells = day_grid(day, office.zone, ClinicSettings.current())
        if unknown := set(starts) - {cell.starts_at for cell in cells}:
            raise OutsideHours(_off_grid(unknown, office))
        change = _apply(doctor, office, cells, set(starts), by=by)
        _record_day(doctor, office, day, change, by=by)
    return change


def set_range(
    doctor: Doctor,
    *,
    office: Office,
    day: date,
    first: time,
    last: time,
    free: bool,
    ticked: Collection[datetime] | None = None,
    by: User,
) -> DayChange:
    """Make every grid cell from `first` to `last` on the office's wall clock free, or not.

    Cells that reach over either end stay as they are; what cannot be had is skipped: see DayChange.
    `ticked`, if given, are the starts that the rest of the day is to consist of.
    A `last` of 00:00 is the end of the day; wall times that happen twice are both meant.
    Locks the doctor. Writes slots and one AuditEvent if anything changed.
    Raises PortalError, OutsideHours, Forbidden.
    """
    if end_minutes(last) <= minutes_of(first):
        raise PortalError(_("The end must be after the start."), field="last")
    with _diary(doctor, by=by) as doctor:
        cells = _cells_between(first, last, day, office)
        if not any(cell.starts_at > timezone.now() for cell in cells):
            raise OutsideHours(
                _("There is no time of this day’s grid in that range that is still ahead."),
                field="first",
            )
        stretch = {cell.starts_at for cell in cells}
        wanted = stretch if free else set()
        if ticked is not None:
            wanted = wanted | (set(ticked) - stretch)
            cells = day_grid(day, office.zone, ClinicSettings.current())
        change = _apply(doctor, office, cells, wanted, skip_obstacles=True, by=by)
        _record_day(doctor, office, day, change, by=by)
    return change


def copy_day(
    doctor: Doctor, *, office: Office, source: date, targets: Collection[date], by: User
) -> dict[date, DayChange]:
    """Give each day of `targets` the free and booked times of `source`, by the office's wall clock.

    Other free times of those days go, booked ones stay. Times that a target day does not have, or
    not any more, or at which the doctor has another slot, are left out. Locks the doctor. Writes
    slots and an AuditEvent for each day that changed. Raises PortalError if the source is empty,
    Forbidden.
    """
    with _diary(doctor, by=by) as doctor:
        settings = ClinicSettings.current()
        pattern = _wall_pattern(doctor, office, day_grid(source, office.zone, settings))
        if not pattern:
            raise PortalError(_("There are no times on that day to copy."))
        changes = {}
        for target in sorted(set(targets) - {source}):
            cells = day_grid(target, office.zone, settings)
            wanted = {cell.starts_at for cell in cells if _wall(cell) in pattern}
            changes[target] = _apply(doctor, office, cells, wanted, skip_obstacles=True, by=by)
            _record_day(doctor, office, target, changes[target], by=by)
    return changes


def remove(slot: Slot, *, by: User) -> Slot:
    """Withdraw one free slot. A booked one is refused: it can only be cancelled first; so is one
    that is on offer, until it is answered.

    Locks the doctor. Writes the slot and an AuditEvent. Raises StaleState, TooLate, Forbidden.
    """
    with _diary(slot.doctor, by=by):
        if slot.starts_at <= timezone.now():
            raise TooLate(_("That time has passed."))
        slot.refresh_from_db(fields=["state"])
        if slot.state == SlotState.WITHDRAWN:
            raise StaleState(_("That time was removed before."))
        if slot.state == SlotState.OFFERED:
            raise StaleState(_("That time is on offer to somebody who waits, so it stays."))
        if not _withdraw([slot], by=by):
            raise StaleState(_("That time has been booked in the meantime, so it stays."))
        slot.state = SlotState.WITHDRAWN
        audit.record("remove", slot, by=by, starts_at=slot.starts_at.isoformat())
    return slot


@contextmanager
def _diary(doctor: Doctor, *, by: User | None) -> Iterator[Doctor]:
    """A transaction that holds the doctor's row. With `by=None` the program acts by itself.

    The lock leaves the key alone: an appointment that is being booked refers to the doctor while it
    holds a slot, and must not wait here for one who waits for that slot.
    """
    try:
        with transaction.atomic():
            doctor = Doctor.objects.select_for_update(no_key=True).get(pk=doctor.pk)
            if by is not None:
                demand(by, "portal.change_diary", doctor)
            yield doctor
    except IntegrityError as error:
        if "slot" not in str(error):
            raise
        raise Overlap(_("Another slot of this doctor overlaps one of these times.")) from error


def _apply(
    doctor: Doctor,
    office: Office,
    cells: list[GridTime],
    wanted: set[datetime],
    *,
    skip_obstacles: bool = False,
    by: User,
) -> DayChange:
    """Open the wanted cells, withdraw the free slots of the others that are still ahead."""
    if not cells:
        return DayChange()
    now = timezone.now()
    on_grid, others = _slots_in(doctor, office, cells)
    absences = times_off(doctor, cells[0].starts_at, cells[-1].ends_at)
    added, skipped = [], []
    for cell in cells:
        if cell.starts_at not in wanted or cell.starts_at in on_grid:
            continue
        obstacle = _obstacle(cell, others, absences, now)
        if obstacle and not skip_obstacles:
            raise obstacle
        (skipped if obstacle else added).append(cell)
    unwanted = [slot for start, slot in on_grid.items() if start not in wanted and start > now]
    removed = _withdraw(unwanted, by=by)
    Slot.objects.bulk_create(
        Slot(doctor=doctor, office=office, starts_at=cell.starts_at, ends_at=cell.ends_at)
        for cell in added
    )
    return DayChange(
        added=[cell.starts_at for cell in added],
        removed=[slot.starts_at for slot in removed],
        kept_booked=[slot.starts_at for slot in unwanted if slot not in removed],
        skipped=[cell.starts_at for cell in skipped],
    )


def _obstacle(
    cell: GridTime, others: list[Slot], absences: list[TimeOff], now: datetime
) -> PortalError | None:
    """Why this cell cannot become a slot."""
    if cell.starts_at <= now:
        return OutsideHours(_("%(time)s has passed.") % {"time": f"{cell.wall:%H:%M}"})
    if any(slot.starts_at < cell.ends_at and slot.ends_at > cell.starts_at for slot in others):
        return Overlap(
            _("At %(time)s you already have another slot.") % {"time": f"{cell.wall:%H:%M}"}
        )
    if is_away(absences, cell.starts_at, cell.ends_at):
        return Overlap(_("At %(time)s you are away.") % {"time": f"{cell.wall:%H:%M}"})
    return None


def _slots_in(
    doctor: Doctor, office: Office, cells: list[GridTime]
) -> tuple[dict[datetime, Slot], list[Slot]]:
    """The doctor's live slots among `cells`: those that are such a cell, by start, and the others.

    The others are at another office, or made when the clinic's grid was a different one.
    """
    ends = {cell.starts_at: cell.ends_at for cell in cells}
    on_grid, others = {}, []
    for slot in doctor.slots.live().overlapping(cells[0].starts_at, cells[-1].ends_at):
        is_cell = slot.office_id == office.pk and ends.get(slot.starts_at) == slot.ends_at
        if is_cell:
            on_grid[slot.starts_at] = slot
        else:
            others.append(slot)
    return on_grid, others


def _withdraw(slots: list[Slot], *, by: User | None) -> list[Slot]:
    """Withdraw those live slots that are free at this moment, and decline the requests for them;
    returns them.

    Under the doctor's lock nobody else withdraws, so those that are now withdrawn were free.
    """
    withdrawn = _withdraw_free(slots)
    asked_for = Slot.objects.filter(pk__in=[slot.pk for slot in withdrawn], has_requests=True)
    for slot in asked_for.order_by("pk") if withdrawn else ():
        taking.decline_requests(slot, by=by)
    return withdrawn


def _withdraw_free(slots: list[Slot]) -> list[Slot]:
    if not slots:
        return []
    these = Slot.objects.filter(pk__in=[slot.pk for slot in slots])
    changed = these.filter(state=SlotState.OPEN).update(state=SlotState.WITHDRAWN)
    if changed == len(slots):
        return slots
    booked = set(these.exclude(state=SlotState.WITHDRAWN).values_list("pk", flat=True))
    return [slot for slot in slots if slot.pk not in booked]


def _wall(cell: GridTime) -> tuple[time, int]:
    return cell.wall.time(), cell.wall.fold


def _wall_pattern(doctor: Doctor, office: Office, cells: list[GridTime]) -> set[tuple[time, int]]:
    """The wall times (with fold) at which the doctor has a slot at `office`."""
    if not cells:
        return set()
    on_grid, _others = _slots_in(doctor, office, cells)
    return {_wall(cell) for cell in cells if cell.starts_at in on_grid}


def _cells_between(first: time, last: time, day: date, office: Office) -> list[GridTime]:
    settings = ClinicSettings.current()
    latest = end_minutes(last) - settings.grid_minutes
    return [
        cell
        for cell in day_grid(day, office.zone, settings)
        if minutes_of(first) <= minutes_of(cell.wall) <= latest
    ]


def _off_grid(starts: set[datetime], office: Office) -> str:
    times = ", ".join(f"{start.astimezone(office.zone):%H:%M}" for start in sorted(starts)[:10])
    return _("Not a time that can be offered on that day: %(times)s.") % {"times": times}


def _record_day(doctor: Doctor, office: Office, day: date, change: DayChange, *, by: User) -> None:
    if not change.added and not change.removed:
        return
    audit.record(
        "declare_day",
        doctor,
        by=by,
        office=office.pk,
        day=day.isoformat(),
        added=[start.isoformat() for start in change.added],
        removed=[start.isoformat() for start in change.removed],
    )
