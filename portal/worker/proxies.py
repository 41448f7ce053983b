"""Checks that the number of proxies in front is known; otherwise all clients seem to have one
address."""

import logging

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.db import DatabaseError
from django.utils.decorators import sync_only_middleware

from portal.worker.services import setup_notices

logger = logging.getLogger("portal.setup")

UNKNOWN = (
    "ORIGIN is https, and gunicorn speaks http, so a proxy stands in front: set TRUSTED_PROXIES to "
    "how many there are (usually 1), or to 0 if none of them adds to X-Forwarded-For."
)
IGNORED = (
    "Requests come with X-Forwarded-For, but TRUSTED_PROXIES is 0. If a proxy stands in front, all "
    "people share its address and the limits on signing in: set TRUSTED_PROXIES."
)


def demand_known_proxies() -> None:
    """Refuse to start if the number of proxies is not set. Raises ImproperlyConfigured."""
    if settings.HTTPS and not settings.DEBUG and settings.GIVEN_PROXIES is None:
        raise ImproperlyConfigured(UNKNOWN)


@sync_only_middleware
def notice_forwarded_header(get_response):
    """Warns in the log, once per process, and to admins that an X-Forwarded-For header is
    ignored."""
    if settings.TRUSTED_PROXIES:
        raise MiddlewareNotUsed
    said: set[str] = set()

    def middleware(request):
        if len(said) < 2 and "HTTP_X_FORWARDED_FOR" in request.META:
            _say(request.method, said)
        return get_response(request)

    return middleware


def _say(method: str, said: set[str]) -> None:
    """Reading a page writes nothing into the database, so admins see it after the first POST."""
    if "log" not in said:
        logger.warning(IGNORED)
        said.add("log")
    if method == "POST":
        said.add("admins")
        try:
            setup_notices.notice(setup_notices.FORWARDED, by=None)
        except DatabaseError:
            logger.exception("The admins could not be told")
