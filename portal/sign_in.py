"""Who is signed in: asked on every request, so written as SQL."""

from allauth.account.auth_backends import AuthenticationBackend

from portal.models import User


class Backend(AuthenticationBackend):
    def get_user(self, user_id) -> User | None:
        """The user of a session; None, which ends it, if the account is blocked or closed."""
        found = User.objects.raw("SELECT * FROM portal_user WHERE id = %s", [user_id])
        user = next(iter(found), None)
        return user if user and self.user_can_authenticate(user) else None
