"""What is counted in which week (requirement F02)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from portal.enums import AppointmentState as State
from portal.enums import SlotState
from portal.figures.queries.weekly import figures, monday_of
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    DoctorFactory,
    OfficeFactory,
    SlotFactory,
)

pytestmark = pytest.mark.django_db
MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 3, 4, 12, tzinfo=MADRID)  # a Wednesday
LAST_WEEK = date(2026, 2, 23)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=MADRID)


def weeks(**options):
    found = figures(weeks=12, zone=MADRID, **options).weeks
    return {week.starts: week for week in found}


def test_F02_every_week_is_there_even_an_empty_one():
    found = list(weeks())

    assert (found[0], found[-1], len(found)) == (date(2025, 12, 8), date(2026, 3, 2), 13)
    assert weeks()[LAST_WEEK].utilisation is None


def test_F02_utilisation_is_the_booked_part_of_the_offered_minutes():
    SlotFactory(starts_at=at(LAST_WEEK, 9), state=SlotState.TAKEN)
    for hour in (10, 11, 12):
        SlotFactory(starts_at=at(LAST_WEEK, hour), state=SlotState.OPEN)
    SlotFactory(starts_at=at(LAST_WEEK, 13), state=SlotState.WITHDRAWN)

    week = weeks()[LAST_WEEK]

    assert (week.offered_minutes, week.booked_minutes) == (120, 30)
    assert week.utilisation == 0.25


def test_F02_a_week_begins_on_monday_at_midnight_of_the_zone():
    monday = LAST_WEEK + timedelta(days=7)
    AppointmentFactory(starts_at=at(monday, 0, 30))  # still Sunday in UTC

    assert weeks()[monday].held == 1
    assert weeks()[LAST_WEEK].held == 0


def test_F02_outcomes_cancellations_and_sources():
    doctor, admin = DoctorFactory(), AdminFactory()
    for hour, state in enumerate([State.COMPLETED] * 3 + [State.NO_SHOW], 9):
        AppointmentFactory(
            doctor=doctor,
            state=state,
            starts_at=at(LAST_WEEK, hour),
            booked_at=at(LAST_WEEK - timedelta(days=4), hour),
        )
    desk = AppointmentFactory(doctor=doctor, starts_at=at(LAST_WEEK, 15), booked_by=admin)
    for hour, by in ((16, desk.patient.user), (17, admin), (18, admin)):
        AppointmentFactory(
            doctor=doctor, starts_at=at(LAST_WEEK, hour), state=State.CANCELLED, cancelled_by=by
        )
    AppointmentFactory(doctor=doctor, starts_at=at(LAST_WEEK, 19), state=State.DECLINED)

    week = weeks()[LAST_WEEK]

    assert (week.held, week.ended, week.missed, week.no_show_rate) == (5, 4, 1, 0.25)
    assert (week.cancelled_by_patients, week.cancelled_by_clinic) == (1, 2)
    assert week.cancellation_rate == 3 / 8
    assert (week.by_patients, week.by_desk, week.by_doctors) == (4, 1, 0)


def test_F02_days_from_booking_to_visit():
    for days in (2, 6):
        AppointmentFactory(
            starts_at=at(LAST_WEEK, 8 + days), booked_at=at(LAST_WEEK - timedelta(days), 8 + days)
        )

    assert weeks()[LAST_WEEK].days_ahead == pytest.approx(4)
    assert weeks()[monday_of(NOW.date())].days_ahead is None


def test_F02_by_office_and_by_doctor():
    here, there = OfficeFactory(), OfficeFactory()
    mine = AppointmentFactory(office=here, starts_at=at(LAST_WEEK, 9))
    AppointmentFactory(office=here, starts_at=at(LAST_WEEK, 10))
    AppointmentFactory(office=there, starts_at=at(LAST_WEEK, 11))

    assert weeks()[LAST_WEEK].held == 3
    assert weeks(office=here.pk)[LAST_WEEK].held == 2
    assert weeks(doctor=mine.doctor_id)[LAST_WEEK].held == 1


def test_F02_counted_anew_after_ten_minutes():
    assert weeks()[LAST_WEEK].held == 0
    AppointmentFactory(starts_at=at(LAST_WEEK, 9))

    assert weeks()[LAST_WEEK].held == 0
    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        assert weeks()[LAST_WEEK].held == 1
