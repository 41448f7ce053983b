"""The bell in the header, and what it asks once a minute (requirement D03)."""

import pytest
from django.urls import reverse

from tests.factories import AppointmentFactory, NotificationFactory

URL = reverse("notifications-bell")


@pytest.fixture
def appointment(patient, doctor):
    return AppointmentFactory(patient=patient, doctor=doctor)


def test_D03_every_page_has_it_with_the_count(as_patient, appointment):
    NotificationFactory.create_batch(3, appointment=appointment)

    page = as_patient.get(reverse("profile")).content.decode()

    assert "3 unread notifications" in page
    assert f'href="{reverse("notifications")}"' in page


@pytest.mark.parametrize("who", ["as_doctor", "as_assistant", "as_admin", "as_patient"])
def test_D03_it_is_there_for_everybody_who_is_signed_in(request, who):
    page = request.getfixturevalue(who).get(reverse("offices")).content.decode()

    assert 'id="bell"' in page
    assert "unread notification" not in page


def test_visitors_have_none(client, db):
    assert b'id="bell"' not in client.get("/").content


def test_D03_many_are_not_counted_to_the_end(as_patient, appointment):
    NotificationFactory.create_batch(101, appointment=appointment)

    page = as_patient.get(reverse("offices")).content.decode()

    assert "99+ unread notifications" in page


def test_D03_a_poll_answers_304_until_something_is_new(as_patient, appointment):
    NotificationFactory(appointment=appointment)
    tag = as_patient.get(URL)["ETag"]

    unchanged = as_patient.get(URL, headers={"If-None-Match": tag})
    NotificationFactory(appointment=appointment)
    changed = as_patient.get(URL, headers={"If-None-Match": tag})

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert changed.status_code == 200
    assert changed["ETag"] != tag
    assert "2 unread notifications" in changed.content.decode()


def test_D03_the_page_has_the_tag_of_its_bell(as_patient, appointment):
    NotificationFactory(appointment=appointment)
    tag = as_patient.get(URL)["ETag"].strip('"')

    page = as_patient.get(reverse("offices")).content.decode()

    assert f"""hx-headers='{{"If-None-Match": "\\"{tag}\\""}}'""" in page


def test_a_changed_bell_is_announced_and_a_loaded_one_is_not(as_patient, appointment):
    NotificationFactory(appointment=appointment)

    page = as_patient.get(reverse("offices")).content.decode()
    polled = as_patient.get(URL).content.decode()

    assert '<span id="bell-news" class="visually-hidden" role="status"></span>' in page
    news = '<span id="bell-news" hx-swap-oob="innerHTML">1 unread notification</span>'
    assert news in polled
    assert polled.replace(news, "").strip() in page


def test_answers_are_kept_by_nobody_else(as_patient):
    response = as_patient.get(URL)

    assert set(response["Cache-Control"].split(", ")) == {"private", "no-cache"}
    assert "Cookie" in response["Vary"]


def test_once_signed_out_it_goes_away(client, db):
    response = client.get(URL)

    assert (response.status_code, response.content) == (200, b"")


def test_D03_a_poll_costs_one_query_beside_session_and_user(
    as_patient, appointment, django_assert_num_queries
):
    NotificationFactory.create_batch(5, appointment=appointment)
    tag = as_patient.get(URL)["ETag"]

    with django_assert_num_queries(3):
        as_patient.get(URL, headers={"If-None-Match": tag})
    with django_assert_num_queries(3):
        as_patient.get(URL)


def test_only_reading(as_patient):
    assert as_patient.post(URL).status_code == 405
