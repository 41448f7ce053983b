"""Template context: the unread notifications of the signed-in user."""

from django.utils.functional import SimpleLazyObject

from portal.notifications.queries.notifications import Unread, unread


def bell(request):
    """`bell`: the unread notifications, counted only if a template uses it."""
    return {"bell": SimpleLazyObject(lambda: unread_for(request))}


def unread_for(request) -> Unread:
    if not hasattr(request, "_unread"):
        request._unread = unread(request.user)
    return request._unread
