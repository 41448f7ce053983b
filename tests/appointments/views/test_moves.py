"""How often a patient may move an appointment, as the pages say it (B12)."""

import pytest
from django.urls import reverse

from portal.appointments.services import appointments
from portal.appointments.views.appointment_history import history
from portal.models import ClinicSettings
from tests.factories import AppointmentFactory, SlotFactory, in_days


@pytest.fixture
def appointment(patient, doctor):
    return AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(3))


def shown(client, appointment) -> str:
    return client.get(appointment.get_absolute_url()).content.decode()


def moved(appointment, times):
    appointment.moves = times
    appointment.save()


def test_B12_used_up_says_so_and_shows_no_button_but_cancelling(as_patient, appointment):
    moved(appointment, 3)
    page = shown(as_patient, appointment)

    assert "Moved 3 times, which is as often as possible online" in page
    assert str(appointment.office.phone) in page
    assert "Move to another time" not in page
    assert "You can cancel it online until" in page
    assert reverse("appointment-cancel", args=[appointment.pk]) in page


def test_B12_before_that_it_says_how_many_are_left(as_patient, appointment):
    assert "more time" not in shown(as_patient, appointment)
    moved(appointment, 2)
    page = shown(as_patient, appointment)

    assert "You can move it online 1 more time." in page
    assert "Move to another time" in page


def test_B12_moving_says_how_many_are_left(as_patient, appointment, doctor):
    slot = SlotFactory(doctor=doctor, starts_at=in_days(4))
    url = reverse("appointment-reschedule", args=[appointment.pk])

    assert "online 3 more times" in as_patient.get(f"{url}?slot={slot.pk}").content.decode()


def test_B12_opening_the_move_when_used_up_says_whom_to_call(as_patient, appointment):
    moved(appointment, 3)
    url = reverse("appointment-reschedule", args=[appointment.pk])
    response = as_patient.get(url, follow=True)

    assert response.redirect_chain == [(appointment.get_absolute_url(), 302)]
    assert "as often as possible" in str(next(iter(response.context["messages"])))


def test_B12_a_clinic_that_allows_none_says_so(as_patient, appointment):
    ClinicSettings.objects.create(pk=1, max_moves=0)
    page = shown(as_patient, appointment)

    assert "It cannot be moved online" in page
    assert "Move to another time" not in page


@pytest.mark.parametrize("who", ["as_doctor", "as_assistant", "as_admin"])
def test_B12_staff_move_as_often_as_they_need(request, who, appointment):
    moved(appointment, 3)
    page = shown(request.getfixturevalue(who), appointment)

    assert "Move to another time" in page
    assert "as often as" not in page


def test_B12_the_history_has_a_sentence_for_each_move(as_patient, appointment, doctor):
    slot = SlotFactory(doctor=doctor, starts_at=in_days(4))
    appointment = appointments.reschedule(appointment, slot_id=slot.pk, by=as_patient.user)

    assert "Moved by José Núñez (patient) from" in history(appointment)[-1].sentence
