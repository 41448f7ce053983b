"""Tells errors of an unavailable database from errors of the query."""

import sqlite3

from django.db import Error, InterfaceError, OperationalError

BUSY, AWAY = "busy", "away"
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_EXTENDED = 0xFF  # SQLite says more in the higher bits


def outage_of(error: BaseException | None) -> str:
    """BUSY: another writer held SQLite's write lock too long, and nothing was written. AWAY:
    PostgreSQL cannot be reached, or closed the connection. "": any other error."""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return ""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0) & _EXTENDED
        return BUSY if code in _LOCKED else ""
    # On PostgreSQL these two kinds mean the connection, the server or a lock, never the statement.
    return AWAY if isinstance(error, Error) else ""
