"""Refusals: as a form error beside its field, or as a page."""

import logging
import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render

from portal.database.outages import AWAY, outage_of
from portal.errors import PortalError

logger = logging.getLogger("portal.database")

RETRY_AFTER_S = 10


def add_refusal(form: BaseForm, error: PortalError) -> None:
    """Say why the service refused: beside the field that the error names, else above the form."""
    form.add_error(error.field if error.field in form.fields else None, error.message)


def portal_error(request, error: PortalError):
    return render(request, "error.html", {"error": error}, status=error.status)


def bad_request(request, exception=None):
    return render(request, "400.html", status=400)


def permission_denied(request, exception=None):
    return render(request, "403.html", status=403)


def page_not_found(request, exception=None):
    return render(request, "404.html", status=404)


def server_error(request):
    """Also used if middleware cannot reach the database; errors of views are handled earlier."""
    return outage(request, sys.exception()) or render(request, "500.html", status=500)


def csrf_failure(request, reason=""):
    """The form's CSRF token is stale, most often because the page was open during a sign-out."""
    return render(request, "403_csrf.html", status=403)


def outage(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """The page that says the database is busy or unavailable; None for any other error.

    It makes no queries. A form can be sent again from it.
    """
    kind = outage_of(error)
    if not kind:
        return None
    logger.error("The database does not answer: %s", error)
    context = {
        "is_away": kind == AWAY,
        "was_sent": request.method == "POST",
        "fields": _sent_again(request) if request.method == "POST" else [],
        "address": request.get_full_path(),
    }
    response = render(request, "503.html", context, status=503)
    response["Retry-After"] = RETRY_AFTER_S
    return response


def _sent_again(request: HttpRequest) -> list[tuple[str, str]]:
    try:
        return posted_fields(request)
    except (UnreadablePostError, RequestDataTooBig, TooManyFieldsSent):
        return []


def posted_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """The posted values, to be sent again; none if there are passwords or files among them."""
    posted, files = request.POST, request.FILES
    if files or any("password" in name for name in posted):
        return []
    return [
        (name, value)
        for name, values in posted.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
