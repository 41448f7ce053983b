"""/ and /dashboard/."""

import pytest
from django.urls import reverse

from portal.enums import AppointmentState, DoctorState
from tests.factories import AppointmentFactory, DoctorFactory, PatientFactory, SlotFactory, in_days


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

    with django_assert_max_num_queries(7):
        response = as_doctor.get("/dashboard/")

    board = response.context["board"]
    assert board.appointments == today
    assert (board.free_this_week, board.booked_this_week >= 1) == (1, True)


@pytest.mark.django_db
def test_a_pending_doctor_is_told_so(as_doctor, doctor):
    doctor.state = DoctorState.PENDING
    doctor.save()

    assert "not approved your registration yet" in as_doctor.get("/dashboard/").content.decode()


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
