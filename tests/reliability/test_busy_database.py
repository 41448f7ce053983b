"""A database that cannot be written, or not be reached, is a page that says so, never a 500."""

import sqlite3
import time
from contextlib import contextmanager
from html.parser import HTMLParser
from urllib.parse import urlencode

import psycopg
import pytest
from django.db import connection
from django.urls import reverse

from portal.models import Appointment
from tests.factories import AppointmentFactory, DoctorFactory, SlotFactory, in_days
from tests.servers import databases

SQLITE = connection.vendor == "sqlite"
on_sqlite = pytest.mark.only_on("sqlite")  # PostgreSQL has no lock on the whole database
on_postgresql = pytest.mark.only_on("postgresql")  # SQLite has no server that could be away
TYPED = {"reason": "other", "comment": "Ill; “quoted” <b>\nand a second line"}


class Form(HTMLParser):
    """The hidden fields of the page's form, and where it goes."""

    def __init__(self, page: str):
        super().__init__()
        self.action, self.fields = "", {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.action = given["action"]
        elif tag == "input":
            self.fields[given["name"]] = given["value"]


@contextmanager
def locked(portal):
    """Somebody else writes, and does not come to an end."""
    other = sqlite3.connect(databases.name_of(portal.database_url), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def away(portal):
    """The server takes no connections to this database, and ends those that there are."""
    name = databases.name_of(portal.database_url)
    connection.close()
    with psycopg.connect(databases.renamed(portal.database_url, "postgres"), autocommit=True) as it:
        it.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        it.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        try:
            yield
        finally:
            it.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def cancel_url(appointment) -> str:
    return reverse("appointment-cancel", args=[appointment.pk])


@on_sqlite
def test_a_form_that_meets_a_lock_keeps_what_was_typed_and_can_be_sent_again(portal):
    appointment = AppointmentFactory(starts_at=in_days(3))
    client = portal.client(appointment.patient.user)

    with locked(portal):
        answer = client.post(cancel_url(appointment), TYPED)
        reading = [client.get(reverse(name)).status for name in ("slots", "appointments", "home")]
        appointment.refresh_from_db()
        state = appointment.state
    form = Form(answer.text)
    again = client.post(form.action, form.fields)

    assert answer.status == 503, portal.log
    assert answer.headers["Retry-After"] == "10"
    assert "Nothing was saved" in answer.text
    assert (reading, state) == ([200, 200, 200], "confirmed")
    assert {name: form.fields[name] for name in TYPED} == TYPED
    assert "csrfmiddlewaretoken" in form.fields
    assert again.status == 302, portal.log
    appointment.refresh_from_db()
    assert (appointment.state, appointment.cancel_comment) == ("cancelled", TYPED["comment"])


@on_sqlite
def test_pages_are_read_at_once_while_somebody_writes(portal):
    doctor = DoctorFactory()
    SlotFactory(doctor=doctor, starts_at=in_days(2))
    client = portal.client(doctor.user)
    names = ("home", "dashboard", "slots", "appointments", "schedule", "notifications", "profile")

    with locked(portal):
        started = time.monotonic()
        statuses = {name: client.get(reverse(name)).status for name in names}
        took = time.monotonic() - started

    assert set(statuses.values()) == {200}, portal.log
    assert took < 8


@on_sqlite
def test_signing_in_meets_the_lock_and_shows_no_password(portal):
    appointment = AppointmentFactory(starts_at=in_days(3))
    user = appointment.patient.user
    user.set_password("three-unrelated-words")
    user.save()
    given = {"login": user.email, "password": "three-unrelated-words"}

    with locked(portal):
        answer = portal.client().post(reverse("account_login"), given)

    assert answer.status == 503, portal.log
    assert "three-unrelated-words" not in answer.text
    assert user.email not in answer.text
    assert "Go back in your browser" in answer.text


@on_postgresql
def test_a_server_that_is_away_is_a_page_and_comes_back_by_itself(portal):
    appointment = AppointmentFactory(starts_at=in_days(3))
    client = portal.client(appointment.patient.user)
    paths = [reverse("slots"), reverse("appointments"), reverse("home")]
    assert [client.get(path).status for path in paths] == [200, 200, 200]

    with away(portal):
        read = [client.get(path) for path in paths]
        sent = client.post(cancel_url(appointment), TYPED)

    assert {answer.status for answer in (*read, sent)} == {503}, portal.log
    assert "Look whether your change was saved" in sent.text
    assert urlencode({"a": appointment.patient.name}) not in sent.text
    assert [client.get(path).status for path in paths] == [200, 200, 200]
    assert Appointment.objects.get().state == "confirmed"
