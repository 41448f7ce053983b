"""A planned series of appointments: each date with its free slot, or with the reason why there is
none and with near alternatives."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.clock.wall_clock import moments_of
from portal.enums import SlotState
from portal.models import Appointment, ClinicSettings, Doctor, Patient, Slot, TimeOff, User
from portal.slots.queries.absences import is_away, times_off
from portal.slots.queries.closures import closures
from portal.slots.queries.slots import bookable

ALTERNATIVES = 3


@dataclass
class Occurrence:
    """One date of the series. `slot` is free at exactly that time, or `problem` says why none is.
    `alternatives` are the nearest free slots of the same week, sorted by time."""

    day: date
    slot: Slot | None = None
    problem: str = ""
    alternatives: list[Slot] = field(default_factory=list)


@dataclass(frozen=True)
class _Diary:
    """What is known of the doctor's and the patient's times in all weeks of the series."""

    at: dict[datetime, Slot]
    free: list[Slot]
    busy: list[tuple[datetime, datetime]]
    absences: list[TimeOff]
    closed: dict[date, str]

    def patient_is_busy(self, slot: Slot) -> bool:
        return any(starts < slot.ends_at and ends > slot.starts_at for starts, ends in self.busy)

    def is_away(self, slot: Slot) -> bool:
        return is_away(self.absences, slot.starts_at, slot.ends_at)


def plan(
    doctor: Doctor,
    patient: Patient,
    *,
    first: date,
    wall: time,
    every_weeks: int,
    times: int,
    settings: ClinicSettings,
    by: User,
) -> list[Occurrence]:
    """The series as `by`, a member of staff, could book it now: `times` dates from `first` on, one
    every so many weeks, at the time `wall` in the zone of the doctor's office. Five queries, six
    for assistants, independent of the number of dates."""
    days = [first + timedelta(weeks=every_weeks * n) for n in range(times)]
    moments = {day: moments_of(day, wall, doctor.office.zone)[:1] for day in days}
    diary = _diary(
        doctor, patient, days, [at for found in moments.values() for at in found], settings, by
    )
    return [_occurrence(day, moments[day], doctor, patient, diary) for day in days]


def of_series(appointment: Appointment, user: User) -> list[Appointment]:
    """The appointments of its series that the user may see, by time: one query, none without a
    series."""
    if appointment.series_id is None:
        return []
    own = Appointment.objects.visible_to(user).filter(series=appointment.series_id)
    return list(own.select_related("office").order_by("starts_at", "pk"))


def _diary(
    doctor: Doctor,
    patient: Patient,
    days: list[date],
    moments: list[datetime],
    settings: ClinicSettings,
    by: User,
) -> _Diary:
    begins = datetime.combine(days[0] - timedelta(days=8), time(), UTC)
    ends = datetime.combine(days[-1] + timedelta(days=9), time(), UTC)
    slots = Slot.objects.visible_to(by).select_related("office").filter(doctor=doctor)
    there = slots.exclude(state=SlotState.WITHDRAWN).filter(starts_at__in=moments)
    weeks = Q()
    for day in days:
        monday = datetime.combine(day - timedelta(days=day.weekday() + 1), time(), UTC)
        weeks |= Q(starts_at__gte=monday, starts_at__lt=monday + timedelta(days=9))
    free = bookable(settings, by=by).visible_to(by).filter(weeks, doctor=doctor)
    held = patient.appointments.live().filter(starts_at__lt=ends, ends_at__gt=begins)
    return _Diary(
        at={slot.starts_at: slot for slot in there},
        free=list(free.select_related("office").order_by("starts_at", "pk")),
        busy=list(held.values_list("starts_at", "ends_at")),
        absences=times_off(doctor, begins, ends),
        closed=closures(doctor.office, days[0], days[-1]),
    )


def _occurrence(
    day: date, moments: list[datetime], doctor: Doctor, patient: Patient, diary: _Diary
) -> Occurrence:
    slot = diary.at.get(moments[0]) if moments else None
    problem = _problem(day, moments, slot, doctor, patient, diary)
    if not problem:
        return Occurrence(day, slot)
    zone = doctor.office.zone
    wished = moments[0] if moments else datetime.combine(day, time(12), zone)
    week = day.isocalendar()[:2]
    possible = [
        other
        for other in diary.free
        if other.starts_at.astimezone(zone).isocalendar()[:2] == week
        and not diary.patient_is_busy(other)
        and not diary.is_away(other)
        and other.starts_at != wished
    ]
    possible.sort(key=lambda other: abs(other.starts_at - wished))
    nearest = sorted(possible[:ALTERNATIVES], key=lambda other: other.starts_at)
    return Occurrence(day, None, problem, nearest)


def _problem(
    day: date,
    moments: list[datetime],
    slot: Slot | None,
    doctor: Doctor,
    patient: Patient,
    diary: _Diary,
) -> str:
    """Why that time cannot be booked; "" if it can."""
    if not moments:
        return _("The clocks go forward then: there is no such time that day.")
    if moments[0] <= timezone.now():
        return _("That time has passed.")
    if slot is None:
        return _why_no_slot(day, moments[0], doctor, diary)
    if day in diary.closed and slot not in diary.free:
        return _closed(diary.closed[day])
    return _why_not(slot, doctor, patient, diary)


def _why_no_slot(day: date, moment: datetime, doctor: Doctor, diary: _Diary) -> str:
    if day in diary.closed:
        return _closed(diary.closed[day])
    if is_away(diary.absences, moment, moment + timedelta(minutes=1)):
        return _("%(doctor)s is away then.") % {"doctor": doctor.name}
    return _("%(doctor)s has no slot at that time.") % {"doctor": doctor.name}


def _closed(name: str) -> str:
    return _("The office is closed that day: %(name)s.") % {"name": name}


def _why_not(slot: Slot, doctor: Doctor, patient: Patient, diary: _Diary) -> str:
    if slot.state == SlotState.TAKEN and diary.patient_is_busy(slot):
        return _("%(patient)s already has an appointment at that time.") % {"patient": patient.name}
    if slot.state == SlotState.TAKEN:
        return _("That time is taken.")
    if slot.state == SlotState.OFFERED:
        return _("That time is kept for somebody who waits.")
    if diary.is_away(slot):
        return _("%(doctor)s is away then.") % {"doctor": doctor.name}
    if diary.patient_is_busy(slot):
        return _("%(patient)s already has an appointment at that time.") % {"patient": patient.name}
    return "" if slot in diary.free else _("That time cannot be booked.")
