"""Creating the slots of weekly hours, at a change and by a job (requirement B03)."""

import logging
from datetime import datetime

from django.utils import timezone

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.database.written import insert_values
from portal.diary.queries.hours import HoursTime
from portal.diary.queries.hours_plan import Busy, Plan, plan_for
from portal.diary.services import availability
from portal.enums import DoctorState, SlotAudience, SlotState, UserState
from portal.models import ClinicSettings, Doctor, Slot, User, WeeklyHours, locks
from portal.slots.queries.release import released_at

logger = logging.getLogger("portal.hours")
_NOT_WORKING = (DoctorState.REJECTED, DoctorState.WITHDRAWN)


def keep_made(*, by: None = None) -> int:
    """Create the missing slots of all doctors' weekly hours up to the horizon. Returns how many
    were created.

    Removes nothing, except slots outside the hours that have become free again. One transaction per
    doctor, so the job can be interrupted; slots that another run has created are kept. An error for
    one doctor is logged, and raised after the others are done. Source: B03.
    """
    made, failed = 0, None
    doctors = Doctor.objects.filter(user__state=UserState.ACTIVE, weekly_hours__isnull=False)
    for doctor in doctors.exclude(state__in=_NOT_WORKING).distinct().order_by("pk"):
        try:
            made += _keep_made(doctor)
        except Exception as error:
            logger.exception("The slots of doctor %s could not be made", doctor.pk)
            failed = error
    if failed:
        raise failed
    return made


def follow(doctor: Doctor, plan: Plan, *, settings: ClinicSettings, by: User | None) -> None:
    """Apply the plan, for use within a larger transaction that holds the doctor's lock.

    Locks the existing slots, by id. Writes slots, and declines the requests for withdrawn ones.
    Slots that were booked since the plan was made stay.
    """
    outside = [slot.pk for slot in (*plan.removed, *plan.kept)]
    inside = [slot.pk for slot in plan.inside]
    locks.hold_slots(slots_of(plan))
    gone = {slot.pk for slot in availability._withdraw(plan.removed, by=by)}
    if outside:
        Slot.objects.filter(pk__in=outside).update(is_extra=True)
    if inside:
        Slot.objects.filter(pk__in=inside).update(is_extra=False)
    release = _Release(settings)
    if plan.changed:
        _hand_to_their_blocks(plan, release)
    stayed = Busy((slot.starts_at, slot.ends_at) for slot in plan.removed if slot.pk not in gone)
    _make(doctor, [one for one in plan.added if not stayed.overlaps(*one[:2])], release)


def slots_of(plan: Plan) -> list[int]:
    """Ids of the existing slots that the plan may change."""
    found = (*plan.removed, *plan.kept, *plan.inside, *(slot for slot, _time in plan.changed))
    return [slot.pk for slot in found]


class _Release:
    """Caches `released_at`, which is equal for many slots."""

    def __init__(self, settings: ClinicSettings):
        self.settings = settings
        self.known: dict[tuple, datetime | None] = {}

    def of(self, wanted: HoursTime) -> datetime | None:
        audience, office = wanted.block.audience, wanted.block.office
        is_daily = audience == SlotAudience.SAME_DAY
        key = (audience, office.pk, wanted.wall.date()) if is_daily else (audience,)
        if key not in self.known:
            self.known[key] = released_at(audience, wanted.starts_at, office, self.settings)
        return self.known[key]


@retried
def _keep_made(doctor: Doctor) -> int:
    with availability._diary(doctor, by=None) as doctor:
        settings = ClinicSettings.current()
        plan = plan_for(doctor, settings=settings, only_add=True)
        follow(doctor, plan, settings=settings, by=None)
        if plan.added or plan.removed:
            audit.record(
                "make_slots", doctor, by=None, added=len(plan.added), removed=len(plan.removed)
            )
    return len(plan.added)


def _hand_to_their_blocks(plan: Plan, release: _Release) -> None:
    """Free slots that belong to another block now get its audience, unless theirs was set by hand.

    One statement for each block, audience and time of release.
    """
    known = WeeklyHours.objects.in_bulk({slot.weekly_hours_id for slot, _time in plan.changed})
    groups: dict[tuple, list[int]] = {}
    for slot, wanted in plan.changed:
        values, audience = {}, wanted.block.audience
        if slot.audience == known[slot.weekly_hours_id].audience != audience:
            values = {"audience": audience, "released_at": release.of(wanted)}
        groups.setdefault((wanted.block.pk, *values.items()), []).append(slot.pk)
    for (block, *changes), ids in groups.items():
        free = Slot.objects.filter(pk__in=ids, state=SlotState.OPEN)
        free.update(weekly_hours=block, is_extra=False, **dict(changes))


def _make(doctor: Doctor, wanted: list[HoursTime], release: _Release) -> None:
    now = timezone.now()
    names = ["doctor_id", "office_id", "starts_at", "ends_at", "wall_hour", "state", "audience"]
    names += ["released_at", "weekly_hours_id", "created_at", "note", "is_extra", "has_requests"]
    names.append("despite_closure")
    rows = [
        (
            doctor.pk,
            one.block.office_id,
            one.starts_at,
            one.ends_at,
            one.wall.hour,
            SlotState.OPEN.value,
            one.block.audience,
            release.of(one),
            one.block.pk,
            now,
            "",
            False,
            False,
            False,
        )
        for one in wanted
    ]
    insert_values(Slot, names, rows)
