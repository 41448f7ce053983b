"""The private address of somebody's calendar, and what is fetched there (requirement B22)."""

from hashlib import sha256

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.services import calendar_feeds
from portal.models import CalendarFeed


@login_not_required
@require_safe
@sensitive_variables("token")
def calendar_feed(request, token: str):
    """For programs: no session, and 304 while nothing has changed."""
    text = calendar_feeds.read(token)
    if text is None:
        raise Http404
    body = text.encode()
    etag = f'"{sha256(body).hexdigest()}"'
    entire = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response = get_conditional_response(request, etag=etag, response=entire) or entire
    response["ETag"] = etag
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_POST
def calendar_feed_renew(request):
    calendar_feeds.renew(request.user, by=request.user)
    messages.success(request, _("Your calendar has a new address. One you had before has ended."))
    return redirect(f"{reverse('profile')}#calendar")


@require_POST
def calendar_feed_end(request):
    calendar_feeds.revoke(request.user, by=request.user)
    messages.success(request, _("Your calendar address has ended: nothing is found there now."))
    return redirect(f"{reverse('profile')}#calendar")


def address(feed: CalendarFeed | None) -> str:
    """Whole, from the configured origin; "" if there is none."""
    token = calendar_feeds.token(feed)
    return settings.ORIGIN + reverse("calendar-feed", args=[token]) if token else ""
