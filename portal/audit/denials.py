"""Middleware that records when a signed-in user is refused something (requirement F01)."""

import logging

from django.db import DatabaseError
from django.utils.decorators import sync_only_middleware

from portal.audit.services import access
from portal.web.id_fields import LARGEST

logger = logging.getLogger("portal.audit")

FORBIDDEN, NOT_FOUND = 403, 404


@sync_only_middleware
def record_denials(get_response):
    """403, and 404 for an object in the URL, which is outside the user's scope or does not exist.

    Once for each request, by the URL's name and id; never its query. A form with a stale token and
    an address that is no page are no denials. Two queries, none for other answers.
    """

    def middleware(request):
        response = get_response(request)
        if response.status_code in (FORBIDDEN, NOT_FOUND) and _was_refused(request, response):
            _record(request, response.status_code)
        return response

    def process_view(request, view, arguments, options):
        """Not reached if a middleware further out has answered, such as the one for tokens."""
        request.reached_its_view = True

    middleware.process_view = process_view  # type: ignore[attr-defined]  # Django looks for it there
    return middleware


def _was_refused(request, response) -> bool:
    match = request.resolver_match
    if match is None or not getattr(request, "reached_its_view", False):
        return False
    user = getattr(request, "user", None)
    is_about = response.status_code == FORBIDDEN or "pk" in match.kwargs
    return is_about and user is not None and user.is_authenticated


def _record(request, status: int) -> None:
    """The refusal is sent even if it cannot be recorded."""
    match = request.resolver_match
    pk = match.kwargs.get("pk", 0)
    try:
        access.denied(
            by=request.user,
            page=(match.url_name or "")[:40],
            object_id=pk if isinstance(pk, int) and pk <= LARGEST else 0,
            method=request.method,
            status=status,
        )
    except DatabaseError:
        logger.exception("A refusal could not be recorded")
