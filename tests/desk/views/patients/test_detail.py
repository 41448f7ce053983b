"""/patients/<id>/: contact data, and the appointments that the reader may see."""

import pytest
from django.urls import reverse

from portal.enums import AppointmentState
from tests.factories import AppointmentFactory, PatientFactory, in_days


@pytest.fixture
def appointment(patient, doctor):
    return AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(3))


def ids(response) -> list[int]:
    return [line.pk for _day, lines in response.context["groups"] for line in lines]


@pytest.mark.parametrize("who", ["as_doctor", "as_assistant", "as_admin", "as_patient"])
def test_A08_contact_data_for_those_who_may_see(request, who, appointment):
    client, patient = request.getfixturevalue(who), appointment.patient
    patient.address = "2 Quay Street"
    patient.save()

    page = client.get(patient.get_absolute_url()).content.decode()

    for text in (patient.name, "17 May 1980", str(patient.phone), patient.user.email):
        assert text in page
    assert "2 Quay Street" in page


@pytest.mark.parametrize("who", ["as_patient", "as_doctor"])
def test_A08_a_stranger_gets_404(request, who):
    client = request.getfixturevalue(who)

    assert client.get(PatientFactory().get_absolute_url()).status_code == 404


def test_B17_a_doctor_and_an_assistant_see_their_share_an_admin_all(
    as_doctor, as_assistant, as_admin, appointment
):
    elsewhere = AppointmentFactory(patient=appointment.patient, starts_at=in_days(4))
    url = appointment.patient.get_absolute_url()

    assert ids(as_doctor.get(url)) == [appointment.pk]
    assert ids(as_assistant.get(url)) == [appointment.pk]
    assert ids(as_admin.get(url)) == [appointment.pk, elsewhere.pk]


def test_past_and_cancelled_are_tabs(as_assistant, patient, doctor):
    past = AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(-3))
    cancelled = AppointmentFactory(patient=patient, doctor=doctor, state=AppointmentState.CANCELLED)
    url = patient.get_absolute_url()

    assert ids(as_assistant.get(url)) == []
    assert ids(as_assistant.get(url, {"tab": "past"})) == [past.pk]
    assert ids(as_assistant.get(url, {"tab": "cancelled"})) == [cancelled.pk]


def test_B11_the_desk_books_from_here(as_assistant, patient):
    page = as_assistant.get(patient.get_absolute_url()).content.decode()

    assert f"{reverse('slots')}?patient={patient.pk}" in page


def test_a_patient_without_login_birthday_and_phone(as_assistant):
    patient = PatientFactory(user=None, phone="", date_of_birth=None)

    page = as_assistant.get(patient.get_absolute_url()).content.decode()

    assert "Date of birth not known" in page
    assert "booked by phone or at the desk" in page


def test_few_queries(as_assistant, patient, doctor, django_assert_max_num_queries):
    for day in range(1, 9):
        AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(day))

    with django_assert_max_num_queries(10):  # one of them writes down who opened it
        as_assistant.get(patient.get_absolute_url())


def test_only_reading(as_assistant, patient):
    assert as_assistant.post(patient.get_absolute_url()).status_code == 405
