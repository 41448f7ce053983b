"""How often patients stayed away (B14)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.appointments.queries.no_shows import Attendance, attendance, no_shows
from portal.enums import AppointmentState
from tests.factories import AppointmentFactory, PatientFactory

pytestmark = pytest.mark.django_db


def ago(patient, days: int, state: str = AppointmentState.NO_SHOW):
    starts_at = timezone.now() - timedelta(days=days)
    return AppointmentFactory(patient=patient, starts_at=starts_at, state=state)


def test_B14_counts_the_missed_ones_of_each_patient():
    often, once, never = PatientFactory.create_batch(3)
    for days in (3, 30, 300):
        ago(often, days)
    ago(once, 10)
    ago(never, 10, AppointmentState.COMPLETED)
    ago(PatientFactory(), 5)

    assert no_shows([often.pk, once.pk, never.pk]) == {often.pk: 3, once.pk: 1}


def test_B14_only_the_last_twelve_months():
    patient = PatientFactory()
    ago(patient, 364)
    ago(patient, 366)

    assert no_shows([patient.pk]) == {patient.pk: 1}


def test_B14_beside_how_many_there_were():
    patient = PatientFactory()
    for days in (3, 30):
        ago(patient, days)
    for days in (4, 5, 6):
        ago(patient, days, AppointmentState.COMPLETED)
    ago(patient, 7, AppointmentState.CANCELLED)
    ago(patient, 400)
    ago(patient, -3, AppointmentState.CONFIRMED)

    assert attendance(patient.pk) == Attendance(missed=2, due=5)
    assert attendance(PatientFactory().pk) == Attendance(missed=0, due=0)


def test_B14_one_query_for_any_number(django_assert_num_queries):
    patients = PatientFactory.create_batch(4)
    for patient in patients:
        ago(patient, 2)

    with django_assert_num_queries(1):
        assert len(no_shows([patient.pk for patient in patients])) == 4
    with django_assert_num_queries(0):
        assert no_shows([]) == {}
    with django_assert_num_queries(1):
        attendance(patients[0].pk)
