"""Adding and removing a doctor's free times (requirements B02, B05).

Each verb first locks the doctor's row, so only one transaction at a time changes a diary. Booking
locks the slot instead. So the verbs also lock the slots that they withdraw, and withdraw only those
that are free.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appointments.services import declining
from portal.audit.services import audit
from portal.clock.grid import GridTime, day_grid
from portal.database.transactions import retried
from portal.diary.queries.hours_plan import Standing
from portal.enums import SlotState
from portal.errors import OutsideHours, Overlap, PortalError, StaleState, TooLate
from portal.models import ClinicSettings, Doctor, Holiday, Office, Slot, TimeOff, User, locks
from portal.permissions.authority import demand, demand_diary_at
from portal.slots.queries.absences import is_away, times_off
from portal.slots.queries.closures import closure_at
from portal.slots.services import closures

AnySlot = TypeVar("AnySlot", Slot, Standing)


@dataclass(frozen=True)
class DayPlan:
    """The changes that would make a day consist of certain grid cells; nothing is written yet.

    `removed` are free slots to be withdrawn, `kept` are slots to be removed that are booked or on
    offer, `booked` are all of the day that are. `obstacle` is why the first of the `skipped` times
    cannot be added. `closure`: the office is closed that day.
    """

    day: date
    office: Office
    added: list[GridTime] = field(default_factory=list)
    removed: list[Slot] = field(default_factory=list)
    kept: list[Slot] = field(default_factory=list)
    booked: list[Slot] = field(default_factory=list)
    skipped: list[GridTime] = field(default_factory=list)
    obstacle: PortalError | None = None
    closure: Holiday | None = None


@dataclass(frozen=True)
class DayChange:
    """The result for a day; each list but the last two holds starts in UTC.

    `kept_booked` were to be removed but are booked. `skipped` were to be added but are in the past,
    or the doctor has another slot or time off then. `made` and `gone` are ids of slots.
    """

    added: list[datetime] = field(default_factory=list)
    removed: list[datetime] = field(default_factory=list)
    kept_booked: list[datetime] = field(default_factory=list)
    skipped: list[datetime] = field(default_factory=list)
    made: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many times were added, removed, kept because they are booked, and left out."""
        return {
            "added": len(self.added),
            "removed": len(self.removed),
            "kept": len(self.kept_booked),
            "skipped": len(self.skipped),
        }


@retried
def set_day(
    doctor: Doctor,
    *,
    office: Office,
    day: date,
    starts: Collection[datetime],
    despite_closure: bool = False,
    by: User,
) -> DayChange:
    """Make the free and booked times of the doctor's day at `office` equal to the grid cells in
    `starts` (aware datetimes).

    `day` is a date at the office. Free slots at all other cells are withdrawn; booked slots and
    slots that have begun stay. On a closed day times are added only with `despite_closure`, which
    is recorded. Locks the doctor. Writes slots and one AuditEvent if anything changed. Raises
    ClosedDay, OutsideHours, Overlap, Forbidden; then nothing has changed. Source: requirements B02,
    B03.
    """
    with _diary(doctor, by=by) as doctor:
        demand_diary_at(by, doctor, office)
        cells = day_grid(day, office.zone, ClinicSettings.current())
        if unknown := set(starts) - {cell.starts_at for cell in cells}:
            raise OutsideHours(_off_grid(unknown, office))
        plan = _plan(doctor, office, day, cells, set(starts))
        if plan.closure and (plan.added or plan.skipped) and not (despite_closure and by.is_staff):
            raise closures.refuse(plan.closure)
        if plan.obstacle:
            raise plan.obstacle
        return _carry_out(doctor, plan, by=by)


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


def _plan(
    doctor: Doctor, office: Office, day: date, cells: list[GridTime], wanted: set[datetime]
) -> DayPlan:
    """Under the doctor's lock: create slots for the wanted cells, withdraw the future free slots of
    the others. Three queries."""
    if not cells:
        return DayPlan(day, office)
    now = timezone.now()
    on_grid, others = _slots_in(doctor, office, cells)
    absences = times_off(doctor, cells[0].starts_at, cells[-1].ends_at)
    added: list[GridTime] = []
    skipped: list[GridTime] = []
    obstacles: list[PortalError] = []
    for cell in cells:
        if cell.starts_at not in wanted or cell.starts_at in on_grid:
            continue
        obstacle = _obstacle(cell, others, absences, now)
        obstacles += [obstacle] if obstacle else []
        (skipped if obstacle else added).append(cell)
    ahead = [slot for start, slot in on_grid.items() if start > now]
    unwanted = [slot for slot in ahead if slot.starts_at not in wanted]
    here = [*ahead, *(slot for slot in others if slot.office_id == office.pk)]
    return DayPlan(
        day,
        office,
        added=added,
        removed=[slot for slot in unwanted if slot.state == SlotState.OPEN],
        kept=[slot for slot in unwanted if slot.state != SlotState.OPEN],
        booked=[slot for slot in here if slot.state != SlotState.OPEN and slot.starts_at > now],
        skipped=skipped,
        obstacle=obstacles[0] if obstacles else None,
        closure=closure_at(office, cells[0].starts_at),
    )


def _carry_out(doctor: Doctor, plan: DayPlan, *, by: User) -> DayChange:
    """Write the planned changes, except slots that were booked meanwhile, and the AuditEvents."""
    removed = _withdraw(plan.removed, by=by)
    made = Slot.objects.bulk_create(
        Slot(
            doctor=doctor,
            office=plan.office,
            starts_at=cell.starts_at,
            ends_at=cell.ends_at,
            despite_closure=plan.closure is not None,
        )
        for cell in plan.added
    )
    booked = [slot for slot in plan.removed if slot not in removed]
    change = DayChange(
        added=[slot.starts_at for slot in made],
        removed=[slot.starts_at for slot in removed],
        kept_booked=sorted(slot.starts_at for slot in (*plan.kept, *booked)),
        skipped=[cell.starts_at for cell in plan.skipped],
        made=[slot.pk for slot in made],
        gone=[slot.pk for slot in removed],
    )
    _record_day(doctor, plan.office, plan.day, change, by=by)
    if plan.closure and made:
        starts = [start.isoformat() for start in change.added]
        closures.record_override(doctor, plan.closure, by=by, starts_at=starts)
    return change


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


def _withdraw(slots: list[AnySlot], *, by: User | None) -> list[AnySlot]:
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


def _withdraw_free(slots: list[AnySlot]) -> list[AnySlot]:
    if not slots:
        return []
    these = Slot.objects.filter(pk__in=[slot.pk for slot in slots])
    changed = these.filter(state=SlotState.OPEN).update(state=SlotState.WITHDRAWN)
    if changed == len(slots):
        return slots
    booked = set(these.exclude(state=SlotState.WITHDRAWN).values_list("pk", flat=True))
    return [slot for slot in slots if slot.pk not in booked]


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
