"""Where somebody who is standing at the desk can be fitted in today (requirement B21)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from portal.clock.grid import local_day
from portal.clock.today import today_in
from portal.enums import DoctorState, SlotState, UserState
from portal.models import Doctor, HoursException, Office, Slot, WeeklyHours
from portal.models.availability import LONGEST
from portal.slots.queries.closures import closed_today

STEP = timedelta(minutes=5)

Stretch = tuple[datetime, datetime]  # half-open


@dataclass(frozen=True, slots=True)
class Opening:
    """A doctor's next free slot of today, and when an extra time would fit in first.

    Times are in the office's zone; None where there is none left today. `may_add`: the doctor's
    own office is among those asked about, so that its desk may add times.
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
    """Every listed doctor of these offices today: the next free slot soonest first, then those who
    have none. `minutes` is how long an extra time would be. Three queries; none without offices.

    Somebody who has slots at one of the offices today only is there as well.
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
    """The first full five minutes from `after` on, at which so many minutes overlap nothing."""
    length = timedelta(minutes=minutes)
    start = next_full(after)
    for begins, ends in sorted(busy):
        if start + length <= begins:
            break
        start = max(start, next_full(ends))
    return start


def next_full(moment: datetime) -> datetime:
    """The moment itself, or the next one at which the minutes are a multiple of five."""
    over = timedelta(
        minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond
    )
    return moment + STEP - over if over else moment


def busy_today(doctor: Doctor, office: Office) -> list[Stretch]:
    """The doctor's live slots of the rest of today, by start: one query."""
    return [_stretch(slot) for slot in _live(timezone.now(), [office]).filter(doctor=doctor)]


def hours_on(doctor: Doctor, office: Office, day: date) -> list[Stretch]:
    """When the doctor usually works at the office on that day of its calendar, sorted, in UTC.

    What was set for the date holds; or else the weekly hours; for a doctor without any, from the
    start of the first slot of the day to the end of the last one. At most three queries.
    """
    exceptions = HoursException.objects.filter(doctor=doctor, office=office, day=day)
    if set_for_day := list(exceptions):
        return _joined(_on(day, office, one) for one in set_for_day if one.starts)
    weekly = WeeklyHours.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=day), doctor=doctor, valid_from__lte=day
    )
    if in_force := list(weekly):
        return _joined(
            _on(day, office, one)
            for one in in_force
            if one.office_id == office.pk and _holds(one, day)
        )
    start, end = local_day(day, office.zone)
    slots = Slot.objects.live().overlapping(start, end).filter(doctor=doctor, office=office)
    stretches = [_stretch(slot) for slot in slots.filter(is_extra=False)]
    return [(stretches[0][0], max(ends for _begins, ends in stretches))] if stretches else []


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Sorted; where one ends when the next begins they are one."""
    joined: list[Stretch] = []
    for begins, ends in sorted(stretches):
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(ends, joined[-1][1]))
        else:
            joined.append((begins, ends))
    return joined


def _holds(block: WeeklyHours, day: date) -> bool:
    """Every second week is counted from the week of its first day."""
    monday, first = (one - timedelta(one.weekday()) for one in (day, block.valid_from))
    weeks = (monday - first).days // 7
    return block.weekday == day.weekday() and weeks % block.every_weeks == 0


def _on(day: date, office: Office, block: HoursException | WeeklyHours) -> Stretch:
    begins = datetime.combine(day, block.starts, office.zone)
    ends = datetime.combine(day, block.ends, office.zone)
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


def _live(now: datetime, offices: list[Office]):
    """Slots that end after now, of what is today at any of the offices."""
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
        slot_id=free and free.pk,
        starts=free and free.starts_at.astimezone(office.zone),
        gap=gap.astimezone(office.zone) if may_add and is_today else None,
        may_add=may_add,
    )


def _stretch(slot: Slot) -> Stretch:
    return slot.starts_at, slot.ends_at
