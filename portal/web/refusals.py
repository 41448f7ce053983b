"""Pages for what cannot be shown or done."""

import logging
import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render

from portal.database.outages import AWAY, outage_of
from portal.errors import PortalError

logger = logging.getLogger("portal.database")

RETRY_AFTER_S = 10


def portal_error(request, error: PortalError):
    return render(request, "error.html", {"error": error}, status=error.status)


def bad_request(request, exception=None):
    return render(request, "400.html", status=400)


def permission_denied(request, exception=None):
    return render(request, "403.html", status=403)


def page_not_found(request, exception=None):
    return render(request, "404.html", status=404)


def server_error(request):
    """Also where middleware met a database that does not answer; views' errors come earlier."""
    return outage(request, sys.exception()) or render(request, "500.html", status=500)


def csrf_failure(request, reason=""):
    """The form's token is stale: most often a page left open over a sign-out."""
    return render(request, "403_csrf.html", status=403)


def outage(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """The page that says the database is busy or away; None if the error is another one.

    It asks the database for nothing. A form that was sent can be sent again from it.
    """
    kind = outage_of(error)
    if not kind:
        return None
    logger.error("The database does not answer: %s", error)
    context = {
        "is_away": kind == AWAY,
        "was_sent": request.method == "POST",
        "fields": _fields(request) if request.method == "POST" else [],
        "address": request.get_full_path(),
    }
    response = render(request, "503.html", context, status=503)
    response["Retry-After"] = RETRY_AFTER_S
    return response


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed, to be sent again. No passwords: they do not belong into a page; no files."""
    try:
        posted, files = request.POST, request.FILES
    except (UnreadablePostError, RequestDataTooBig, TooManyFieldsSent):
        return []
    if files or any("password" in name for name in posted):
        return []
    return [
        (name, value)
        for name, values in posted.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
