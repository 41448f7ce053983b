"""Limits on how often the sign-in pages may be posted, whatever the content (requirement A04)."""

from datetime import timedelta

from django.shortcuts import render

from portal.accounts.services import attempts
from portal.accounts.services.attempts import Limit
from portal.web.addresses import client_address, network_of
from portal.web.before_view import before_view

MINUTE = timedelta(minutes=1)
# By the URL's name. Many people share the address of a hospital or of a phone network.
BY_ADDRESS = {
    name: Limit(name, most, MINUTE)
    for name, most in {
        "account_login": 120,
        "mfa_authenticate": 120,
        "mfa_login_webauthn": 120,
        "account_signup": 20,
        "doctor-sign-up": 20,
        "account_reset_password": 20,
        "account_reset_password_from_key": 20,
        "invitation": 20,
    }.items()
}
BY_USER = {
    name: Limit(name, most, MINUTE)
    for name, most in {
        "account_change_password": 5,
        "account_email": 10,
        "account_reauthenticate": 10,
        "account_set_password": 5,
        "mfa_reauthenticate": 10,
        "mfa_reauthenticate_webauthn": 10,
    }.items()
}


@before_view
def limit_posts(request, view, arguments):
    """Answers 429 above the limit. One query for each POST to one of those pages, otherwise
    none."""
    if request.method == "POST" and not _may(request):
        response = render(request, "429.html", status=429)
        response["Retry-After"] = int(MINUTE.total_seconds())
        return response
    return None


def _may(request) -> bool:
    name = request.resolver_match.url_name
    if name in BY_ADDRESS:
        return attempts.take(BY_ADDRESS[name], network_of(client_address(request)))
    if name in BY_USER and request.user.is_authenticated:
        return attempts.take(BY_USER[name], request.user.pk)
    return True
