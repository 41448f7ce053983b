"""The private calendar address of a user: renewing and ending it (requirement B22)."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.accounts.services import calendar_feeds
from portal.models import CalendarFeed


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
    """The complete URL, from the configured origin; "" if there is none."""
    token = calendar_feeds.token(feed)
    return settings.ORIGIN + reverse("calendar-feed", args=[token]) if token else ""
