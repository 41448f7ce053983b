"""Reminders over every clock change of 2026–2030: each once, at its wall time, by day (D02)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from portal.appointments.queries.reminder_times import kinds
from portal.appointments.queries.reminders import is_due
from portal.appointments.services import reminders
from portal.models import Appointment, ClinicSettings, Notification, Office
from tests.factories import AppointmentFactory, DoctorFactory, OfficeFactory, PatientFactory

ZONES = {
    "Europe/Madrid": 10,
    "America/New_York": 10,
    "America/Santiago": 10,
    "Australia/Lord_Howe": 10,  # by half an hour
    "Africa/Casablanca": 11,  # back for Ramadan
    "Asia/Kathmandu": 0,
}
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
# The wall time of an appointment, and that of its reminders.
WALLS = {time(0, 30): time(8), time(13, 15): time(13, 15), time(20, 30): time(19, 45)}
KINDS = {"7d:email": 7, "1d:email": 1, "1d:sms": 1}


def changes(zone: ZoneInfo) -> list[date]:
    """The days on which the clocks are changed."""
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(5 * 365 + 1)]

    def offset(day: date) -> timedelta:
        return datetime.combine(day, time(), zone).utcoffset()

    return [day for day in days if offset(day) != offset(day + timedelta(days=1))]


def starts(zone: ZoneInfo, *after: int) -> list[tuple[datetime, list[tuple[str, datetime]]]]:
    """Starts so many days after each change, and of each its reminders' moments; all in UTC."""
    some = changes(zone) or [date(2026, 3, 29), date(2028, 10, 29)]

    def utc(day: date, wall: time) -> datetime:
        return datetime.combine(day, wall, zone).astimezone(UTC)

    return [
        (
            utc(day, wall),
            [(mark, utc(day - timedelta(days=ahead), due)) for mark, ahead in KINDS.items()],
        )
        for day in sorted({day + timedelta(days=days) for day in some for days in after})
        for wall, due in WALLS.items()
    ]


@pytest.mark.parametrize(("name", "count"), ZONES.items())
def test_the_zones_change_as_often_as_these_tests_suppose(name, count):
    assert len(changes(ZoneInfo(name))) == count


@pytest.mark.parametrize("name", ZONES)
def test_D02_looked_at_every_quarter_of_an_hour_each_is_due_at_its_wall_time(name):
    settings, office = ClinicSettings(), Office(time_zone=name)
    for starts_at, expected in starts(ZoneInfo(name), 0, 1, 7):
        appointment = Appointment(starts_at=starts_at, booked_at=LONG_AGO, office=office)
        first = {}
        moment = starts_at - timedelta(days=8, hours=12)
        while moment < starts_at:
            for kind in kinds(settings):
                if kind.mark not in first and is_due(appointment, kind, settings, moment):
                    first[kind.mark] = moment
            moment += timedelta(minutes=15)

        assert first == dict(expected)


@pytest.mark.parametrize("name", ZONES)
def test_D02_looked_at_every_hour_none_is_due_by_night(name):
    zone, settings, office = ZoneInfo(name), ClinicSettings(), Office(time_zone=name)
    for starts_at, _expected in starts(zone, 0, 1, 7):
        appointment = Appointment(starts_at=starts_at, booked_at=LONG_AGO, office=office)
        for hours in range(9 * 24):
            moment = starts_at - timedelta(hours=hours, minutes=5)
            if any(is_due(appointment, kind, settings, moment) for kind in kinds(settings)):
                assert 8 <= moment.astimezone(zone).hour < 20


@pytest.mark.django_db
@pytest.mark.parametrize("name", ZONES)
def test_D02_the_job_writes_each_once_and_at_its_moment(name):
    """Run a minute before and at each moment, over the five years."""
    doctor = DoctorFactory(office=OfficeFactory(time_zone=name))
    patients = [PatientFactory() for _wall in WALLS]
    expected = {}
    for number, (starts_at, due) in enumerate(starts(ZoneInfo(name), 0)):
        one = AppointmentFactory(
            patient=patients[number % len(patients)],  # one a wall time, or they would be merged
            doctor=doctor,
            starts_at=starts_at,
            booked_at=LONG_AGO,
        )
        expected |= {(one.pk, mark): moment for mark, moment in due}

    for moment in sorted(set(expected.values())):
        for minutes in (-1, 0):
            with time_machine.travel(moment + timedelta(minutes=minutes), tick=False):
                reminders.send_due()

    written = Notification.objects.values_list("appointment", "key", "created_at")
    assert len(written) == len(expected)
    assert {(pk, ":".join(key.split(":")[-2:])): at for pk, key, at in written} == expected
