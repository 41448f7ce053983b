"""Sessions in the database. They are read on every request, so the query is written as SQL."""

import re

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

from portal.database.written import one

OURS = re.compile(r"[a-z0-9]{8,40}")
BEGAN_AT, USED_AT = "began_at", "used_at"  # seconds since 1970; see session_limits.py


class SessionStore(db.SessionStore):
    def __setitem__(self, key, value) -> None:
        """Signing in begins the session: it is stamped with the time in the same write."""
        super().__setitem__(key, value)
        if key == SESSION_KEY:
            now = int(timezone.now().timestamp())
            self.update({BEGAN_AT: now, USED_AT: now})

    def _validate_session_key(self, key) -> bool:
        """Anybody can send any cookie: a value that cannot be a session key is not looked up.

        PostgreSQL would raise an error for a NUL character in it.
        """
        return bool(key and OURS.fullmatch(key))

    def _get_session_from_db(self):
        """The row of this session if it has not expired: one query."""
        found = one(self.model, "session_key", self.session_key)
        if found is None or found.expire_date <= timezone.now():
            self._session_key = None
            return None
        return found
