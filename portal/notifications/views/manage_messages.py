"""The list of all messages, their states, and retrying (requirement D03)."""

import logging
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from portal.enums import Channel, NotificationState
from portal.errors import PortalError
from portal.models import Notification
from portal.notifications.forms.broadcasts import LedgerForm, event_choices
from portal.notifications.queries import ledger
from portal.notifications.registry import EVENTS, label_of
from portal.notifications.rows.manage_lines import attempts, lines, masked, moment, without_keys
from portal.notifications.services import retries, wording
from portal.web.fetch import demand_permission
from portal.web.links import page_links
from portal.web.pages import page_number
from portal.web.templatetags.clinic import zone_name

logger = logging.getLogger("portal.notifications")

MOST_RETRIES = 500  # at one press of the button
FILTERS = ("state", "channel", "event", "q", "day", "broadcast")


@require_GET
def manage_messages(request):
    demand_permission(request.user, "portal.manage_messages")
    form = LedgerForm(request.GET)
    asked, office = form.wanted, ledger.clock()
    page = ledger.page_of_messages(asked, _zone(office), page_number(request.GET.get("page")))
    kept = _query(request)
    context = {
        "form": form,
        "asked": asked,
        "day": asked.day.isoformat() if asked.day else request.GET.get("day", ""),
        "is_filtered": bool(kept),
        "query": kept,
        "lines": lines(page.rows, office),
        "zone": zone_name(office) if office else "UTC",
        "states": _segments(request, asked.state),
        "channels": [(value, label, value == asked.channel) for value, label in Channel.choices],
        "events": [(value, label, value == asked.event) for value, label in event_choices()],
        "page": page.number,
        **page_links(request, page),
    }
    return render(request, "notifications/manage/messages.html", context)


@require_GET
def manage_message(request, pk: int):
    demand_permission(request.user, "portal.manage_messages")
    return _page(request, _fetch(pk))


@require_POST
def manage_message_retry(request, pk: int):
    demand_permission(request.user, "portal.manage_messages")
    notification = _fetch(pk)
    try:
        retries.retry(notification, by=request.user)
    except PortalError as error:
        return _page(request, _fetch(pk), refusal=error)
    messages.success(request, _("The message is being sent again."))
    return redirect("manage-message", notification.pk)


@require_POST
def manage_messages_retry(request):
    """Retry all failed messages of the filter in the URL, oldest first, at most MOST_RETRIES."""
    demand_permission(request.user, "portal.manage_messages")
    asked = LedgerForm(request.GET).wanted
    ids = ledger.failed_ids(asked, _zone(ledger.clock()), MOST_RETRIES)
    queued, left = retries.retry_all(ids, by=request.user)
    told = ngettext(
        "%(n)s message is being sent again.", "%(n)s messages are being sent again.", queued
    ) % {"n": queued}
    if left:
        told += " " + ngettext(
            "%(n)s does not hold any more and stays failed.",
            "%(n)s do not hold any more and stay failed.",
            left,
        ) % {"n": left}
    (messages.success if queued else messages.warning)(request, told)
    return redirect(f"{reverse('manage-messages')}?{_query(request)}")


def _fetch(pk: int) -> Notification:
    found = Notification.objects.select_related(
        "user", "patient", "appointment__office", "broadcast", "merged_into"
    )
    return get_object_or_404(found, pk=pk)


def _page(request, notification: Notification, *, refusal: PortalError | None = None):
    """The complete history of one message; `refusal` says why it is not sent again."""
    office = (notification.appointment and notification.appointment.office) or ledger.clock()
    event = EVENTS.get(notification.event)
    is_secret = event is None or event.secret
    context = {
        "notification": notification,
        "refusal": refusal,
        "event": label_of(notification.event),
        "address": masked(notification.channel, notification.address or _goes_to(notification)),
        "attempts": attempts(notification.attempts),
        "course": _course(notification, office),
        "zone": zone_name(office) if office else "UTC",
        "is_secret": is_secret,
        **({} if is_secret else _words(notification)),
        "can_retry": notification.state == NotificationState.FAILED,
    }
    return render(
        request,
        "notifications/manage/message.html",
        context,
        status=refusal.status if refusal else 200,
    )


def _course(notification: Notification, office) -> list[tuple[str, str]]:
    """(time, what happened) of each known step, oldest first."""
    steps: list[tuple[datetime | None, str]] = [(notification.created_at, _("Written"))]
    steps += [
        (event.at, _("Queued again by %(who)s") % {"who": event.actor_name})
        for event in ledger.retries_of(notification)
    ]
    steps += [
        (notification.sent_at, _("Sent")),
        (notification.delivered_at, _("Delivered, as the provider reports")),
        (notification.read_at, _("Read in the portal")),
    ]
    if notification.state == NotificationState.QUEUED:
        steps.append((notification.due_at, _("Due")))
    return [(moment(at, office, "j F Y, H:i:s"), words) for at, words in steps if at]


def _words(notification: Notification) -> dict[str, str]:
    """Title and text, as far as they can be rendered; a failing text may be why the message has
    failed."""
    try:
        title, text = wording.title(notification), _text(notification)
    except Exception as error:
        logger.exception("Notification %s cannot be shown", notification.pk)
        return {"faulty": type(error).__name__}
    return {"title": title, "text": without_keys(text)}


def _text(notification: Notification) -> str:
    if notification.channel == Channel.EMAIL and not notification.is_erased:
        return str(wording.email(notification).body)
    return wording.short(notification)


def _goes_to(notification: Notification) -> str:
    if notification.channel == Channel.SMS:
        phone = notification.patient.phone if notification.patient else None
        return phone.as_e164 if phone else ""
    return notification.user.email if notification.user else ""


def _segments(request, chosen: str) -> list[tuple[str, str, bool]]:
    """(URL, label, whether chosen): all, and each state."""
    choices = [("", _("All")), *((one.value, str(one.label)) for one in NotificationState)]
    return [
        (f"?{_query(request, state=value)}", label, value == chosen) for value, label in choices
    ]


def _query(request, **changes: str) -> str:
    kept = {name: request.GET.get(name, "") for name in FILTERS} | changes
    return urlencode({name: value for name, value in kept.items() if value})


def _zone(office) -> ZoneInfo:
    return office.zone if office else ZoneInfo("UTC")
