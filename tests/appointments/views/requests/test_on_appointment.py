"""A request on its own page, on the page that takes it back, and in lists (requirement B10)."""

import pytest
import time_machine
from django.urls import reverse

from portal.appointments.services import appointments, requests
from portal.enums import AppointmentState as State
from tests.factories import AppointmentFactory, PatientFactory, SlotFactory, in_days
from tests.plugins.people import signed_in


@pytest.fixture
def asked(ask, patient):
    return ask(patient=patient)


def clock(moment, office) -> str:
    local = moment.astimezone(office.zone)
    return f"{local:%A} {local.day} {local:%B}, {local:%H:%M}"


def text_of(client, appointment) -> str:
    return client.get(appointment.get_absolute_url()).content.decode()


def cancel_url(appointment) -> str:
    return reverse("appointment-cancel", args=[appointment.pk])


def test_B10_the_patient_reads_sent_seen_and_by_when(as_patient, asked, doctor):
    page = text_of(as_patient, asked)
    for moment in (asked.booked_at, asked.answer_by):
        assert clock(moment, asked.office) in page
    assert "Not yet" in page
    assert "not yours yet" in page

    requests.see([asked], by=doctor.user)
    asked.refresh_from_db()

    page = text_of(as_patient, asked)
    assert "Not yet" not in page
    assert clock(asked.seen_at, asked.office) in page


def test_B10_a_request_offers_no_calendar_and_no_move(as_patient, asked):
    page = text_of(as_patient, asked)

    assert reverse("appointment-calendar", args=[asked.pk]) not in page
    assert reverse("appointment-reschedule", args=[asked.pk]) not in page
    assert "Take the request back" in page
    assert reverse("request-accept", args=[asked.pk]) not in page


@pytest.mark.parametrize("who", ["as_doctor", "as_assistant", "as_admin"])
def test_B10_staff_answer_on_its_page_and_know_of_rivals(request, who, asked, ask):
    ask()

    page = text_of(request.getfixturevalue(who), asked)

    assert reverse("request-accept", args=[asked.pk]) in page
    assert reverse("request-decline", args=[asked.pk]) in page
    assert "1 other patient asks for this time" in page


def test_B10_after_the_hour_nobody_can_answer(as_doctor, asked):
    with time_machine.travel(asked.answer_by, tick=False):
        as_doctor.force_login(as_doctor.user)
        page = text_of(as_doctor, asked)

    assert "the request has expired" in page
    assert reverse("request-accept", args=[asked.pk]) not in page


def test_B10_declined_says_why_and_offers_other_times(as_patient, asked, doctor):
    other = SlotFactory(doctor=doctor, starts_at=in_days(6))
    requests.decline(asked, by=doctor.user, reason="Bring your X-rays first.")

    page = text_of(as_patient, asked)

    assert "Bring your X-rays first." in page
    assert reverse("slot-book", args=[other.pk]) in page
    assert f"Declined by {doctor.name} (doctor)" in page


def test_B10_who_lost_to_another_does_not_read_to_whom(as_patient, asked, ask, doctor):
    winner = requests.accept(ask(), by=doctor.user)

    page = text_of(as_patient, asked)

    assert "not to be had any more" in page
    assert winner.patient.name not in page


def test_B10_an_accepted_one_is_an_appointment_like_others(as_patient, asked, doctor):
    requests.accept(asked, by=doctor.user)

    page = text_of(as_patient, asked)

    assert "state-confirmed" in page
    assert "Your request" not in page
    assert reverse("appointment-calendar", args=[asked.pk]) in page
    for sentence in (f"Requested by {asked.patient.name}", f"Accepted by {doctor.name}"):
        assert sentence in page


def test_B12_with_a_doctor_on_request_patients_are_told_how_to_change(as_patient, asked, doctor):
    requests.accept(asked, by=doctor.user)
    move = reverse("appointment-reschedule", args=[asked.pk])

    page = text_of(as_patient, asked)
    response = as_patient.get(move)

    assert move not in page
    assert "confirms each time" in page
    assert response["Location"] == asked.get_absolute_url()
    assert move in text_of(signed_in(doctor.user), asked)


# --- Taking back ------------------------------------------------------------------------------


def test_B10_taking_back_asks_once_and_for_no_reason(as_patient, asked):
    page = as_patient.get(cancel_url(asked)).content.decode()
    assert "Take the request back?" in page
    assert "Why are you cancelling?" not in page
    asked.refresh_from_db()
    assert asked.state == State.REQUESTED

    response = as_patient.post(cancel_url(asked), {"take-back": "1"}, follow=True)

    asked.refresh_from_db()
    assert asked.state == State.CANCELLED
    assert "is taken back" in str(next(iter(response.context["messages"])))


def test_B10_who_takes_back_what_has_just_been_accepted_is_shown_the_appointment(
    as_patient, asked, doctor
):
    requests.accept(asked, by=doctor.user)

    response = as_patient.post(cancel_url(asked), {"take-back": "1"})

    asked.refresh_from_db()
    page = response.content.decode()
    assert (response.status_code, asked.state) == (409, State.CONFIRMED)
    assert "This has changed since you opened the page" in page
    assert "state-confirmed" in page


# --- Lists ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "verb"), [("as_patient", "Take back"), ("as_doctor", "Answer")])
def test_B10_lists_say_that_it_is_a_request_and_by_when(request, who, verb, asked):
    client = request.getfixturevalue(who)

    page = client.get(reverse("appointments")).content.decode()

    due = asked.answer_by.astimezone(asked.office.zone)
    assert "state-requested" in page
    assert f"Answer by {due:%a} {due.day} {due:%B}, {due:%H:%M}" in page
    assert f">{verb}</a>" in page


def test_B10_declined_and_expired_are_with_the_cancelled(as_patient, asked, doctor):
    requests.decline(asked, by=doctor.user, reason="No")

    page = as_patient.get(reverse("appointments"), {"tab": "cancelled"}).content.decode()

    assert "state-declined" in page


def test_lists_take_one_query_more_for_any_number_of_requests(
    as_patient, asked, ask, patient, django_assert_max_num_queries
):
    AppointmentFactory(patient=patient, starts_at=in_days(9))
    for day in (10, 11, 12):
        ask(SlotFactory(doctor=asked.doctor, starts_at=in_days(day)), patient)

    with django_assert_max_num_queries(7):
        as_patient.get(reverse("appointments"))


def test_B10_the_next_appointment_on_the_dashboard_says_if_it_is_only_requested(as_patient, asked):
    page = as_patient.get(reverse("dashboard")).content.decode()

    assert "state-requested" in page


def test_B10_requests_are_none_of_the_doctors_appointments_of_the_day(as_doctor, doctor):
    with time_machine.travel("2026-03-04 08:00 +0100", tick=False):
        as_doctor.force_login(as_doctor.user)
        slot = SlotFactory(doctor=doctor, starts_at=in_days(0, 15))
        doctor.on_request = True
        doctor.save()
        asked = appointments.book(slot.pk, by=PatientFactory().user)
        board = as_doctor.get(reverse("dashboard")).context["board"]

    assert board.appointments == []
    assert asked.state == State.REQUESTED


@pytest.mark.parametrize("who", ["as_doctor", "as_admin"])
def test_B10_the_dashboard_counts_what_waits(request, who, asked, ask):
    ask()

    page = request.getfixturevalue(who).get(reverse("dashboard")).content.decode()

    stat = page.partition(f'href="{reverse("requests")}"')[2].partition("</a>")[0]
    assert '"stat-value">2<' in stat
    assert "requests wait for an answer" in stat


@pytest.mark.parametrize("who", ["as_assistant", "as_admin"])
def test_B10_the_desk_is_told_how_many_wait(request, who, asked, ask):
    client = request.getfixturevalue(who)
    ask()

    page = client.get(reverse("desk")).content.decode()

    assert f'<a href="{reverse("requests")}">2 requests wait for an answer</a>' in page
    part = client.get(reverse("desk"), headers={"HX-Request": "true"}).content.decode()
    assert "wait for an answer" not in part
