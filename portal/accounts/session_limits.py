"""Ends sessions that nobody uses, and those that are old (docs/decisions/sessions.md)."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from portal.accounts import late_forms
from portal.accounts.services import seen_sessions
from portal.accounts.sessions import BEGAN_AT, USED_AT
from portal.models import SHORTEST_IDLE_MINUTES, User
from portal.web.background import is_background
from portal.web.before_view import before_view
from portal.web.context import for_request

WRITE_EVERY_S = 60
SHORTEST_IDLE_S = SHORTEST_IDLE_MINUTES * 60


@before_view
def limit_sessions(request, view, arguments):
    """Runs before the sign-in is demanded, so an ended session is a visitor's for all that follows.

    No query of its own while a session is in use, but once a minute.
    """
    if not request.user.is_authenticated:
        return None
    if seconds_left(request) <= 0:
        return _end(request, is_public=not getattr(view, "login_required", True))
    if not is_background(request):
        _note_use(request)
    return None


def seconds_left(request) -> int:
    """Until the session ends if nobody uses it; 0 or less if it has ended or nobody is signed in.

    One query if it was not used for a few minutes and the page has not read the clinic's settings.
    """
    if not request.user.is_authenticated:
        return 0
    now = _now()
    old = settings.SESSION_COOKIE_AGE - (now - request.session.get(BEGAN_AT, now))
    unused = now - request.session.get(USED_AT, now)
    if unused < SHORTEST_IDLE_S and old > SHORTEST_IDLE_S:
        return SHORTEST_IDLE_S - unused  # not worth a query: it is longer than that
    return min(old, idle_seconds(request) - unused)


def exact_seconds_left(request) -> int:
    """The same, exactly. At most one query, which is shared with the page."""
    if not request.user.is_authenticated:
        return 0
    now = _now()
    old = settings.SESSION_COOKIE_AGE - (now - request.session.get(BEGAN_AT, now))
    return min(old, idle_seconds(request) - (now - request.session.get(USED_AT, now)))


def idle_seconds(request) -> int:
    """How long the user's session lasts unused: by role, from the clinic's settings."""
    clinic, user = for_request(request), request.user
    return 60 * (clinic.staff_idle_minutes if user.is_staff else clinic.patient_idle_minutes)


def _note_use(request) -> None:
    now = _now()
    if now - request.session.get(USED_AT, 0) >= WRITE_EVERY_S:
        request.session[USED_AT] = now
        request.session.setdefault(BEGAN_AT, now)
        seen_sessions.note(request.session.session_key, by=request.user)


def _end(request: HttpRequest, *, is_public: bool) -> HttpResponse | None:
    """Sign out. A form that came too late is kept for its sender; a page asks to sign in."""
    user, late = request.user, late_forms.read(request)
    logout(request)
    if late and isinstance(user, User):
        late_forms.keep(request, late, of=user)
        return _to_sign_in(request, reverse("late-form"))
    if is_public or is_background(request):
        return None
    return _to_sign_in(request, _page_of(request))


def _to_sign_in(request: HttpRequest, following: str) -> HttpResponse:
    query = urlencode({"next": following, "ended": "1"})
    address = f"{reverse(settings.LOGIN_URL)}?{query}"
    is_part = request.headers.get("HX-Request") == "true"
    return HttpResponseClientRedirect(address) if is_part else redirect(address)


def _page_of(request: HttpRequest) -> str:
    """The page to return to: the one that asked for a part, or the start of a lost POST."""
    if request.method != "GET":
        return reverse("dashboard")
    if request.headers.get("HX-Request") == "true":
        return late_forms.path_of(request.headers.get("HX-Current-URL", ""))
    return request.get_full_path()


def _now() -> int:
    return int(timezone.now().timestamp())
