"""Who is signed in: asked on every request, so written as SQL."""

from allauth.account.auth_backends import AuthenticationBackend

from portal.models import User
from portal.models.written import instances


class Backend(AuthenticationBackend):
    def get_user(self, user_id) -> User | None:
        """The user of a session; None, which ends it, if the account is blocked or closed."""
        found = instances(User, "SELECT * FROM portal_user WHERE id = %s", [user_id])
        return found[0] if found and self.user_can_authenticate(found[0]) else None
