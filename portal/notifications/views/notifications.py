"""The bell, the list, one notification, and the buttons that mark as read (requirement D03).

No GET marks anything as read, because browsers may fetch pages in advance. An unread notification
is opened with a button.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.models import ClinicSettings, Notification, Office
from portal.notifications.context import unread_for
from portal.notifications.queries import notifications as queries
from portal.notifications.registry import EVENTS
from portal.notifications.services import inbox, wording
from portal.web import choices
from portal.web.context import for_request
from portal.web.fetch import get_visible
from portal.web.ids import id_of
from portal.web.links import page_links
from portal.web.pages import page_number
from portal.web.templatetags.clinic import local, zone_name


@dataclass(slots=True)
class NotificationLine:
    kind: str  # unread or read
    url: str
    read_url: str
    title: str
    at: str
    zone: str


@require_GET
def notifications(request):
    only_unread = request.GET.get("show") == "unread"
    number = page_number(request.GET.get("page"))
    page = queries.of_user(request.user, number, only_unread=only_unread)
    context = {
        "only_unread": only_unread,
        "lines": _lines(page.rows, for_request(request)),
        # Those on later pages are older; notifications that arrive later stay unread.
        "newest": page.rows[0].pk if page.rows and number == 1 else None,
        "page": page.number,
        **page_links(request, page),
    }
    return render(request, "notifications/list.html", context)


@login_not_required
@require_GET
def notifications_bell(request):
    """The bell's poll, once a minute: 304 if nothing has changed, empty after the session has
    ended."""
    if not request.user.is_authenticated:
        return HttpResponse()
    etag = f'"{unread_for(request).tag}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = render(request, "notifications/_bell.html", {"is_news": True})
        response["ETag"] = etag
    return response


@require_GET
def notification(request, pk: int):
    found = get_visible(Notification, request.user, pk)
    clinic = for_request(request)
    place = Office(time_zone=found.facts.get("zone") or _home())
    event = EVENTS.get(found.event)
    context = {
        "notification": found,
        "title": wording.title(found, clinic=clinic),
        "text": wording.short(found, clinic=clinic),
        "at": date_format(local(found.created_at, place), "l j F Y, H:i"),
        "zone": zone_name(place),
        "link": event.link(found, request.user) if event and not found.is_erased else None,
    }
    return render(request, "notifications/detail.html", context)


@require_POST
def notification_read(request, pk: int):
    """Marks the notification as read and shows it."""
    found = get_visible(Notification, request.user, pk)
    inbox.mark_read(found, by=request.user)
    return redirect(found)


@require_POST
def notification_unread(request, pk: int):
    inbox.mark_unread(get_visible(Notification, request.user, pk), by=request.user)
    return redirect("notifications")


@require_POST
def notifications_read(request):
    """Marks all as read, up to the newest that the list has shown."""
    marked = inbox.mark_all_read(
        request.user, until=id_of(request.POST.get("until")) or 0, by=request.user
    )
    if marked:
        messages.success(request, _("All notifications are marked as read."))
    return redirect("notifications")


def _lines(rows: Iterable[Notification], clinic: ClinicSettings) -> list[NotificationLine]:
    """Each day and zone is formatted once, because Django formats slowly."""
    page, read = reverse("notification", args=[0]), reverse("notification-read", args=[0])
    home = _home()
    day = cache(lambda date: date_format(date, "D j M Y"))
    zone = cache(lambda name: zone_name(Office(time_zone=name)))

    def line(one: Notification) -> NotificationLine:
        clock = one.facts.get("zone", home)
        at = one.created_at.astimezone(ZoneInfo(clock))
        return NotificationLine(
            kind="unread" if one.read_at is None else "read",
            url=page.replace("0", str(one.pk)),
            read_url=read.replace("0", str(one.pk)),
            title=wording.title(one, clinic=clinic),
            at=f"{day(at.date())}, {at:%H:%M}",
            zone=zone(clock),
        )

    return [line(one) for one in rows]


def _home() -> str:
    """The zone for notifications without an appointment: that of the clinic's first office."""
    offices = choices.offices()
    return offices[0].time_zone if offices else settings.TIME_ZONE
