"""/requests/: what waits for an answer, accepting, and noting that it has been seen (B10)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.appointments.services import appointments, requests
from portal.enums import AppointmentState as State
from tests.factories import (
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    PatientFactory,
    SlotFactory,
    in_days,
)
from tests.plugins.people import signed_in

URL = reverse("requests")
SEEN = reverse("requests-seen")


def accept_url(asked) -> str:
    return reverse("request-accept", args=[asked.pk])


def foreign_request():
    doctor = DoctorFactory(on_request=True)
    slot = SlotFactory(doctor=doctor, starts_at=in_days(5))
    return appointments.book(slot.pk, by=PatientFactory().user)


@pytest.mark.parametrize("who", ["as_doctor", "as_assistant", "as_admin"])
def test_B10_those_who_ask_for_one_slot_stand_side_by_side(request, who, ask, slot):
    first, second = ask(reason="Knee pain"), ask(reason="Back pain")

    response = request.getfixturevalue(who).get(URL)

    [group] = response.context["groups"]
    page = response.content.decode()
    assert [one.request for one in group.askers] == [first, second]
    assert "2 requests" in page
    for one in (first, second):
        for text in (one.patient.name, "17 May 1980", str(one.patient.phone), one.reason):
            assert text in page
        due = one.answer_by.astimezone(one.office.zone)
        assert f"Answer by {due:%A} {due.day} {due:%B}, {due:%H:%M}" in page
        assert accept_url(one) in page
        assert reverse("request-decline", args=[one.pk]) in page


def test_B10_what_is_due_first_comes_first(as_doctor, ask, doctor):
    later, soon = ask(), ask(SlotFactory(doctor=doctor, starts_at=in_days(6)))
    soon.answer_by = later.answer_by - timedelta(hours=1)
    soon.save()

    groups = as_doctor.get(URL).context["groups"]

    assert [group.slot for group in groups] == [soon.slot, later.slot]


def test_B10_only_ones_own_requests_that_wait(as_doctor, as_assistant, ask, doctor):
    foreign = foreign_request()
    answered = requests.decline(ask(), by=doctor.user, reason="No")
    overdue = ask()
    with time_machine.travel(overdue.answer_by, tick=False):
        for client in (as_doctor, as_assistant):
            client.force_login(client.user)  # the old session has ended by then
            page = client.get(URL).content.decode()
            assert "No request waits for an answer" in page
            for one in (foreign, answered, overdue):
                assert one.patient.name not in page


def test_B08_a_doctor_who_confirms_at_once_is_told_how_to_be_asked(as_doctor):
    page = as_doctor.get(URL).content.decode()

    assert "confirmed at once" in page
    assert reverse("profile") in page


def test_B14_who_stays_away_often_is_said(as_doctor, ask, doctor):
    patient = PatientFactory()
    for day in (-9, -5):
        AppointmentFactory(patient=patient, starts_at=in_days(day), state="no_show")
    ask(patient=patient)

    assert "Stayed away 2 times in a year" in as_doctor.get(URL).content.decode()


@pytest.mark.parametrize("who", ["as_doctor", "as_assistant", "as_admin"])
def test_the_page_takes_as_many_queries_for_one_request_as_for_many(request, who, ask, doctor):
    client = request.getfixturevalue(who)
    ask()
    client.get(URL)
    few = _queries_of(client)
    for hour in range(11, 16):
        slot = SlotFactory(doctor=doctor, starts_at=in_days(5, hour))
        ask(slot)
        ask(slot)

    assert _queries_of(client) == few <= 8


def _queries_of(client) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(URL)
    return len(queries)


# --- Accepting --------------------------------------------------------------------------------


def test_B10_accepting_says_who_has_it_and_what_became_of_the_others(as_doctor, ask, slot):
    first, second = ask(), ask()

    response = as_doctor.post(accept_url(second), {"back": URL}, follow=True)

    assert response.redirect_chain == [(URL, 302)]
    said = str(next(iter(response.context["messages"])))
    assert second.patient.name in said
    assert "The other request for that time is declined" in said
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.DECLINED, State.CONFIRMED)


@pytest.mark.parametrize("back", ["", "//evil.example", "https://evil.example"])
def test_accepting_without_a_way_back_leads_to_the_appointment(as_doctor, ask, back):
    asked = ask()

    response = as_doctor.post(accept_url(asked), {"back": back})

    assert response["Location"] == asked.get_absolute_url()


def test_B10_a_lost_race_is_said_above_what_waits_now(as_doctor, as_admin, ask, slot, doctor):
    asked = ask()
    other = ask(SlotFactory(doctor=doctor, starts_at=in_days(6)))
    appointments.cancel(asked, by=asked.patient.user)

    response = as_doctor.post(accept_url(asked), {"back": URL})

    page = response.content.decode()
    assert response.status_code == 409
    assert "This has changed since you opened the page" in page
    assert other.patient.name in page
    assert asked.patient.name not in page


def test_B10_a_late_answer_is_refused(as_doctor, ask):
    asked = ask()
    with time_machine.travel(asked.answer_by, tick=False):
        as_doctor.force_login(as_doctor.user)
        response = as_doctor.post(accept_url(asked))

    assert response.status_code == 422
    assert "The time for an answer has passed" in response.content.decode()


@pytest.mark.parametrize("name", ["request-accept", "request-decline"])
def test_strangers_get_404_and_patients_403(as_doctor, as_assistant, ask, name):
    foreign, own = foreign_request(), ask()

    for client in (as_doctor, as_assistant):
        assert client.post(reverse(name, args=[foreign.pk]), {"words": "x"}).status_code == 404
    as_its_patient = signed_in(own.patient.user)
    assert as_its_patient.post(reverse(name, args=[own.pk]), {"words": "x"}).status_code == 403
    for one in (foreign, own):
        one.refresh_from_db()
        assert one.state == State.REQUESTED


def test_looking_changes_nothing_and_other_methods_are_refused(as_doctor, ask):
    asked = ask()

    as_doctor.get(URL)
    as_doctor.get(reverse("request-decline", args=[asked.pk]))

    asked.refresh_from_db()
    assert (asked.state, asked.seen_at) == (State.REQUESTED, None)
    assert as_doctor.get(accept_url(asked)).status_code == 405
    assert as_doctor.get(SEEN).status_code == 405
    assert as_doctor.post(URL).status_code == 405


# --- Seen -------------------------------------------------------------------------------------


def test_B10_the_page_notes_once_it_is_shown_that_it_has_been_seen(as_doctor, ask):
    asked = ask()
    page = as_doctor.get(URL).content.decode()
    assert f'hx-post="{SEEN}" hx-trigger="load"' in page

    response = as_doctor.post(SEEN, {"request": asked.pk}, headers={"HX-Request": "true"})

    asked.refresh_from_db()
    assert (response.status_code, asked.seen_at is not None) == (204, True)
    assert SEEN not in as_doctor.get(URL).content.decode()


def test_B10_without_javascript_a_button_does(as_assistant, ask):
    asked = ask()

    response = as_assistant.post(SEEN, {"request": ["x", asked.pk, "99999999999999999999"]})

    asked.refresh_from_db()
    assert (response["Location"], asked.seen_at is not None) == (URL, True)


def test_B10_nobody_sees_for_somebody_else(as_doctor, ask):
    foreign, own = foreign_request(), ask()
    elsewhere = signed_in(AssistantFactory(offices=[DoctorFactory().office]).user)

    as_doctor.post(SEEN, {"request": foreign.pk})
    elsewhere.post(SEEN, {"request": own.pk})

    for one in (foreign, own):
        one.refresh_from_db()
        assert one.seen_at is None
