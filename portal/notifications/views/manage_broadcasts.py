"""Messages from the clinic: write, check, send, and see their state (requirement D03).

Writing and checking use one form that is sent back and forth, so no typed text is lost.
"""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.enums import Audience, Channel, NotificationState
from portal.errors import PortalError, StaleState
from portal.models import Broadcast, User
from portal.notifications.forms.broadcasts import BroadcastForm
from portal.notifications.queries import ledger, recipients
from portal.notifications.rows.manage_lines import audience, moment, without_keys
from portal.notifications.services import broadcasts, retries
from portal.web.fetch import demand_permission
from portal.web.ids import id_of
from portal.web.links import page_links
from portal.web.pages import page_number
from portal.web.refusals import add_refusal
from portal.web.templatetags.clinic import zone_name

# Writing takes seconds; after this time the page says that it stopped, and offers to continue.
BROKE_OFF_AFTER = timedelta(minutes=5)


@require_http_methods(["GET", "POST"])
def manage_message_new(request):
    demand_permission(request.user, "portal.manage_messages")
    if request.method == "GET":
        return _write(request, BroadcastForm(initial=_given(request.GET)))
    step, form = request.POST.get("step"), BroadcastForm(request.POST)
    if step in ("find", "edit") or _looks_for_somebody(request.POST):
        return _write(request, BroadcastForm(initial=_given(request.POST)))
    if not form.is_valid():
        return _write(request, form, status=422)
    if step == "send":
        return _send(request, form)
    return _check(request, form)


@require_GET
def manage_broadcasts(request):
    demand_permission(request.user, "portal.manage_messages")
    page = ledger.broadcasts(page_number(request.GET.get("page")))
    office = ledger.clock()
    context = {
        "lines": [
            (one, audience(one), moment(one.created_at, office), _sums(one)) for one in page.rows
        ],
        "zone": zone_name(office) if office else "UTC",
        "page": page.number,
        **page_links(request, page),
    }
    return render(request, "notifications/manage/broadcasts.html", context)


@require_GET
def manage_broadcast(request, pk: int):
    demand_permission(request.user, "portal.manage_messages")
    broadcast, office = _fetch(pk), ledger.clock()
    context = {
        "broadcast": broadcast,
        "audience": audience(broadcast),
        "channels": ", ".join(str(Channel(one).label) for one in broadcast.channels.split()),
        "created": moment(broadcast.created_at, office),
        "spread": moment(broadcast.spread_at, office),
        "broke_off": not broadcast.spread_at
        and broadcast.created_at < timezone.now() - BROKE_OFF_AFTER,
        "zone": zone_name(office) if office else "UTC",
        "counts": [
            (Channel(channel).label, state, NotificationState(state).label, number)
            for channel, state, number in ledger.counts_of(broadcast)
        ],
    }
    return render(request, "notifications/manage/broadcast.html", context)


@require_POST
def manage_broadcast_spread(request, pk: int):
    """Continue a broadcast whose writing stopped."""
    demand_permission(request.user, "portal.manage_messages")
    broadcast = _fetch(pk)
    try:
        retries.spread_again(broadcast, by=request.user)
    except StaleState:
        messages.info(request, _("Everybody’s message has been written meanwhile."))
    else:
        messages.success(request, _("It goes on. Nobody gets it twice."))
    return redirect("manage-broadcast", broadcast.pk)


def _fetch(pk: int) -> Broadcast:
    return get_object_or_404(ledger.with_names(Broadcast.objects.all()), pk=pk)


def _looks_for_somebody(data) -> bool:
    """The Enter key in the search field searches instead of sending."""
    if data.get("step") == "send" or data.get("audience") != Audience.USER:
        return False
    return bool(data.get("q", "").strip()) and not data.get("user")


def _given(data) -> dict:
    """What was typed before, or is in the URL, as a form that is not validated yet."""
    fields = BroadcastForm.base_fields
    given = {name: data[name] for name in fields if data.get(name)}
    if "title" in data:  # from the form itself, where no channel may be ticked
        given["channels"] = data.getlist("channels")
    if id_of(data.get("user")):
        given.setdefault("audience", Audience.USER)
    return given


def _write(request, form: BroadcastForm, *, status: int = 200):
    context = {"form": form, **_people(form)}
    return render(request, "notifications/manage/message_new.html", context, status=status)


def _people(form: BroadcastForm) -> dict:
    """The person who is chosen already, then those whom the search finds."""
    text = (form["q"].value() or "").strip()[:100]
    wanted = id_of(str(form["user"].value() or ""))
    chosen = User.objects.filter(pk=wanted, state="active").first() if wanted else None
    found = recipients.find_users(text) if text else []
    people = [*([chosen] if chosen else []), *(one for one in found if one != chosen)]
    return {
        "people": [(one, one.get_role_display(), one == chosen) for one in people],
        "found_nobody": bool(text and not found),
        "has_more": len(found) == recipients.FOUND,
    }


def _check(request, form: BroadcastForm, *, refusal: PortalError | None = None):
    draft = form.draft
    shown = broadcasts.preview(draft, by=request.user)
    context = {
        "form": form,
        "draft": draft,
        "audience": audience(draft),
        "shown": shown,
        "mail": without_keys(shown.mail),
        "refusal": refusal,
        "reached": [(channel, channel.label, n) for channel, n in shown.reached.items()],
        "reaching": shown.people - shown.unreached,
        "kept": _kept(form),
    }
    return render(
        request,
        "notifications/manage/message_check.html",
        context,
        status=refusal.status if refusal else 200,
    )


def _kept(form: BroadcastForm) -> list[tuple[str, str]]:
    """The form's fields for the page that only shows them."""
    values = [(name, form[name].value()) for name in form.fields if name != "channels"]
    values += [("channels", channel) for channel in form["channels"].value() or []]
    return [(name, value) for name, value in values if value]


def _send(request, form: BroadcastForm):
    try:
        sent = broadcasts.broadcast(form.draft, by=request.user)
    except StaleState as error:  # sent before with other words: this is a new message
        other = {"channels": request.POST.getlist("channels")}
        other["token"] = str(BroadcastForm().initial["token"])
        fresh = BroadcastForm(request.POST.dict() | other)
        fresh.is_valid()
        return _check(request, fresh, refusal=error)
    except PortalError as error:
        add_refusal(form, error)
        return _write(request, form, status=error.status)
    messages.success(request, _("The message is on its way."))
    return redirect("manage-broadcast", sent.pk)


def _sums(broadcast: Broadcast) -> list[tuple[str, str, int]]:
    """(state, label, how many) of its messages, in the order of the states."""
    counted = broadcast.messages
    return [
        (value, str(label), counted[value])
        for value, label in NotificationState.choices
        if value in counted
    ]
