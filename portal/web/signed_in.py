"""The request of somebody who is signed in."""

from django.http import HttpRequest

from portal.models import User


class SignedIn(HttpRequest):
    """A request as LoginRequiredMiddleware lets it through: `user` is nobody anonymous."""

    user: User
