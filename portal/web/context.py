"""Template context: the clinic's settings."""

from django.utils.functional import SimpleLazyObject

from portal.models import ClinicSettings


def clinic(request):
    """`clinic`: the row of settings, read once per request and only if a template uses it."""
    return {"clinic": SimpleLazyObject(lambda: for_request(request))}


def for_request(request) -> ClinicSettings:
    if not hasattr(request, "_clinic_settings"):
        request._clinic_settings = ClinicSettings.current()
    return request._clinic_settings
