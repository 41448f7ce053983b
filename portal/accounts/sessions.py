"""Sessions in the database, read on every request and therefore with SQL of our own."""

import re

from django.contrib.sessions.backends import db
from django.utils import timezone

from portal.database.written import one

OURS = re.compile(r"[a-z0-9]{8,40}")


class SessionStore(db.SessionStore):
    def _validate_session_key(self, key) -> bool:
        """A cookie is typed by whoever sends it: what cannot be a key is not looked up.

        PostgreSQL would refuse a NUL in it with an error.
        """
        return bool(key and OURS.fullmatch(key))

    def _get_session_from_db(self):
        """The row of this session if it has not expired: one query."""
        found = one(self.model, "session_key", self.session_key)
        if found is None or found.expire_date <= timezone.now():
            self._session_key = None
            return None
        return found
