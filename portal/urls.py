"""The URLs of all packages, one line each. No two patterns overlap, so the order does not
matter."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, register_converter

from portal.demo.views import demo_messages
from portal.web import styleguide
from portal.web.converters import IsoDateConverter

register_converter(IsoDateConverter, "isodate")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("portal.audit.urls")),
    path("", include("portal.notifications.urls")),
    path("", include("portal.accounts.urls")),
    path("", include("portal.people.urls")),
    path("", include("portal.clinic.urls")),
    path("", include("portal.slots.urls")),
    path("", include("portal.appointments.urls")),
    path("", include("portal.diary.urls")),
    path("", include("portal.desk.urls")),
    path("", include("portal.household.urls")),
    path("", include("portal.imports.urls")),
    path("", include("portal.own_data.urls")),
    path("", include("portal.records.urls")),
    path("", include("portal.erasure.urls")),
    path("", include("portal.setup.urls")),
    path("", include("portal.home.urls")),
    path("", include("portal.figures.urls")),
    path("", include("portal.worker.urls")),
]

if settings.DEBUG:
    urlpatterns.append(path("demo/messages/", demo_messages.demo_messages, name="demo-messages"))
    urlpatterns.append(path("styleguide/", styleguide.styleguide, name="styleguide"))
