"""/patients/<id>/: contact data, and the appointments that the reader may see."""

import re

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


def actions_of(page: str) -> tuple[list[str], list[str]]:
    """The words of the links beside the name: those that are seen, and those behind “More”."""
    actions = page[page.index('<div class="actions">') :]
    actions = actions[: actions.index("</details>")]
    seen, _more, hidden = actions.partition("<details")
    return tuple(re.findall(r">([^<>]*\w[^<>]*)</a>", part) for part in (seen, hidden))


def words(*lists: list[str]) -> tuple[list[str], ...]:
    return tuple([word.strip() for word in one] for one in lists)


def test_the_desk_sees_what_is_often_done_and_the_rest_behind_more(as_assistant, as_admin, patient):
    url = patient.get_absolute_url()
    seen = ["Book appointment", "Walk-in, today", "Edit"]
    hidden = ["Book a series", "Waiting list", "Household", "Same person as …"]

    assert words(*actions_of(as_assistant.get(url).content.decode())) == (seen, hidden)
    assert words(*actions_of(as_admin.get(url).content.decode())) == (
        seen,
        [*hidden, "Who opened this"],
    )


def test_nothing_is_booked_for_somebody_who_has_died(as_assistant):
    patient = PatientFactory(deceased_on=in_days(-3).date())

    page = as_assistant.get(patient.get_absolute_url()).content.decode()

    assert words(*actions_of(page)) == (["Edit"], ["Household", "Same person as …"])


def test_a_doctor_has_a_menu_and_a_patient_none(as_doctor, as_patient, appointment):
    url = appointment.patient.get_absolute_url()

    seen, hidden = words(*actions_of(as_doctor.get(url).content.decode()))
    own = as_patient.get(url).content.decode()

    assert (seen, hidden) == (["Book appointment"], ["Book a series", "Waiting list"])
    assert "More" not in own[own.index('<div class="actions">') :]
