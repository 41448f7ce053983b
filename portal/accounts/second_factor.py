"""Lets staff without a second factor reach the pages that set one up, and nothing else (A12)."""

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
    record_authentication,
)
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from portal.web.background import is_background
from portal.web.before_view import before_view

METHOD = "mfa"  # as allauth writes it into the session
ALWAYS_OPEN = {
    "account_change_password",
    "account_inactive",
    "account_logout",
    "account_reauthenticate",
    "account_set_password",
    "session-state",
    "session-stay",
    "signed-out",
}


@before_view
def demand_second_factor(request, view, arguments):
    """No query for those who have used their factor in this session, nor for patients."""
    if _is_open(request) or not lacks_factor(request):
        return None
    if is_background(request):
        return HttpResponse(status=204)
    address = _where_to(request)
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def lacks_factor(request) -> bool:
    """Whether the user must have a second factor and has not used one in this session."""
    user = request.user
    if not (settings.SECOND_FACTOR_REQUIRED and user.is_authenticated and user.is_staff):
        return False
    return not has_used_factor(request)


def has_used_factor(request) -> bool:
    """From the session: allauth notes there how somebody signed in. No query."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == METHOD for record in records)


def note_set_up(request) -> None:
    """The factor has just been set up with a code or key of its own: that is a use of it."""
    record_authentication(request, request.user, METHOD)


def note_removed(request) -> None:
    """After the last one is gone the session counts as one without. One query."""
    if is_mfa_enabled(request.user):
        return
    records = get_authentication_records(request, request.user)
    kept = [record for record in records if record.get("method") != METHOD]
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = kept


def _is_open(request) -> bool:
    name = request.resolver_match.url_name or ""
    return name.startswith("mfa_") or name in ALWAYS_OPEN


def _where_to(request) -> str:
    """Whoever has a factor is asked for it; whoever has none sets one up."""
    if not is_mfa_enabled(request.user):
        return reverse("mfa_index")
    path = request.get_full_path() if request.method == "GET" else reverse("dashboard")
    return f"{reverse('mfa_reauthenticate')}?{urlencode({'next': path})}"
