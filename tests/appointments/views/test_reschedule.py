"""/appointments/<id>/reschedule/: the doctor's free times, old and new side by side, done (B12)."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from portal.appointments.services import appointments
from tests.factories import AppointmentFactory, SlotFactory, in_days


@pytest.fixture
def appointment(patient, doctor):
    return AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(3))


@pytest.fixture
def slot(doctor):
    return SlotFactory(doctor=doctor, starts_at=in_days(4, 11))


def url_of(appointment, slot=None) -> str:
    page = reverse("appointment-reschedule", args=[appointment.pk])
    return f"{page}?slot={slot.pk}" if slot else page


@pytest.mark.parametrize("who", ["as_patient", "as_doctor", "as_assistant", "as_admin"])
def test_B12_from_the_appointment_to_the_new_time(request, who, appointment, slot):
    client = request.getfixturevalue(who)

    detail = client.get(appointment.get_absolute_url()).content.decode()
    times = client.get(url_of(appointment), follow=True)
    check = client.get(url_of(appointment, slot)).content.decode()
    response = client.post(url_of(appointment), {"slot": slot.pk}, follow=True)

    assert url_of(appointment) in detail
    assert "Choose a new time" in times.content.decode()
    assert appointment.reference in check
    assert response.redirect_chain == [(appointment.get_absolute_url(), 302)]
    assert "is moved to" in str(next(iter(response.context["messages"])))
    assert "Moved by" in response.content.decode()
    appointment.refresh_from_db()
    assert appointment.slot == slot


def test_B12_times_of_the_doctor_lead_back_with_the_slot(as_patient, appointment, slot):
    day = slot.starts_at.date().isoformat()
    page = reverse("doctor", args=[appointment.doctor_id])

    times = as_patient.get(f"{page}?move={appointment.pk}&day={day}").content.decode()

    assert url_of(appointment, slot) in times
    assert f"move={appointment.pk}" in times


def test_B12_somebody_elses_appointment_is_not_carried_along(as_patient, slot):
    foreign = AppointmentFactory()

    page = as_patient.get(f"{reverse('doctor', args=[slot.doctor_id])}?move={foreign.pk}")

    assert "Choose a new time" not in page.content.decode()


def test_opening_the_page_moves_nothing(as_patient, appointment, slot):
    as_patient.get(url_of(appointment, slot))

    appointment.refresh_from_db()
    assert appointment.slot != slot


def test_B12_a_time_that_is_gone_offers_others_and_changes_nothing(as_patient, appointment, slot):
    other = SlotFactory(doctor=slot.doctor, starts_at=in_days(4, 12))
    AppointmentFactory(doctor=slot.doctor, starts_at=in_days(5), slot=slot)
    slot.state = "taken"
    slot.save()

    response = as_patient.post(url_of(appointment), {"slot": slot.pk})

    text = response.content.decode()
    assert response.status_code == 409
    assert "Nothing has changed" in text
    assert url_of(appointment, other) in text


def test_B12_patients_are_told_when_it_is_too_late(as_patient, appointment, slot):
    with time_machine.travel(appointment.starts_at - timedelta(hours=1)):
        as_patient.force_login(appointment.patient.user)
        response = as_patient.post(url_of(appointment), {"slot": slot.pk}, follow=True)

    assert "cannot be moved any more" in response.content.decode()


def test_B12_a_cancelled_one_leads_to_its_page(as_patient, appointment, slot):
    appointments.cancel(appointment, by=appointment.patient.user, reason="health")

    response = as_patient.get(url_of(appointment, slot))

    assert response.url == appointment.get_absolute_url()


@pytest.mark.parametrize("slot_id", ["", "x", "0", "99999999999999999999"])
def test_odd_slots_are_no_error(as_patient, appointment, slot_id):
    response = as_patient.post(url_of(appointment), {"slot": slot_id})

    assert response.status_code in (302, 404)
