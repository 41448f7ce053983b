"""What every template knows of the clinic."""

from django.utils.functional import SimpleLazyObject

from portal.models import ClinicSettings


def clinic(request):
    """`clinic`: the settings row, read once a request and only if a template asks."""
    return {"clinic": SimpleLazyObject(lambda: for_request(request))}


def for_request(request) -> ClinicSettings:
    if not hasattr(request, "_clinic_settings"):
        request._clinic_settings = ClinicSettings.current()
    return request._clinic_settings
