"""The project's URLs: the portal's own, and allauth's under /accounts/."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("portal.urls")),
]

handler400 = "portal.web.refusals.bad_request"
handler403 = "portal.web.refusals.permission_denied"
handler404 = "portal.web.refusals.page_not_found"
handler500 = "portal.web.refusals.server_error"
