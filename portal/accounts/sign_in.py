"""Who is signed in: asked on every request, so written as SQL."""

from allauth.account.auth_backends import AuthenticationBackend

from portal.database.written import one
from portal.models import User


class Backend(AuthenticationBackend):
    def get_user(self, user_id) -> User | None:
        """The user of a session; None, which ends it, if the account is blocked or closed."""
        found = one(User, "id", user_id)
        return found if found and self.user_can_authenticate(found) else None
