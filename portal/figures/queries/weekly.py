"""Figures of each week: times offered and booked, no-shows, cancellations, sources (F02).

An appointment counts in the week in which it takes place, not in that of its booking.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django.core.cache import cache
from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.utils import timezone

from portal.clock.today import today_in
from portal.enums import AppointmentState as State
from portal.enums import Role, SlotState
from portal.models import HOLDING, Appointment, Slot

WEEK = timedelta(weeks=1)
KEPT_SECONDS = 600
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Week:
    """`starts` is its Monday. `days_ahead`: the mean time from booking to visit, None if nobody
    comes. `ended`: appointments whose outcome is known, no-shows included."""

    starts: date
    offered_minutes: int = 0
    booked_minutes: int = 0
    held: int = 0
    ended: int = 0
    missed: int = 0
    cancelled_by_patients: int = 0
    cancelled_by_clinic: int = 0
    by_patients: int = 0
    by_desk: int = 0
    by_doctors: int = 0
    days_ahead: float | None = None

    @property
    def cancelled(self) -> int:
        return self.cancelled_by_patients + self.cancelled_by_clinic

    @property
    def utilisation(self) -> float | None:
        """The booked part of the offered time, 0 to 1; None if nothing was offered."""
        return _share(self.booked_minutes, self.offered_minutes)

    @property
    def no_show_rate(self) -> float | None:
        return _share(self.missed, self.ended)

    @property
    def cancellation_rate(self) -> float | None:
        """Of all appointments that were ever confirmed for this week."""
        return _share(self.cancelled, self.cancelled + self.held)


@dataclass(frozen=True, slots=True)
class Figures:
    """`weeks` ends with the present one; `counted_at` is in UTC."""

    weeks: list[Week]
    counted_at: datetime


def figures(
    *, weeks: int, zone: tzinfo, office: int | None = None, doctor: int | None = None
) -> Figures:
    """The last `weeks` weeks and the present one, Monday to Sunday in `zone`; of one office or
    doctor (ids), or of the whole clinic.

    One query if they were counted within the last ten minutes, otherwise a few more.
    """
    this_week = monday_of(today_in(zone))
    key = f"figures:{this_week}:{zone}:{weeks}:{office or ''}:{doctor or ''}"
    found = cache.get(key)
    if found is None:
        found = _count(this_week, weeks, zone, office, doctor)
        cache.set(key, found, KEPT_SECONDS)
    return found


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def _count(
    this_week: date, weeks: int, zone: tzinfo, office: int | None, doctor: int | None
) -> Figures:
    """Two queries."""
    first = this_week - weeks * WEEK
    begin, end = (datetime.combine(day, time(), zone) for day in (first, this_week + WEEK))
    where = Q(starts_at__gte=begin, starts_at__lt=end)
    where &= Q(office=office) if office else Q()
    where &= Q(doctor=doctor) if doctor else Q()
    found = {first + number * WEEK: Week(first + number * WEEK) for number in range(weeks + 1)}
    for counted in (_of_slots(where, zone), _of_appointments(where, zone)):
        for row in counted:
            monday = row.pop("week").date()
            values = {name: _plain(name, value) for name, value in row.items()}
            found[monday] = replace(found[monday], **values)
    return Figures(list(found.values()), timezone.now())


def _of_slots(where: Q, zone: tzinfo) -> QuerySet:
    length = ExpressionWrapper(F("ends_at") - F("starts_at"), DurationField())
    return (
        _each_week(Slot.objects.live().filter(where), zone)
        .annotate(
            offered_minutes=Sum(length),
            booked_minutes=Sum(length, filter=Q(state=SlotState.TAKEN)),
        )
        .order_by()
    )


def _of_appointments(where: Q, zone: tzinfo) -> QuerySet:
    held = Q(state__in=HOLDING)
    cancelled, by_patient = Q(state=State.CANCELLED), Q(cancelled_by__role=Role.PATIENT)
    ahead = ExpressionWrapper(F("starts_at") - F("booked_at"), DurationField())
    return (
        _each_week(Appointment.objects.filter(where), zone)
        .annotate(
            held=Count("pk", filter=held),
            ended=Count("pk", filter=Q(state__in=(State.ARRIVED, State.COMPLETED, State.NO_SHOW))),
            missed=Count("pk", filter=Q(state=State.NO_SHOW)),
            cancelled_by_patients=Count("pk", filter=cancelled & by_patient),
            cancelled_by_clinic=Count("pk", filter=cancelled & ~by_patient),
            by_patients=Count("pk", filter=held & Q(booked_by__role=Role.PATIENT)),
            by_desk=Count("pk", filter=held & Q(booked_by__role__in=(Role.ASSISTANT, Role.ADMIN))),
            by_doctors=Count("pk", filter=held & Q(booked_by__role=Role.DOCTOR)),
            days_ahead=Avg(ahead, filter=held),
        )
        .order_by()
    )


def _each_week(rows: QuerySet, zone: tzinfo) -> QuerySet:
    return rows.order_by().annotate(week=TruncWeek("starts_at", tzinfo=zone)).values("week")


def _plain(name: str, value: Any) -> Any:
    """Days and minutes as numbers; nothing counted is 0, but no mean is None."""
    if name == "days_ahead":
        return None if value is None else value / _DAY
    return int(value / _MINUTE) if isinstance(value, timedelta) else value or 0


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
