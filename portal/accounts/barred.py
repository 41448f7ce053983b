"""Ends the sessions of accounts that are blocked, closed or erased, and says why (A10, A11)."""

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portal.enums import UserState
from portal.models import User
from portal.web.before_view import before_view


@before_view
def end_sessions(request, view, arguments):
    """Answers 403 with the page “Your account is blocked”, whatever was asked, and removes the
    session's cookie. HTMX is sent to that page.

    The user's row is read on each request anyway, and `accounts.sign_in` returns no user for these.
    Only then their state is read: one query more, and none for anybody else.
    """
    state = _state(request)
    if not state:
        return None
    response = _page(request, state)
    response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
    return response


def page_url(state: str) -> str:
    """The same page for everybody: it says nothing about the account but its state."""
    query = f"?state={state}" if state in (UserState.CLOSED, UserState.ERASED) else ""
    return reverse("account_inactive") + query


def _state(request) -> str | None:
    """The state of the account that is not active and to which this session belongs."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.user.is_authenticated:
        return None
    owner = request.session.get(SESSION_KEY)
    if owner is None:
        return None
    barred = User.objects.filter(pk=owner).exclude(state=UserState.ACTIVE)
    return barred.values_list("state", flat=True).first()


def _page(request, state: str) -> HttpResponse:
    if request.htmx:
        return HttpResponse(status=403, headers={"HX-Redirect": page_url(state)})
    return render(request, "account/account_inactive.html", {"state": state}, status=403)
