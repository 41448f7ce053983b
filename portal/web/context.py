"""What every template knows."""

from django.utils.functional import SimpleLazyObject

from portal.models import ClinicSettings
from portal.notifications.queries.notifications import Unread, unread


def clinic(request):
    """`clinic`: the settings row, read once a request and only if a template asks."""
    return {"clinic": SimpleLazyObject(lambda: for_request(request))}


def bell(request):
    """`bell`: what the signed-in user has not read yet, counted only if a template asks."""
    return {"bell": SimpleLazyObject(lambda: unread_for(request))}


def for_request(request) -> ClinicSettings:
    if not hasattr(request, "_clinic_settings"):
        request._clinic_settings = ClinicSettings.current()
    return request._clinic_settings


def unread_for(request) -> Unread:
    if not hasattr(request, "_unread"):
        request._unread = unread(request.user)
    return request._unread
