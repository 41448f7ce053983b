"""Declaring and withdrawing a doctor's free times (requirements B02, B05)."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.enums import SlotState
from portal.errors import OutsideHours, Overlap, PortalError, StaleState
from portal.models import ClinicSettings, Doctor, Office, Slot, User
from portal.queries.grid import GridTime, day_grid
from portal.services import audit
from portal.services.authority import demand


@dataclass(frozen=True)
class DayChange:
    """What changed in a day: starts (UTC) that were added and removed, and those left as booked."""

    added: list[datetime]
    removed: list[datetime]
    kept_booked: list[datetime]


def set_day(
    doctor: Doctor, *, office: Office, day: date, starts: Collection[datetime], by: User
) -> DayChange:
    """Make the doctor's day at `office` consist of the grid cells in `starts` (aware datetimes).

    `day` is a date at the office. Cells that are not in `starts` lose their free slot; booked ones
    and those that have begun stay as they are. Locks the doctor. Writes slots and one AuditEvent if
    anything changed. Raises OutsideHours, Overlap, Forbidden.
    """
    with _diary(doctor, by=by) as doctor:
        settings = ClinicSettings.current()
        grid = {cell.starts_at: cell for cell in day_grid(day, office.zone, settings)}
        if unknown := set(starts) - set(grid):
            raise OutsideHours(_off_grid(unknown, office))
        change = _apply(doctor, office, list(grid.values()), set(starts))
        _record_day(doctor, office, day, change, by=by)
    return change


def set_range(
    doctor: Doctor,
    *,
    office: Office,
    day: date,
    first: datetime,
    last: datetime,
    free: bool,
    by: User,
) -> DayChange:
    """Make every grid cell within `first` ≤ t < `last` (aware) free, or not; others stay.

    Locks the doctor. Writes slots and one AuditEvent. Raises PortalError, OutsideHours, Overlap.
    """
    if last <= first:
        raise PortalError(_("The end must be after the start."), field="last")
    with _diary(doctor, by=by) as doctor:
        settings = ClinicSettings.current()
        now = timezone.now()
        cells = [
            cell
            for cell in day_grid(day, office.zone, settings)
            if cell.starts_at >= first and cell.ends_at <= last and cell.starts_at > now
        ]
        if not cells:
            raise OutsideHours(_("There is no time ahead in that range."), field="first")
        wanted = {cell.starts_at for cell in cells} if free else set()
        change = _apply(doctor, office, cells, wanted)
        _record_day(doctor, office, day, change, by=by)
    return change


def copy_day(
    doctor: Doctor, *, office: Office, source: date, targets: Collection[date], by: User
) -> dict[date, DayChange]:
    """Give each day of `targets` the free and booked times of `source`, by the office's wall clock.

    Times that overlap another of the doctor's slots on the target day are left out. Locks the
    doctor. Writes slots and an AuditEvent a day. Raises PortalError if the source is empty, Forbidden.
    """
    with _diary(doctor, by=by) as doctor:
        settings = ClinicSettings.current()
        pattern = _wall_pattern(doctor, office, source, settings)
        if not pattern:
            raise PortalError(_("There are no times on that day to copy."), field="targets")
        changes = {}
        for target in sorted(set(targets) - {source}):
            grid = day_grid(target, office.zone, settings)
            now = timezone.now()
            wanted = {
                cell.starts_at
                for cell in grid
                if (cell.wall.time(), cell.wall.fold) in pattern and cell.starts_at > now
            }
            wanted -= _busy_elsewhere(doctor, office, grid)
            changes[target] = _apply(doctor, office, grid, wanted)
            _record_day(doctor, office, target, changes[target], by=by)
    return changes


def remove(slot: Slot, *, by: User) -> Slot:
    """Withdraw one free slot. A booked one is refused: it can only be cancelled first.

    Locks the doctor. Writes the slot and an AuditEvent. Raises StaleState, Forbidden.
    """
    with _diary(slot.doctor, by=by):
        removed = Slot.objects.filter(pk=slot.pk, state=SlotState.OPEN).update(
            state=SlotState.WITHDRAWN
        )
        slot.refresh_from_db()
        if not removed:
            raise StaleState(
                _("That time has been booked in the meantime, so it stays.")
                if slot.state == SlotState.TAKEN
                else _("That time was withdrawn before.")
            )
        audit.record("remove", slot, by=by, starts_at=slot.starts_at.isoformat())
    return slot


@contextmanager
def _diary(doctor: Doctor, *, by: User) -> Iterator[Doctor]:
    """A transaction that holds the doctor's row: a diary is changed by one at a time."""
    try:
        with transaction.atomic():
            doctor = Doctor.objects.select_for_update(of=("self",)).get(pk=doctor.pk)
            demand(by, "portal.change_diary", doctor)
            yield doctor
    except IntegrityError as error:
        raise Overlap(_("Another slot of this doctor overlaps one of these times.")) from error


def _apply(doctor: Doctor, office: Office, cells: list[GridTime], wanted: set) -> DayChange:
    """Open the wanted cells, withdraw the free slots of the others."""
    now = timezone.now()
    on_grid, others = _slots_in(doctor, office, cells)
    missing = [cell for cell in cells if cell.starts_at in wanted and cell.starts_at not in on_grid]
    for cell in missing:
        if cell.starts_at <= now:
            raise OutsideHours(_("%(time)s has passed.") % {"time": f"{cell.wall:%H:%M}"})
        if _overlaps_any(cell, others):
            raise Overlap(
                _("At %(time)s you already have another slot.") % {"time": f"{cell.wall:%H:%M}"}
            )
    unwanted = [
        slot for start, slot in on_grid.items() if start not in wanted and slot.starts_at > now
    ]
    removed = _withdraw(unwanted)
    Slot.objects.bulk_create(
        Slot(doctor=doctor, office=office, starts_at=cell.starts_at, ends_at=cell.ends_at)
        for cell in missing
    )
    return DayChange(
        added=[cell.starts_at for cell in missing],
        removed=[slot.starts_at for slot in removed],
        kept_booked=[slot.starts_at for slot in unwanted if slot not in removed],
    )


def _slots_in(
    doctor: Doctor, office: Office, cells: list[GridTime]
) -> tuple[dict[datetime, Slot], list[Slot]]:
    """The doctor's live slots among `cells`: those that are such a cell, by start, and the others."""
    ends = {cell.starts_at: cell.ends_at for cell in cells}
    on_grid, others = {}, []
    for slot in doctor.slots.live().overlapping(cells[0].starts_at, cells[-1].ends_at):
        is_cell = slot.office_id == office.pk and ends.get(slot.starts_at) == slot.ends_at
        if is_cell:
            on_grid[slot.starts_at] = slot
        else:
            others.append(slot)
    return on_grid, others


def _overlaps_any(cell: GridTime, slots: list[Slot]) -> bool:
    return any(slot.starts_at < cell.ends_at and slot.ends_at > cell.starts_at for slot in slots)


def _withdraw(slots: list[Slot]) -> list[Slot]:
    """Withdraw those that are still free at this moment; returns them."""
    free = [slot for slot in slots if slot.state == SlotState.OPEN]
    ids = [slot.pk for slot in free]
    changed = Slot.objects.filter(pk__in=ids, state=SlotState.OPEN).update(
        state=SlotState.WITHDRAWN
    )
    if changed == len(free):
        return free
    booked = set(
        Slot.objects.filter(pk__in=ids, state=SlotState.TAKEN).values_list("pk", flat=True)
    )
    return [slot for slot in free if slot.pk not in booked]


def _wall_pattern(doctor: Doctor, office: Office, day: date, settings: ClinicSettings) -> set:
    """The wall times (with fold) at which the doctor has a slot at `office` on `day`."""
    grid = day_grid(day, office.zone, settings)
    if not grid:
        return set()
    on_grid, _others = _slots_in(doctor, office, grid)
    return {(cell.wall.time(), cell.wall.fold) for cell in grid if cell.starts_at in on_grid}


def _busy_elsewhere(doctor: Doctor, office: Office, grid: list[GridTime]) -> set[datetime]:
    _on_grid, others = _slots_in(doctor, office, grid)
    return {cell.starts_at for cell in grid if _overlaps_any(cell, others)}


def _off_grid(starts: set[datetime], office: Office) -> str:
    times = ", ".join(sorted(f"{start.astimezone(office.zone):%H:%M}" for start in starts))
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
