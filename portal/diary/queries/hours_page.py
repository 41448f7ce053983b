"""Reads what the pages of weekly hours show (requirement B03)."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.enums import HolidayState, SlotState
from portal.models import HOLDING, Appointment, Doctor, Holiday, Office, Slot, User, WeeklyHours


def blocks_of(doctor: Doctor, today: date, offices: list[Office]) -> list[WeeklyHours]:
    """The blocks at `offices` that are valid on `today` (at their office) or later, by day and
    time: one query."""
    ahead = Q(valid_until=None) | Q(valid_until__gte=today)
    return list(doctor.weekly_hours.filter(ahead, office__in=offices).select_related("office"))


class ExceptionDay(NamedTuple):
    """All exceptions for a date at an office; `hours` is empty if there are no hours on it."""

    day: date
    office: Office
    hours: str


def exception_days(doctor: Doctor, today: date, offices: list[Office]) -> list[ExceptionDay]:
    """Those at `offices` from `today` on, by date: one query."""
    rows = doctor.hours_exceptions.filter(day__gte=today, office__in=offices)
    rows = rows.select_related("office")
    days: dict[tuple, list[str]] = {}
    for row in rows:
        hours = days.setdefault((row.day, row.office), [])
        if row.starts is not None:
            hours.append(f"{row.starts:%H:%M}–{row.ends:%H:%M}")
    return [ExceptionDay(day, office, ", ".join(hours)) for (day, office), hours in days.items()]


def next_closed(offices: Iterable[int], today: date) -> list[Holiday]:
    """The confirmed holidays of these offices from `today` on, by date: one query."""
    confirmed = Holiday.objects.filter(
        office__in=offices, day__gte=today, state=HolidayState.CONFIRMED
    )
    return list(confirmed.select_related("office"))


def doctors_with_offices(offices: list[Office]) -> list[Doctor]:
    """The doctors of those offices by name: one query."""
    doctors = Doctor.objects.filter(office__in=[office.pk for office in offices])
    return list(doctors.select_related("office", "specialty").order_by("search_name", "pk"))


def conflicts(doctor: Doctor, user: User) -> list[Appointment]:
    """Future appointments on slots of weekly hours that the hours no longer contain, of those that
    the user may see: one query."""
    slots = Slot.objects.filter(
        doctor=doctor, state=SlotState.TAKEN, is_extra=True, weekly_hours__isnull=False
    )
    return appointments_on(slots.filter(starts_at__gt=timezone.now()).values("pk"), user)


def appointments_on(slots: Collection[int] | QuerySet, user: User) -> list[Appointment]:
    """The appointments on these slots (ids) that the user may see, by time, with patient and
    office: one query."""
    held = Appointment.objects.visible_to(user).filter(slot__in=slots, state__in=HOLDING)
    return list(held.select_related("patient", "office", "doctor").order_by("starts_at"))
