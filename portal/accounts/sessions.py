"""Sessions in the database, read on every request and therefore with SQL of our own."""

from django.contrib.sessions.backends import db
from django.utils import timezone

from portal.database.written import one


class SessionStore(db.SessionStore):
    def _get_session_from_db(self):
        """The row of this session if it has not expired: one query."""
        found = one(self.model, "session_key", self.session_key)
        if found is None or found.expire_date <= timezone.now():
            self._session_key = None
            return None
        return found
