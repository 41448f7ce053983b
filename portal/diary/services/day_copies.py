"""Copying a day to others: with a preview, and undone as one change (requirement B02)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, time
from hashlib import sha256

from django.utils.translation import gettext as _

from portal.clock.grid import GridTime, day_grid
from portal.database.transactions import retried
from portal.diary.services import availability, bulk_changes
from portal.diary.services.availability import DayChange, DayPlan
from portal.diary.services.bulk_changes import STALE
from portal.enums import BulkChangeKind
from portal.errors import PortalError, StaleState
from portal.models import BulkChange, ClinicSettings, Doctor, Office, User, locks
from portal.permissions.authority import demand_diary_at


@dataclass
class Copy:
    """The effect of copying on each day; `changes` and `bulk` are set once it is made."""

    plans: list[DayPlan]
    changes: dict[date, DayChange] = field(default_factory=dict)
    bulk: BulkChange | None = None

    @property
    def digest(self) -> str:
        """Identifies the copy, so that a user who confirms one effect does not get another."""
        said = []
        for plan in self.plans:
            said += [f"+{cell.starts_at:%Y%m%d%H%M}" for cell in plan.added]
            said += [f"-{slot.pk}" for slot in plan.removed]
            said += [f"={slot.pk}" for slot in plan.booked]
        return sha256(" ".join(sorted(said)).encode()).hexdigest()[:20]


@retried
def copy_day(
    doctor: Doctor,
    *,
    office: Office,
    source: date,
    targets: Collection[date],
    confirmed: str | None,
    by: User,
) -> Copy:
    """Give each day of `targets` the free and booked times of `source`, in wall time at the office.

    Other free slots of those days are withdrawn; booked ones stay. Times that do not exist on a
    target day, are in the past, or overlap another slot of the doctor are left out, and so are days
    on which the office is closed. `confirmed` is the digest of the copy that was shown; with None
    it writes nothing. Locks the doctor. Writes slots, an AuditEvent for each day that changed, and
    a BulkChange. Raises PortalError if the source is empty, StaleState, Forbidden. Source:
    requirements B02, B03.
    """
    with availability._diary(doctor, by=by) as doctor:
        demand_diary_at(by, doctor, office)
        settings = ClinicSettings.current()
        pattern = _wall_pattern(doctor, office, day_grid(source, office.zone, settings))
        if not pattern:
            raise PortalError(_("There are no times on that day to copy."))
        days = sorted(set(targets) - {source})
        copy = Copy([_plan(doctor, office, day, pattern, settings) for day in days])
        if confirmed is None:
            return copy
        if confirmed != copy.digest:
            raise StaleState(str(STALE))
        locks.hold_slots([slot.pk for plan in copy.plans for slot in plan.removed])
        copy.changes = {
            plan.day: availability._carry_out(doctor, plan, by=by)
            for plan in copy.plans
            if not plan.closure
        }
        copy.bulk = _kept(doctor, office, source, copy, by=by)
    return copy


def _plan(
    doctor: Doctor, office: Office, day: date, pattern: set[tuple], settings: ClinicSettings
) -> DayPlan:
    """A closed day does not change."""
    cells = day_grid(day, office.zone, settings)
    wanted = {cell.starts_at for cell in cells if _wall(cell) in pattern}
    plan = availability._plan(doctor, office, day, cells, wanted)
    if plan.closure:
        return DayPlan(day, office, booked=plan.booked, closure=plan.closure)
    return plan


def _kept(
    doctor: Doctor, office: Office, source: date, copy: Copy, *, by: User
) -> BulkChange | None:
    """The record for undoing it; None if nothing has changed."""
    added = [pk for change in copy.changes.values() for pk in change.made]
    removed = [pk for change in copy.changes.values() for pk in change.gone]
    if not added and not removed:
        return None
    days = {day.isoformat(): change.counts for day, change in copy.changes.items()}
    closed = {one.day.isoformat(): one.closure.name for one in copy.plans if one.closure}
    return bulk_changes.keep(
        BulkChangeKind.COPY_DAY,
        doctor=doctor,
        office=office,
        added=added,
        removed=removed,
        facts={"source": source.isoformat(), "days": days, "closed": closed},
        by=by,
    )


def _wall(cell: GridTime) -> tuple[time, int]:
    return cell.wall.time(), cell.wall.fold


def _wall_pattern(doctor: Doctor, office: Office, cells: list[GridTime]) -> set[tuple[time, int]]:
    """The wall times (with fold) at which the doctor has a slot at `office`."""
    if not cells:
        return set()
    on_grid, _others = availability._slots_in(doctor, office, cells)
    return {_wall(cell) for cell in cells if cell.starts_at in on_grid}
