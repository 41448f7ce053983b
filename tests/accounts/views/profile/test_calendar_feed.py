"""The calendar's address on the profile page, and what programs get there (B22)."""

import io
import logging

import pytest
from django.test import Client
from django.urls import reverse

from clinic.logs import WithoutSecrets, masked
from portal.accounts.services import calendar_feeds
from portal.appointments.services import appointments
from portal.models import CalendarFeed
from tests.factories import AppointmentFactory, in_days

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(patient):
    calendar_feeds.renew(patient.user, by=patient.user)
    return reverse("calendar-feed", args=[calendar_feeds.token_of(patient.user)])


def test_B22_from_the_profile_to_the_file(as_patient, patient, settings):
    settings.ORIGIN = "https://clinic.example"
    AppointmentFactory(patient=patient)
    assert "Make an address" in as_patient.get("/profile/").content.decode()

    page = as_patient.post(reverse("calendar-feed-renew"), follow=True).content.decode()
    path = reverse("calendar-feed", args=[calendar_feeds.token_of(patient.user)])
    assert f"https://clinic.example{path}" in page
    assert b"BEGIN:VEVENT" in Client().get(path).content

    page = as_patient.post(reverse("calendar-feed-end"), follow=True).content.decode()
    assert path not in page
    assert Client().get(path).status_code == 404


def test_B22_programs_need_no_session_and_get_headers_that_keep_it_private(url):
    response = Client().get(url)

    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, no-cache"
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert not response.cookies


def test_B22_unchanged_is_304_and_changed_is_not(url, patient):
    one = AppointmentFactory(patient=patient)
    etag = Client().get(url)["ETag"]

    unchanged = Client().get(url, headers={"if-none-match": etag})
    appointments.cancel(one, by=patient.user, reason="health")
    changed = Client().get(url, headers={"if-none-match": etag})

    assert (unchanged.status_code, unchanged.content, unchanged["ETag"]) == (304, b"", etag)
    assert changed.status_code == 200
    assert b"STATUS:CANCELLED" in changed.content


@pytest.mark.parametrize("count", [1, 12])
def test_B22_always_three_queries(url, patient, count, django_assert_num_queries):
    for days in range(1, count + 1):
        AppointmentFactory(patient=patient, starts_at=in_days(days))

    with django_assert_num_queries(3):
        assert Client().get(url).content.count(b"BEGIN:VEVENT") == count


def test_B22_fetching_changes_nothing(url, patient):
    before = CalendarFeed.objects.values().get()
    Client().get(url)

    assert CalendarFeed.objects.values().get() == before
    assert Client().post(url).status_code == 405


def test_B22_refusals_are_logged_without_the_secret(url):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(WithoutSecrets())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        Client().post(url)
        Client().get(url.replace("/calendar/", "/calendar/x"))
    finally:
        logger.removeHandler(handler)

    assert stream.getvalue().count("/calendar/….ics") == 2
    assert url.split("/")[-1][:20] not in stream.getvalue()


def test_B22_the_access_log_has_no_secret(url):
    line = f"GET {url} HTTP/1.1"

    assert masked(line) == "GET /calendar/….ics HTTP/1.1"
    assert masked(200) == 200


def test_B22_the_log_of_the_settings_masks(settings):
    assert settings.LOGGING["handlers"]["stderr"]["filters"] == ["secrets"]


def test_B22_the_desk_sees_no_calendar_of_its_own(as_assistant):
    assert "Your calendar" not in as_assistant.get("/profile/").content.decode()
