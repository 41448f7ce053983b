"""Short ways to take time off, around Wednesday 4 March 2026 in Madrid."""

from datetime import date

from portal.clock.grid import local_day
from portal.diary.services import time_off
from portal.diary.services.time_off import Choice
from portal.models import Appointment, TimeOff
from tests.setups.diary import DAY, MADRID


def take(doctor, *choices: tuple, day: date = DAY, by=None, **options) -> TimeOff:
    """The whole day, unless `starts_at` and `ends_at` say otherwise."""
    starts_at, ends_at = local_day(day, MADRID)
    options = {"starts_at": starts_at, "ends_at": ends_at, **options}
    return time_off.take_time_off(doctor, choices=dict(choices), by=by or doctor.user, **options)


def move(appointment: Appointment, slot) -> tuple:
    return appointment.pk, Choice(appointment.version, "reschedule", slot=slot.pk)


def hand(appointment: Appointment, doctor) -> tuple:
    return appointment.pk, Choice(appointment.version, "transfer", doctor=doctor.pk)


def cancel(appointment: Appointment, message="Dr Doctor is away.") -> tuple:
    return appointment.pk, Choice(appointment.version, "cancel", message=message)


def decline(appointment: Appointment) -> tuple:
    return appointment.pk, Choice(appointment.version, "decline")
