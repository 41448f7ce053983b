"""Which errors say that the database cannot answer just now."""

import sqlite3

import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection

from portal.database.outages import AWAY, BUSY, outage_of


def caused(kind: type[Exception], cause: Exception) -> Exception:
    error = kind(str(cause))
    error.__cause__ = cause
    return error


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("…")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    "code", [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_SNAPSHOT, sqlite3.SQLITE_LOCKED]
)
def test_a_lock_of_sqlite_is_busy(code):
    assert outage_of(caused(OperationalError, sqlite_error(code))) == BUSY


def test_a_connection_of_postgresql_that_broke_is_away():
    assert outage_of(OperationalError("connection refused")) == AWAY
    assert outage_of(InterfaceError("the connection is closed")) == AWAY


@pytest.mark.parametrize(
    "error",
    [
        None,
        ValueError("x"),
        DatabaseError("x"),
        IntegrityError("x"),
        caused(OperationalError, sqlite_error(sqlite3.SQLITE_ERROR)),  # no such table
    ],
)
def test_all_else_is_a_fault(error):
    assert outage_of(error) == ""


@pytest.mark.django_db
def test_a_table_that_is_not_there_is_a_fault():
    with pytest.raises(DatabaseError) as raised, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM no_such_table")

    assert outage_of(raised.value) == ""
