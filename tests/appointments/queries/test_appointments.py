"""Lists of appointments: whose they are, how they are sorted and paged."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from portal.appointments.queries import appointments
from portal.enums import AppointmentState
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    OfficeFactory,
    PatientFactory,
    in_days,
)

pytestmark = pytest.mark.django_db


def ids(page) -> list[int]:
    return [row.pk for row in page]


def test_B17_each_role_lists_its_own():
    mine, foreign = AppointmentFactory(), AppointmentFactory()
    assistant = AssistantFactory(offices=[mine.office]).user

    assert ids(appointments.of_user(mine.patient.user, "upcoming")) == [mine.pk]
    assert ids(appointments.of_user(mine.doctor.user, "upcoming")) == [mine.pk]
    assert ids(appointments.of_user(assistant, "upcoming")) == [mine.pk]
    assert ids(appointments.of_user(AdminFactory(), "upcoming")) == [mine.pk, foreign.pk]


def test_B17_an_assistant_of_every_office_lists_all():
    appointment = AppointmentFactory()

    found = appointments.of_user(AssistantFactory(all_offices=True).user, "upcoming")

    assert ids(found) == [appointment.pk]


def test_tabs_part_coming_past_and_cancelled():
    patient = PatientFactory()
    later = AppointmentFactory(patient=patient, starts_at=in_days(3))
    sooner = AppointmentFactory(patient=patient, starts_at=in_days(2))
    older = AppointmentFactory(patient=patient, starts_at=in_days(-3))
    newer = AppointmentFactory(patient=patient, starts_at=in_days(-2))
    cancelled = AppointmentFactory(
        patient=patient, starts_at=in_days(1), state=AppointmentState.CANCELLED
    )

    found = {tab: ids(appointments.of_user(patient.user, tab)) for tab in appointments.TABS}

    assert found == {
        "upcoming": [sooner.pk, later.pk],
        "past": [newer.pk, older.pk],
        "cancelled": [cancelled.pk],
    }


def test_one_that_has_started_is_upcoming_until_it_ends():
    start = timezone.now() - timedelta(minutes=10)
    appointment = AppointmentFactory(starts_at=start)

    assert ids(appointments.of_user(appointment.doctor.user, "upcoming")) == [appointment.pk]
    assert ids(appointments.of_user(appointment.doctor.user, "past")) == []


def test_a_page_is_one_query_however_many_rows(django_assert_num_queries):
    doctor = DoctorFactory()
    patient = PatientFactory()
    for number in range(51):
        AppointmentFactory(
            doctor=doctor, patient=patient, starts_at=in_days(1) + timedelta(minutes=30 * number)
        )

    with django_assert_num_queries(1):
        page = appointments.of_user(doctor.user, "upcoming")

    assert len(page) == 50
    assert page.has_next
    second = appointments.of_user(doctor.user, "upcoming", 2)
    assert len(second) == 1
    assert not set(ids(page)) & set(ids(second))


def test_rows_carry_the_clock_of_the_office():
    office = OfficeFactory(time_zone="America/Lima")
    starts_at = in_days(2, hour=15)
    AppointmentFactory(doctor=DoctorFactory(office=office), starts_at=starts_at)

    row = appointments.of_user(AdminFactory(), "upcoming").rows[0]

    assert row.starts == starts_at
    assert row.starts.hour == 10


def test_a_doctors_day_is_that_of_the_office_clock():
    doctor = DoctorFactory(office=OfficeFactory(time_zone="America/Lima"))
    evening = datetime(2026, 3, 5, 1, 30, tzinfo=UTC)  # 20:30 on the 4th in Lima
    appointment = AppointmentFactory(doctor=doctor, starts_at=evening)

    day = appointments.doctors_day(doctor, evening.date() - timedelta(days=1), [doctor.office])

    assert ids(day) == [appointment.pk]
    assert appointments.doctors_day(doctor, evening.date(), [doctor.office]) == []


def test_of_a_patient_shows_a_doctor_their_own_only():
    mine = AppointmentFactory()
    AppointmentFactory(patient=mine.patient, starts_at=in_days(2))

    found = appointments.of_patient(mine.doctor.user, mine.patient, "upcoming")

    assert ids(found) == [mine.pk]
