"""What the pages of weekly hours show (requirement B03)."""

from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from portal.enums import SlotState
from portal.models import HOLDING, Appointment, Doctor, HoursException, Slot, WeeklyHours


def blocks_of(doctor: Doctor, today: date) -> list[WeeklyHours]:
    """The blocks that hold on `today` (at their office) or later, by day and time: one query."""
    ahead = Q(valid_until=None) | Q(valid_until__gte=today)
    return list(doctor.weekly_hours.filter(ahead).select_related("office"))


def exceptions_of(doctor: Doctor, today: date) -> list[HoursException]:
    """Those from `today` on, by date: one query."""
    return list(doctor.hours_exceptions.filter(day__gte=today).select_related("office"))


def conflicts(doctor: Doctor) -> list[Appointment]:
    """Appointments ahead whose slot the hours made and do not want any more: one query."""
    slots = Slot.objects.filter(
        doctor=doctor, state=SlotState.TAKEN, is_extra=True, weekly_hours__isnull=False
    )
    return appointments_on(slots.filter(starts_at__gt=timezone.now()).values("pk"))


def appointments_on(slots) -> list[Appointment]:
    """The appointments that hold these slots (ids), by time, with patient and office: one query."""
    held = Appointment.objects.filter(slot__in=slots, state__in=HOLDING)
    return list(held.select_related("patient", "office", "doctor").order_by("starts_at"))


def longest_ago() -> date:
    """A date that is not after today anywhere."""
    return (timezone.now() - timedelta(days=1)).date()
