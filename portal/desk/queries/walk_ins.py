"""Where a walk-in patient can be booked today (requirement B21)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from portal.clock.grid import local_day
from portal.clock.today import today_in
from portal.enums import DoctorState, SlotState, UserState
from portal.models import Doctor, HoursException, Office, Slot, WeeklyHours
from portal.models.availability import LONGEST, SlotQuerySet
from portal.slots.queries.closures import closed_today

STEP = timedelta(minutes=5)

Stretch = tuple[datetime, datetime]  # half-open


@dataclass(frozen=True, slots=True)
class Opening:
    """A doctor's next free slot of today, and the first time at which an extra appointment fits.

    Times are in the office's zone; None if there is none left today. `may_add`: the doctor's own
    office is one of the offices asked about, so its desk may add times.
    """

    doctor_id: int
    doctor: str
    specialty: str
    office: Office
    slot_id: int | None
    starts: datetime | None
    gap: datetime | None
    may_add: bool


def openings(offices: list[Office], *, minutes: int) -> list[Opening]:
    """Every listed doctor of these offices today: those with a free slot first, by its time, then
    those without. `minutes` is the length of an extra time. Three queries; none without offices.

    A doctor of another office who has slots at one of these offices today is included.
    """
    if not offices:
        return []
    now = timezone.now()
    by_id = {office.pk: office for office in offices}
    slots = _slots_of_today(now, offices)
    closed = closed_today(offices, now)
    doctors = _listed(by_id, {slot.doctor_id for slot in slots if slot.office_id in by_id})
    found = []
    for doctor in doctors:
        own = [slot for slot in slots if slot.doctor_id == doctor.pk]
        bookable = (one for one in own if one.despite_closure or one.office_id not in closed)
        free = next((slot for slot in bookable if _is_free(slot, by_id, now)), None)
        office = by_id.get(free.office_id if free else doctor.office_id)
        if office is None:
            continue
        found.append(_opening(doctor, office, free, own, now, minutes, doctor.office_id in by_id))
    latest = max(end for _start, end in (_today(office, now) for office in offices))
    return sorted(found, key=lambda one: (one.starts or latest + LONGEST, one.doctor))


def first_gap(busy: Iterable[Stretch], *, after: datetime, minutes: int) -> datetime:
    """The first multiple of five minutes from `after` on at which a time of that length overlaps
    nothing."""
    length = timedelta(minutes=minutes)
    start = next_full(after)
    for begins, ends in sorted(busy):
        if start + length <= begins:
            break
        start = max(start, next_full(ends))
    return start


def next_full(moment: datetime) -> datetime:
    """The moment itself, or the next one whose minutes are a multiple of five."""
    over = timedelta(
        minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond
    )
    return moment + STEP - over if over else moment


def busy_today(doctor: Doctor, office: Office) -> list[Stretch]:
    """The doctor's live slots of the rest of today, by start: one query."""
    return [_stretch(slot) for slot in _live(timezone.now(), [office]).filter(doctor=doctor)]


def hours_on(doctor: Doctor, office: Office, day: date) -> list[Stretch]:
    """The doctor's usual hours at the office on that date, sorted, in UTC.

    They come from an exception for the date, or else from the weekly hours. For a doctor without
    weekly hours they reach from the start of the first slot of the day to the end of the last one.
    At most three queries.
    """
    exceptions = HoursException.objects.filter(doctor=doctor, office=office, day=day)
    if set_for_day := list(exceptions):
        return _joined(
            _on(day, office, one.starts, one.ends)
            for one in set_for_day
            if one.starts is not None and one.ends is not None
        )
    weekly = WeeklyHours.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=day), doctor=doctor, valid_from__lte=day
    )
    if in_force := list(weekly):
        return _joined(
            _on(day, office, one.starts, one.ends)
            for one in in_force
            if one.office_id == office.pk and _holds(one, day)
        )
    start, end = local_day(day, office.zone)
    slots = Slot.objects.live().overlapping(start, end).filter(doctor=doctor, office=office)
    stretches = [_stretch(slot) for slot in slots.filter(is_extra=False)]
    return [(stretches[0][0], max(ends for _begins, ends in stretches))] if stretches else []


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Sorted; adjoining periods are joined."""
    joined: list[Stretch] = []
    for begins, ends in sorted(stretches):
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(ends, joined[-1][1]))
        else:
            joined.append((begins, ends))
    return joined


def _holds(block: WeeklyHours, day: date) -> bool:
    """For every second week, weeks are counted from the week of the block's first day."""
    monday, first = (one - timedelta(one.weekday()) for one in (day, block.valid_from))
    weeks = (monday - first).days // 7
    return block.weekday == day.weekday() and weeks % block.every_weeks == 0


def _on(day: date, office: Office, first: time, last: time) -> Stretch:
    begins = datetime.combine(day, first, office.zone)
    ends = datetime.combine(day, last, office.zone)
    return begins, ends if ends > begins else local_day(day, office.zone)[1]


def _listed(offices: dict[int, Office], with_slots: set[int]) -> list[Doctor]:
    doctors = Doctor.objects.filter(
        Q(office__in=list(offices)) | Q(pk__in=with_slots),
        state=DoctorState.APPROVED,
        user__state=UserState.ACTIVE,
    )
    return list(doctors.select_related("specialty").order_by("search_name", "pk"))


def _slots_of_today(now: datetime, offices: list[Office]) -> list[Slot]:
    of_offices = Q(office__in=[office.pk for office in offices])
    of_doctors = Q(doctor__office__in=[office.pk for office in offices])
    return list(_live(now, offices).filter(of_offices | of_doctors))


def _live(now: datetime, offices: list[Office]) -> SlotQuerySet:
    """Slots of today at these offices that end after now."""
    latest = max(end for _start, end in (_today(office, now) for office in offices))
    return Slot.objects.live().overlapping(now, latest).order_by("starts_at", "pk")


def _today(office: Office, now: datetime) -> Stretch:
    return local_day(today_in(office.zone, now), office.zone)


def _is_free(slot: Slot, offices: dict[int, Office], now: datetime) -> bool:
    office = offices.get(slot.office_id)
    return (
        office is not None
        and slot.state == SlotState.OPEN
        and now < slot.starts_at < _today(office, now)[1]
    )


def _opening(
    doctor: Doctor,
    office: Office,
    free: Slot | None,
    own: list[Slot],
    now: datetime,
    minutes: int,
    may_add: bool,
) -> Opening:
    gap = first_gap(map(_stretch, own), after=now, minutes=minutes)
    is_today = gap < _today(office, now)[1]
    return Opening(
        doctor_id=doctor.pk,
        doctor=doctor.name,
        specialty=doctor.specialty.name,
        office=office,
        slot_id=free.pk if free else None,
        starts=free.starts_at.astimezone(office.zone) if free else None,
        gap=gap.astimezone(office.zone) if may_add and is_today else None,
        may_add=may_add,
    )


def _stretch(slot: Slot) -> Stretch:
    return slot.starts_at, slot.ends_at
