"""Errors that say the database cannot answer just now, rather than that the question is wrong."""

import sqlite3

from django.db import Error, InterfaceError, OperationalError

BUSY, AWAY = "busy", "away"
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_EXTENDED = 0xFF  # SQLite says more in the higher bits


def outage_of(error: BaseException | None) -> str:
    """BUSY: another held SQLite's write lock for too long, so nothing was written. AWAY: PostgreSQL
    is not reachable, or broke off. "" is any other error."""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return ""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0) & _EXTENDED
        return BUSY if code in _LOCKED else ""
    # On PostgreSQL these two kinds mean the connection, the server or a lock, never the statement.
    return AWAY if isinstance(error, Error) else ""
