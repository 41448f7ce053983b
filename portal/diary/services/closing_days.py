"""Updates the diaries when days of an office are closed or opened again (B03).

Called by holidays.py inside its transactions, which lock the office.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.appointments.services import offering
from portal.diary.queries.hours_plan import Plan, Standing, plan_for
from portal.diary.services import availability, bulk_changes
from portal.diary.services.bulk_changes import Undone
from portal.diary.services.hours_slots import follow, slots_of
from portal.enums import BulkChangeKind, HolidayState, SlotState
from portal.models import BulkChange, ClinicSettings, Doctor, Holiday, Office, Slot, User, locks


@dataclass
class DayEffect:
    """The effect on one day. `single` of the `free` times were added one by one; `booked` are slots
    of appointments."""

    holiday: Holiday
    free: int = 0
    single: int = 0
    asked_for: int = 0
    offered: int = 0
    added: int = 0
    booked: list[Slot] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.free or self.offered or self.added or self.booked)


@dataclass
class Decided:
    """The effect of a decision about days, planned or made; `bulk` undoes it once it is made."""

    office: Office
    effects: dict[date, DayEffect]
    slots: list[Slot] = field(default_factory=list)  # live ones of days that are closed
    plans: list[tuple[Doctor, Plan]] = field(default_factory=list)
    back: list[int] = field(default_factory=list)  # single times that a closing took
    bulk: BulkChange | None = None

    @property
    def days(self) -> list[date]:
        return sorted(self.effects)

    @property
    def removed(self) -> int:
        return sum(one.free + one.offered for one in self.effects.values())

    @property
    def added(self) -> int:
        return sum(one.added for one in self.effects.values())

    @property
    def booked(self) -> list[Slot]:
        return [slot for day in self.days for slot in self.effects[day].booked]

    @property
    def kept(self) -> int:
        return len(self.booked)

    @property
    def is_empty(self) -> bool:
        return all(effect.is_empty for effect in self.effects.values())

    @property
    def kept_ids(self) -> list[int]:
        """Booked slots of weekly hours, which are outside the hours as long as the day is
        closed."""
        return [slot.pk for slot in self.booked if slot.weekly_hours_id and not slot.is_extra]

    @property
    def digest(self) -> str:
        """Identifies the effect, so that a user who confirms one effect does not get another."""
        said = [f"{day}" for day in self.days] + [f"{slot.pk}{slot.state}" for slot in self.slots]
        said += [f"<{pk}" for pk in self.back]
        said += [plan.digest for _doctor, plan in self.plans]
        return sha256(" ".join(sorted(said)).encode()).hexdigest()[:20]


def lock_diaries() -> None:
    """Locks all doctors in the order of their ids, as everywhere; see holidays.py."""
    locks.doctors(*Doctor.objects.values_list("pk", flat=True))


def effect_of_closing(office: Office, rows: Collection[Holiday], *, lock: bool = True) -> Decided:
    """The free slots of those days are withdrawn, except those that were made despite a closure;
    booked slots stay. Two queries; locks the slots. Call `withdraw` next."""
    effects = {row.day: DayEffect(row) for row in sorted(rows, key=lambda row: row.day)}
    if not effects:
        return Decided(office, effects)
    ahead = _ahead(office, rows)
    if lock:
        locks.hold_slots(list(ahead.values_list("pk", flat=True)))
    slots = list(ahead.select_related("doctor__user", "office").order_by("pk"))
    for slot in slots:
        _count(slot, effects[slot.starts_at.astimezone(office.zone).date()])
    return Decided(office, effects, slots=slots)


def effect_of_opening(office: Office, rows: Collection[Holiday]) -> Decided:
    """The weekly hours apply again on those days, and slots that the closing withdrew come back.

    The rows have their new state already. At most five queries per doctor with hours there.
    """
    effects = {row.day: DayEffect(row) for row in rows}
    decided, settings = Decided(office, effects), ClinicSettings.current()
    for doctor in Doctor.objects.filter(pk__in=office.weekly_hours.values("doctor")).order_by("pk"):
        plan = _of_days(plan_for(doctor, settings=settings), office, set(effects))
        for one in plan.added:
            effects[one.wall.date()].added += 1
        if plan.added or plan.inside:
            decided.plans.append((doctor, plan))
    taken = [pk for change in _closings(office) for pk in change.removed]
    for slot in bulk_changes.restorable(taken).filter(_within(rows), weekly_hours=None):
        effects[slot.starts_at.astimezone(office.zone).date()].added += 1
        decided.back.append(slot.pk)
    return decided


def withdraw(decided: Decided, *, by: User) -> list[int]:
    """Write the effect of `effect_of_closing`; return the ids of the withdrawn slots."""
    going = [slot for slot in decided.slots if slot.state != SlotState.TAKEN]
    going = [slot for slot in going if not slot.despite_closure]
    offering.void_all([slot for slot in going if slot.state == SlotState.OFFERED], by=by)
    gone = availability._withdraw([one for one in going if one.state == SlotState.OPEN], by=by)
    # Outside the hours as long as the day is closed, and not taken out by hand.
    weekly = [slot.pk for slot in gone if slot.weekly_hours_id] + decided.kept_ids
    Slot.objects.filter(pk__in=weekly).update(is_extra=True)
    return [slot.pk for slot in gone]


def follow_hours(decided: Decided, *, by: User) -> None:
    """Write the effect of `effect_of_opening`."""
    theirs = [pk for _doctor, plan in decided.plans for pk in slots_of(plan)]
    locks.hold_slots([*theirs, *decided.back])
    for doctor, plan in decided.plans:
        follow(doctor, plan, settings=ClinicSettings.current(), by=by)
    bulk_changes.put_back(decided.back, Undone(), by=by)


def reopen(change: BulkChange, *, rows: Collection[Holiday], undone: Undone, by: User) -> None:
    """Restore what closing these days withdrew; for undoing it, under the same locks."""
    locks.hold_slots([*change.facts["kept"], *change.removed])
    inside = Slot.objects.filter(pk__in=change.facts["kept"], state=SlotState.TAKEN)
    inside.filter(_within(rows)).update(is_extra=False)
    theirs = Slot.objects.filter(_within(rows), pk__in=change.removed)
    bulk_changes.put_back(theirs.values_list("pk", flat=True), undone, by=by)


def _ahead(office: Office, rows: Collection[Holiday]) -> QuerySet[Slot]:
    live = Slot.objects.live().filter(_within(rows), office=office)
    return live.filter(starts_at__gt=timezone.now())


def _within(rows: Collection[Holiday]) -> Q:
    spans = Q(pk__in=[])
    for row in rows:
        spans |= Q(starts_at__gte=row.begins_at, starts_at__lt=row.ends_at)
    return spans


def _count(slot: Slot, effect: DayEffect) -> None:
    if slot.state == SlotState.TAKEN:
        effect.booked.append(slot)
    elif slot.despite_closure:
        return
    elif slot.state == SlotState.OFFERED:
        effect.offered += 1
    else:
        effect.free += 1
        effect.single += slot.weekly_hours_id is None
        effect.asked_for += slot.has_requests


def _closings(office: Office) -> QuerySet[BulkChange]:
    """Changes that closed days of the office and were not undone."""
    kept = BulkChange.objects.filter(office=office, kind=BulkChangeKind.HOLIDAYS, undone_at=None)
    return kept.filter(facts__after=HolidayState.CONFIRMED.value)


def _of_days(plan: Plan, office: Office, days: set[date]) -> Plan:
    """The part of a plan that concerns those days at that office."""

    def is_theirs(slot: Standing) -> bool:
        is_here = slot.office_id == office.pk
        return is_here and slot.starts_at.astimezone(office.zone).date() in days

    return Plan(
        added=[
            one
            for one in plan.added
            if one.block.office_id == office.pk and one.wall.date() in days
        ],
        inside=[slot for slot in plan.inside if is_theirs(slot)],
    )
