"""Adding and removing a doctor's free times (requirements B02, B05).

Each verb first locks the doctor's row, so only one transaction at a time changes a diary. Booking
locks the slot instead. So the verbs also lock the slots that they withdraw, and withdraw only those
that are free.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import chain

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appointments.services import declining
from portal.audit.services import audit
from portal.clock.grid import GridTime, day_grid, end_minutes, minutes_of
from portal.database.transactions import retried
from portal.enums import SlotState
from portal.errors import OutsideHours, Overlap, PortalError, StaleState, TooLate
from portal.models import ClinicSettings, Doctor, Office, Slot, TimeOff, User, locks
from portal.permissions.authority import demand, demand_diary_at
from portal.slots.queries.absences import is_away, times_off


@dataclass(frozen=True)
class DayChange:
    """The result for a day; each list holds starts in UTC.

    `kept_booked` were to be removed but are booked. `skipped` were to be added but are in the past,
    or the doctor has another slot or time off then.
    """

    added: list[datetime] = field(default_factory=list)
    removed: list[datetime] = field(default_factory=list)
    kept_booked: list[datetime] = field(default_factory=list)
    skipped: list[datetime] = field(default_factory=list)


@retried
def set_day(
    doctor: Doctor, *, office: Office, day: date, starts: Collection[datetime], by: User
) -> DayChange:
    """Make the free and booked times of the doctor's day at `office` equal to the grid cells in
    `starts` (aware datetimes).

    `day` is a date at the office. Free slots at all other cells are withdrawn; booked slots and
    slots that have begun stay. Locks the doctor. Writes slots and one AuditEvent if anything
    changed. Raises OutsideHours, Overlap, Forbidden; then nothing has changed.
    """
    with _diary(doctor, by=by) as doctor:
        demand_diary_at(by, doctor, office)
        cells = day_grid(day, office.zone, ClinicSettings.current())
        if unknown := set(starts) - {cell.starts_at for cell in cells}:
            raise OutsideHours(_off_grid(unknown, office))
        change = _apply(doctor, office, cells, set(starts), by=by)
        _record_day(doctor, office, day, change, by=by)
    return change


@retried
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
    """Make every grid cell from `first` to `last` (wall time at the office) free, or not free.

    Cells that reach beyond either end stay as they are; impossible ones are skipped: see DayChange.
    `ticked`, if given, are the wanted starts for the rest of the day. A `last` of 00:00 is the end
    of the day; for wall times that occur twice both are meant. Locks the doctor. Writes slots and
    one AuditEvent if anything changed. Raises PortalError, OutsideHours, Forbidden.
    """
    if end_minutes(last) <= minutes_of(first):
        raise PortalError(_("The end must be after the start."), field="last")
    with _diary(doctor, by=by) as doctor:
        demand_diary_at(by, doctor, office)
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


@retried
def copy_day(
    doctor: Doctor, *, office: Office, source: date, targets: Collection[date], by: User
) -> dict[date, DayChange]:
    """Give each day of `targets` the free and booked times of `source`, in wall time at the office.

    Other free slots of those days are withdrawn; booked ones stay. Times that do not exist on a
    target day, are in the past, or overlap another slot of the doctor are left out. Locks the
    doctor. Writes slots and an AuditEvent for each day that changed. Raises PortalError if the
    source is empty, Forbidden.
    """
    with _diary(doctor, by=by) as doctor:
        demand_diary_at(by, doctor, office)
        settings = ClinicSettings.current()
        pattern = _wall_pattern(doctor, office, day_grid(source, office.zone, settings))
        if not pattern:
            raise PortalError(_("There are no times on that day to copy."))
        days = sorted(set(targets) - {source})
        grids = {target: day_grid(target, office.zone, settings) for target in days}
        _hold_free(doctor, office, list(chain(*grids.values())))
        changes = {}
        for target, cells in grids.items():
            wanted = {cell.starts_at for cell in cells if _wall(cell) in pattern}
            changes[target] = _apply(doctor, office, cells, wanted, skip_obstacles=True, by=by)
            _record_day(doctor, office, target, changes[target], by=by)
    return changes


@retried
def remove(slot: Slot, *, by: User) -> Slot:
    """Withdraw one free slot. A booked slot is refused until its appointment is cancelled, and a
    slot on offer until the offer is answered.

    Locks the doctor. Writes the slot and an AuditEvent. Raises StaleState, TooLate, Forbidden.
    """
    with _diary(slot.doctor, by=by):
        demand(by, "portal.change_slot", slot)
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
    """A transaction that locks the doctor's row. `by=None` means that the program acts by
    itself."""
    try:
        with transaction.atomic():
            doctor = locks.doctor(doctor.pk)
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
    """Create slots for the wanted cells, and withdraw the future free slots of all other cells."""
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
    """The doctor's live slots among `cells`: those that match a cell, by start, and the others.

    The others are at another office, or were made when the clinic had another grid.
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
    """Withdraw those of the live slots that are free now, and decline the requests for them.
    Returns them.

    Locks them. Under the doctor's lock nobody else withdraws slots, so all that are withdrawn
    afterwards were free.
    """
    locks.hold_slots([slot.pk for slot in slots])
    withdrawn = _withdraw_free(slots)
    asked_for = Slot.objects.filter(pk__in=[slot.pk for slot in withdrawn], has_requests=True)
    for slot in asked_for.order_by("pk") if withdrawn else ():
        declining.decline_requests(slot, by=by)
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


def _hold_free(doctor: Doctor, office: Office, cells: list[GridTime]) -> None:
    """Lock the free slots of the cells of several days at once; one day after the other would break
    the lock order."""
    starts = {cell.starts_at for cell in cells}
    if not starts:
        return
    free = doctor.slots.open().filter(office=office, starts_at__range=(min(starts), max(starts)))
    locks.hold_slots([pk for pk, start in free.values_list("pk", "starts_at") if start in starts])


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
