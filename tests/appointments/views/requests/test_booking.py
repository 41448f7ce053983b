"""Booking with a doctor who wants to be asked: what each page says (requirement B08)."""

import pytest
from django.urls import reverse

from portal.appointments.services import requests
from portal.enums import AppointmentState as State
from portal.models import Appointment, AuditEvent
from tests.factories import AppointmentFactory, SlotFactory, in_days
from tests.setups.attendance import attendance_token

TOKEN = "00000000-0000-4000-8000-00000000000{}"


def book_url(slot) -> str:
    return reverse("slot-book", args=[slot.pk])


def send(client, slot, number=1, **more):
    return client.post(book_url(slot), {"token": TOKEN.format(number), "reason": "", **more})


def page_of(client, url: str) -> str:
    return client.get(url).content.decode()


@pytest.mark.parametrize(("who", "verb"), [("client", "Request"), ("as_patient", "Request")])
def test_B08_the_list_of_times_says_which_are_requested(request, db, who, verb, slot):
    at_once = SlotFactory(starts_at=in_days(6))

    page = page_of(request.getfixturevalue(who), reverse("slots"))

    link = page.partition(f'href="{book_url(slot)}"')[2].partition("</a>")[0]
    assert link.endswith(f">{verb}")
    assert f'aria-label="{verb} ' in link
    other = page.partition(f'href="{book_url(at_once)}"')[2].partition("</a>")[0]
    assert other.endswith(">Book")


@pytest.mark.parametrize("who", ["as_doctor", "as_assistant", "as_admin"])
def test_B08_staff_book_whatever_the_doctor_chose(request, who, slot):
    page = page_of(request.getfixturevalue(who), reverse("slots"))

    assert page.partition(f'href="{book_url(slot)}"')[2].partition("</a>")[0].endswith(">Book")


def test_B08_the_doctors_page_says_that_each_time_is_confirmed(as_patient, as_assistant, slot):
    url = reverse("doctor", args=[slot.doctor_id])

    page = page_of(as_patient, url)

    assert "This doctor confirms each time" in page
    assert "within 48 hours" in page
    assert 'aria-label="Request ' in page
    assert "confirms each time" not in page_of(as_assistant, url)
    at_once = SlotFactory()
    assert "confirms each time" not in page_of(
        as_patient, reverse("doctor", args=[at_once.doctor_id])
    )


def test_B08_the_button_says_what_it_does(as_patient, as_admin, patient, slot):
    page = page_of(as_patient, book_url(slot))

    assert ">Request this time</button>" in page
    assert "Confirm appointment" not in page
    assert "hear from us by" in page
    desk = page_of(as_admin, f"{book_url(slot)}?patient={patient.pk}")
    assert ">Confirm appointment</button>" in desk


def test_B08_the_page_after_it_says_what_happens_next(as_patient, slot):
    response = send(as_patient, slot)

    asked = Appointment.objects.get()
    page = page_of(as_patient, response["Location"])
    due = asked.answer_by.astimezone(asked.office.zone)
    assert "Your request is sent" in page
    assert "not yours yet" in page
    assert f"{due:%A} {due.day} {due:%B}, {due:%H:%M}" in page
    assert reverse("appointment-calendar", args=[asked.pk]) not in page
    assert "Appointment confirmed" not in page


def test_B10_asking_twice_leads_to_the_first_request(as_patient, slot):
    send(as_patient, slot)
    asked = Appointment.objects.get()

    again = as_patient.get(book_url(slot))
    response = send(as_patient, slot, number=2)

    assert again["Location"] == asked.get_absolute_url()
    assert response.status_code == 409
    assert "You have already requested this time." in response.content.decode()
    assert Appointment.objects.count() == 1


def test_B10_the_same_form_sent_twice_makes_one_request(as_patient, slot):
    first, second = send(as_patient, slot), send(as_patient, slot)

    assert first["Location"] == second["Location"]
    assert Appointment.objects.count() == 1


def test_B12_another_doctors_time_cannot_be_moved_to_where_one_asks(as_patient, patient, slot):
    held = AppointmentFactory(patient=patient, starts_at=in_days(3))
    move = reverse("appointment-reschedule", args=[held.pk])

    page = page_of(as_patient, f"{move}?slot={slot.pk}")
    response = as_patient.post(move, {"slot": slot.pk})

    for text in (page, response.content.decode()):
        assert "This doctor confirms each time" in text
        assert ">Move the appointment</button>" not in text
    assert response.status_code == 422


@pytest.mark.parametrize("state", [State.REQUESTED, State.DECLINED, State.EXPIRED])
def test_B22_what_is_not_certain_goes_into_no_calendar(as_patient, patient, state):
    asked = AppointmentFactory(patient=patient, state=state)

    response = as_patient.get(reverse("appointment-calendar", args=[asked.pk]))

    assert response["Location"] == asked.get_absolute_url()


def test_D02_nobody_comes_to_what_is_only_asked_for(client, db):
    asked = AppointmentFactory(state=State.REQUESTED)
    url = reverse("attendance", args=[attendance_token(asked)])

    response = client.get(url)
    client.post(url)

    asked.refresh_from_db()
    assert (response.status_code, asked.coming_at) == (410, None)


def test_B08_a_doctor_chooses_in_the_profile_and_what_waits_stays(as_doctor, ask, doctor):
    asked = ask()
    data = {
        "name": doctor.name,
        "qualifications": "MD",
        "practising_since": 2010,
        "statement": "",
        "username": "",
    }
    assert 'name="on_request"' in page_of(as_doctor, reverse("profile"))

    as_doctor.post(reverse("profile"), data)

    doctor.refresh_from_db()
    asked.refresh_from_db()
    assert (doctor.on_request, asked.state) == (False, State.REQUESTED)
    event = AuditEvent.objects.get(object_type="doctor")
    assert "on_request" in event.changes["fields"]
    assert requests.accept(asked, by=doctor.user).state == State.CONFIRMED

    as_doctor.post(reverse("profile"), {**data, "on_request": "on"})

    doctor.refresh_from_db()
    assert doctor.on_request
