"""A connection to PostgreSQL that has ended is noticed before a request uses it.

SQLite has no server that could end one; there the same calls show only that they work.
"""

import time

import psycopg
import pytest
from django.db import connection
from django.urls import reverse

pytestmark = pytest.mark.django_db(transaction=True)

POSTGRESQL = "postgresql"


@pytest.fixture(autouse=True)
def connections_last(monkeypatch):
    """Tests give theirs back at once; in production they stay open."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 60)
    connection.close()
    yield
    connection.close()


def asked(sql: str):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def from_elsewhere(sql: str, *parameters):
    """Asked on another connection to the same database, as its owner."""
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        return other.execute(sql, parameters).fetchone()


def begin_request() -> None:
    """As Django does it before the first query of each request."""
    connection.close_if_unusable_or_obsolete()


def test_a_request_after_the_server_ended_the_connection_is_answered(client):
    assert client.get(reverse("slots")).status_code == 200
    if connection.vendor == POSTGRESQL:
        ended = asked("SELECT pg_backend_pid()")
        from_elsewhere("SELECT pg_terminate_backend(%s, 5000)", ended)

    begin_request()

    assert client.get(reverse("slots")).status_code == 200
    if connection.vendor == POSTGRESQL:
        assert asked("SELECT pg_backend_pid()") != ended


def test_a_live_connection_is_used_again_without_asking_the_server(client):
    assert client.get(reverse("slots")).status_code == 200
    if connection.vendor == POSTGRESQL:
        process = asked("SELECT pg_backend_pid()")

    begin_request()

    assert connection.is_usable()
    if connection.vendor == POSTGRESQL:
        last = from_elsewhere("SELECT query FROM pg_stat_activity WHERE pid = %s", process)
        assert last == ("SELECT pg_backend_pid()",)


def test_a_live_connection_with_news_of_the_server_is_used_again():
    """A notification is something to read as well; only then the server is asked."""
    if connection.vendor == POSTGRESQL:
        asked("SELECT pg_backend_pid()")
        with connection.cursor() as cursor:
            cursor.execute("LISTEN news")
        process = asked("SELECT pg_backend_pid()")
        from_elsewhere("SELECT pg_notify('news', '')")
        time.sleep(0.1)

    assert connection.is_usable()

    if connection.vendor == POSTGRESQL:
        assert asked("SELECT pg_backend_pid()") == process
