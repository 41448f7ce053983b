"""Buttons for the day of an appointment, on its page and on the desk's day sheet (B14)."""

from datetime import datetime

import pytest
import time_machine
from django.urls import reverse

from tests.factories import AppointmentFactory

HTMX = {"HX-Request": "true"}


@pytest.fixture
def appointment(patient, doctor):
    return AppointmentFactory(
        patient=patient,
        doctor=doctor,
        starts_at=datetime(2026, 3, 4, 12, tzinfo=doctor.office.zone),
    )


@pytest.fixture(autouse=True)
def _twenty_past_noon():
    with time_machine.travel("2026-03-04 12:20 +0100", tick=False):
        yield


def url_of(appointment, verb: str) -> str:
    return reverse("appointment-mark", args=[appointment.pk, verb])


def test_B14_the_desk_marks_and_takes_back(as_assistant, appointment):
    desk = reverse("desk")

    sheet = as_assistant.get(desk).content.decode()
    arrived = as_assistant.post(url_of(appointment, "arrive"), {"back": desk}, follow=True)
    undone = as_assistant.post(url_of(appointment, "undo"), {"back": desk}, follow=True)

    assert url_of(appointment, "arrive") in sheet
    assert url_of(appointment, "no-show") in sheet
    assert arrived.redirect_chain == [(desk, 302)]
    page = arrived.content.decode()
    assert "Waiting 0 minutes" in page
    assert url_of(appointment, "call-in") in page
    assert url_of(appointment, "arrive") in undone.content.decode()


def test_B14_the_sheets_filters_stay(as_assistant, appointment):
    back = f"{reverse('desk')}?doctor={appointment.doctor_id}"

    response = as_assistant.post(url_of(appointment, "arrive"), {"back": back}, headers=HTMX)

    assert response.url == back


def test_B14_from_the_page_of_the_appointment(as_doctor, appointment):
    page = as_doctor.get(appointment.get_absolute_url()).content.decode()
    response = as_doctor.post(url_of(appointment, "complete"), follow=True)

    assert url_of(appointment, "arrive") in page
    assert response.redirect_chain == [(appointment.get_absolute_url(), 302)]
    assert "Completed, noted by" in response.content.decode()


def test_patients_see_no_such_buttons(as_patient, appointment):
    page = as_patient.get(appointment.get_absolute_url()).content.decode()

    assert "/mark/" not in page


def test_a_stale_click_is_explained_and_shows_how_it_stands(as_assistant, appointment):
    as_assistant.post(url_of(appointment, "complete"))

    response = as_assistant.post(
        url_of(appointment, "arrive"), {"back": reverse("desk")}, headers=HTMX, follow=True
    )

    assert "This has changed since" in response.content.decode()
    appointment.refresh_from_db()
    assert appointment.state == "completed"


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:1", ""])
def test_back_never_leads_elsewhere(as_assistant, appointment, back):
    response = as_assistant.post(url_of(appointment, "arrive"), {"back": back})

    assert response.url == appointment.get_absolute_url()


def test_unknown_marks_are_not_found(as_assistant, appointment):
    assert as_assistant.post(url_of(appointment, "delete")).status_code == 404
