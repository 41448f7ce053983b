"""/ and /dashboard/."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from portal.enums import AppointmentState, DoctorState
from tests.factories import (
    AppointmentFactory,
    DoctorFactory,
    PatientFactory,
    SlotFactory,
    UserFactory,
    in_days,
)


@pytest.fixture(autouse=True)
def noon():
    """Today is the same date everywhere."""
    with time_machine.travel("2026-03-04 12:10 +0100", tick=False):
        yield


@pytest.mark.django_db
def test_home_shows_the_next_free_times_before_sign_in(client, django_assert_max_num_queries):
    slot = SlotFactory(doctor__name="Dr Elena Ruiz")
    DoctorFactory(name="Dr Without Times")

    with django_assert_max_num_queries(4):
        page = client.get("/").content.decode()

    assert "Dr Elena Ruiz" in page
    assert "Dr Without Times" not in page
    assert slot.office.name in page


@pytest.mark.django_db
def test_dashboard_needs_an_account(client):
    assert client.get("/dashboard/").status_code == 302


@pytest.mark.django_db
def test_patients_dashboard_shows_own_appointments_only(as_patient, patient):
    own = AppointmentFactory(patient=patient, doctor__name="Dr Own")
    seen = AppointmentFactory(
        patient=patient, starts_at=in_days(-5), state=AppointmentState.COMPLETED
    )
    AppointmentFactory(doctor__name="Dr Foreign")

    board = as_patient.get("/dashboard/").context["board"]

    assert board.coming == [own]
    assert board.doctors_seen == [seen.doctor]


@pytest.mark.django_db
def test_doctors_dashboard_shows_today(as_doctor, doctor, django_assert_max_num_queries):
    today = [AppointmentFactory(doctor=doctor, starts_at=in_days(0, hour=hour)) for hour in (8, 9)]
    AppointmentFactory(doctor=doctor, starts_at=in_days(2))
    SlotFactory(doctor=doctor, starts_at=in_days(3))

    with django_assert_max_num_queries(9):
        response = as_doctor.get("/dashboard/")

    board = response.context["board"]
    assert board.appointments == today
    assert (board.free_this_week, board.booked_this_week >= 1) == (1, True)


@pytest.mark.django_db
def test_a_pending_doctor_is_told_so(as_doctor, doctor):
    doctor.state = DoctorState.PENDING
    doctor.save()

    assert "registration is waiting for approval" in as_doctor.get("/dashboard/").content.decode()


@pytest.mark.django_db
def test_the_desk_is_the_assistants_dashboard(as_assistant):
    assert as_assistant.get("/dashboard/")["Location"] == reverse("desk")


@pytest.mark.django_db
def test_admins_dashboard_counts(as_admin):
    AppointmentFactory(starts_at=in_days(0))
    PatientFactory()
    DoctorFactory(state=DoctorState.PENDING)

    board = as_admin.get("/dashboard/").context["board"]

    assert (board.doctors, board.doctors_waiting, board.patients) == (1, 1, 2)
    assert sorted(line.booked for line in board.offices) == [0, 1]


@pytest.mark.django_db
def test_dashboard_answers_only_to_reading(as_patient):
    assert as_patient.post("/dashboard/").status_code == 405


def test_B14_the_doctor_sees_who_waits_and_whom_to_call_in_next(as_doctor, doctor):
    noon = datetime(2026, 3, 4, 12, tzinfo=doctor.office.zone)
    absent = AppointmentFactory(doctor=doctor, starts_at=noon)
    waits = AppointmentFactory(doctor=doctor, starts_at=noon + timedelta(minutes=30))
    as_doctor.post(f"/appointments/{waits.pk}/mark/arrive/", {"back": "/dashboard/"})

    response = as_doctor.get("/dashboard/")

    page = response.content.decode()
    assert response.context["board"].next_one == waits
    assert "Waiting 0 minutes" in page
    assert f"/appointments/{absent.pk}/mark/arrive/" in page


@pytest.mark.django_db
def test_the_dashboard_of_a_doctor_without_a_profile_is_refused(client):
    client.force_login(UserFactory(role="doctor"))

    assert client.get(reverse("dashboard")).status_code == 403
