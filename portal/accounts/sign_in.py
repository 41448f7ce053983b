"""Reads the signed-in user. This happens on every request, so the query is written as SQL."""

from allauth.account.auth_backends import AuthenticationBackend

from portal.database.written import one
from portal.models import User


class Backend(AuthenticationBackend):
    def authenticate(self, request, **credentials) -> User | None:
        """An address that still has to be confirmed lets nobody in (A07)."""
        user = super().authenticate(request, **credentials)
        typed = (credentials.get("email") or credentials.get("username") or "").strip().lower()
        return None if user and "@" in typed and typed != user.email.lower() else user

    def get_user(self, user_id) -> User | None:
        """The user of a session; None, which ends the session, if the account is blocked or
        closed."""
        found = one(User, "id", user_id)
        return found if found and self.user_can_authenticate(found) else None
