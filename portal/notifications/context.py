"""What every template knows of unread notifications."""

from django.utils.functional import SimpleLazyObject

from portal.notifications.queries.notifications import Unread, unread


def bell(request):
    """`bell`: what the signed-in user has not read yet, counted only if a template asks."""
    return {"bell": SimpleLazyObject(lambda: unread_for(request))}


def unread_for(request) -> Unread:
    if not hasattr(request, "_unread"):
        request._unread = unread(request.user)
    return request._unread
