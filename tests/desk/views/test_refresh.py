"""What the day sheet asks for every few seconds (requirement B21)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.appointments.services import presence
from tests.desk.views.conftest import at, free_at
from tests.factories import AssistantFactory, DoctorFactory
from tests.fragments import same_part
from tests.plugins.people import signed_in

URL = reverse("desk")
HTMX = {"HX-Request": "true", "HX-Trigger": "desk-refresh"}
VIEWS = pytest.mark.parametrize("query", [{}, {"view": "columns"}], ids=["list", "columns"])


def ask(client, query, etag: str = ""):
    return client.get(URL, query, headers={**HTMX, "If-None-Match": etag} if etag else HTMX)


@VIEWS
def test_B21_an_unchanged_sheet_is_304(as_assistant, doctor, noon, query):
    at(doctor, 15)
    page = as_assistant.get(URL, query)

    response = ask(as_assistant, query, f'"{page.context["tag"]}"')

    assert response.status_code == 304
    assert response.content == b""


@VIEWS
def test_B21_a_changed_sheet_is_sent_and_is_part_of_the_page(as_assistant, doctor, noon, query):
    appointment = at(doctor, 15)
    before = ask(as_assistant, query)["ETag"]
    presence.arrive(appointment, by=doctor.user)

    response = ask(as_assistant, query, before)

    assert response.status_code == 200
    assert response["ETag"] != before
    assert b"Waiting 0 minutes" in response.content
    assert b"<h1>" not in response.content
    assert same_part(as_assistant.get(URL, query).content, response.content)
    assert ask(as_assistant, query, response["ETag"]).status_code == 304


def test_a_new_free_time_changes_the_columns_and_not_the_list(as_assistant, doctor, noon):
    tags = [ask(as_assistant, query)["ETag"] for query in ({}, {"view": "columns"})]

    free_at(doctor, 16)

    assert ask(as_assistant, {}, tags[0]).status_code == 304
    assert ask(as_assistant, {"view": "columns"}, tags[1]).status_code == 200


def test_waiting_minutes_go_on(as_assistant, doctor, noon):
    presence.arrive(at(doctor, 15), by=doctor.user)
    before = ask(as_assistant, {})["ETag"]
    noon.shift(timedelta(minutes=1))

    response = ask(as_assistant, {}, before)

    assert b"Waiting 1 minute<" in response.content
    # Nothing to announce: only time has passed.
    assert response["ETag"].split("/")[:2] == before.split("/")[:2]
    assert before.rpartition("/")[0].strip('"') in response.content.decode()


def test_at_midnight_the_whole_page_is_loaded(as_assistant, doctor, noon):
    before = ask(as_assistant, {})["ETag"]
    noon.shift(timedelta(hours=11, minutes=59))
    evening = ask(as_assistant, {}, before)
    noon.shift(timedelta(minutes=1))

    response = ask(as_assistant, {}, before)

    assert evening.status_code == 304
    assert response["HX-Refresh"] == "true"


def test_a_tag_is_of_one_persons_offices(as_assistant, doctor, noon):
    other = DoctorFactory()
    stranger = signed_in(AssistantFactory(offices=[other.office]).user)

    assert ask(stranger, {})["ETag"] != ask(as_assistant, {})["ETag"]


@VIEWS
def test_an_unchanged_sheet_costs_four_queries(
    as_assistant, doctor, noon, query, django_assert_num_queries
):
    """Session, user, offices, fingerprint."""
    at(doctor, 15)
    tag = ask(as_assistant, query)["ETag"]

    with django_assert_num_queries(4):
        assert ask(as_assistant, query, tag).status_code == 304


def test_signed_out_it_leads_to_the_sign_in_page(client):
    response = client.get(URL, headers=HTMX)

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_patients_are_refused(as_patient):
    assert ask(as_patient, {}).status_code == 403


def test_no_copy_is_kept_that_could_be_shown_unasked(as_assistant, noon):
    assert "no-cache" in ask(as_assistant, {})["Cache-Control"]
    assert "private" in ask(as_assistant, {})["Cache-Control"]


def test_a_mark_is_answered_with_the_sheet_that_it_replaces(as_assistant, doctor, noon):
    at(doctor, 15)
    headers = {"HX-Request": "true", "HX-Target": "desk-sheet"}

    response = as_assistant.get(URL, headers=headers)

    assert b"<h1>" not in response.content
    assert same_part(as_assistant.get(URL).content, response.content)
    assert "HX-Target" in response["Vary"]
