"""What people did in the portal, for admins (requirement F01)."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.audit.forms.trail import TrailForm, place_of, text_of
from portal.audit.queries import trail as queries
from portal.audit.queries.trail import Place, TrailFilter
from portal.audit.rows import trail_lines, words
from portal.audit.services import exports
from portal.clock.today import today_in
from portal.enums import Role
from portal.models import AuditEvent
from portal.web.fetch import demand_permission
from portal.web.templatetags.clinic import zone_name

FIELDS = ("first", "last", "who", "patient", "role", "verb", "type", "object")
SPANS = (7, 30, 365)  # days that one press chooses
UNSEALED = timedelta(hours=1)  # the worker seals every minute
# The pages of things, by their kind.
PAGES = {
    "appointment": "appointment",
    "broadcast": "manage-broadcast",
    "doctor": "doctor",
    "notification": "manage-message",
    "patient": "patient",
}


@require_GET
def manage_audit(request):
    demand_permission(request.user, "portal.read_audit")
    office = queries.clock()
    zone = office.zone if office else ZoneInfo("UTC")
    form = TrailForm(request.GET)
    asked = _with_people(form, today_in(zone))
    below = place_of(request.GET.get("below"))
    events, further = queries.page_of_events(replace(asked, below=below), zone)
    lines = trail_lines.lines(events, queries.names_of(events), zone)
    context = {
        "form": form,
        "asked": asked,
        "lines": lines,
        "zone": zone_name(office) if office else "UTC",
        "since": date_format(asked.first, "j F Y"),
        "first": asked.first.isoformat(),
        "typed": {name: request.GET.get(name, "") for name in FIELDS},
        "query": _query(request),
        "tabs": _tabs(request, asked),
        "spans": _spans(request, asked, today_in(zone)),
        "roles": [(value, label, value == asked.role) for value, label in Role.choices],
        "verbs": _chosen(words.VERBS, asked.verb, words.verb_words(asked.verb)),
        "kinds": _chosen(words.kinds(), asked.object_type, capfirst(asked.object_type)),
        "is_filtered": any(request.GET.get(name) for name in FIELDS),
        "newest_url": f"?{_query(request)}" if below else "",
        "older_url": _older(request, further),
        "head": _head(zone),
        "most": exports.MOST,
    }
    return render(request, "audit/trail.html", context)


@require_GET
def manage_audit_event(request, pk: int):
    demand_permission(request.user, "portal.read_audit")
    event = queries.event(pk)
    if event is None:
        raise Http404
    office = queries.clock()
    zone = office.zone if office else ZoneInfo("UTC")
    [line] = trail_lines.lines([event], queries.names_of([event]), zone)
    changes = words.change_lines(event.changes, zone)
    context = {
        "event": event,
        "line": line,
        "zone": zone_name(office) if office else "UTC",
        "at": date_format(event.at.astimezone(zone), "l j F Y, H:i:s"),
        "changes": changes,
        "has_before": any(before for _name, before, _after in changes),
        "thing_url": _page_of(event.object_type, event.object_id),
        "patient_url": reverse("patient", args=[event.patient_id]) if event.patient_id else "",
        "row_hash": bytes(event.row_hash).hex(),
        **_more(event, today_in(zone)),
    }
    return render(request, "audit/event.html", context)


@require_POST
def manage_audit_export(request):
    """The filtered events as a CSV file, at most `exports.MOST` of them; the filter is in the
    URL."""
    demand_permission(request.user, "portal.read_audit")
    office = queries.clock()
    zone = office.zone if office else ZoneInfo("UTC")
    asked = _with_people(TrailForm(request.GET), today_in(zone))
    exports.record(asked, by=request.user)
    response = StreamingHttpResponse(_csv(asked, zone), content_type="text/csv; charset=utf-8")
    name = f"audit-{asked.first.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _csv(asked: TrailFilter, zone: ZoneInfo):
    made, count = trail_lines.CsvLines(zone), 0
    yield made.head()
    for events in queries.all_events(asked, zone, exports.MOST):
        yield "".join(made.of(events, queries.names_of(events)))
        count += len(events)
    if count == exports.MOST:
        told = _("Only the newest %(n)s events are in this file: choose a shorter time.")
        yield made.sentence(told % {"n": exports.MOST})


def _with_people(form: TrailForm, today) -> TrailFilter:
    """What the form asks for, with the ids of the people it names: up to two queries."""
    asked, values = form.wanted(today), form.cleaned_data
    who, patient = values.get("who", ""), values.get("patient", "")
    return replace(
        asked,
        actors=queries.users_called(who) if who else None,
        patients=queries.patients_called(patient) if patient else None,
    )


def _query(request, **changes: str) -> str:
    kept = {name: request.GET.get(name, "") for name in FIELDS} | changes
    return urlencode({name: value for name, value in kept.items() if value})


def _older(request, further: Place | None) -> str:
    return f"?{_query(request, below=text_of(further))}" if further else ""


def _tabs(request, asked: TrailFilter) -> list[tuple[str, str, bool]]:
    """(URL, label, whether chosen)."""
    is_admins = asked.role == Role.ADMIN
    return [
        (f"?{_query(request, role='')}", _("Everybody"), not is_admins),
        (f"?{_query(request, role=Role.ADMIN)}", _("What admins did"), is_admins),
    ]


def _spans(request, asked: TrailFilter, today) -> list[tuple[str, str, bool]]:
    """The same for the last days."""
    labels = {7: _("7 days"), 30: _("30 days"), 365: _("A year")}
    found = []
    for days in SPANS:
        first = today - timedelta(days=days - 1)
        url = f"?{_query(request, first=first.isoformat(), last='')}"
        found.append((url, labels[days], asked.first == first and not asked.last))
    return found


def _chosen(choices, chosen: str, label: str) -> list[tuple[str, str, bool]]:
    """Options by their label; what is chosen is one of them, even if it is not known."""
    known = {value: str(text) for value, text in choices.items()}
    if chosen and chosen not in known:
        known[chosen] = label
    by_label = sorted(known.items(), key=lambda item: item[1].lower())
    return [(value, text, value == chosen) for value, text in by_label]


def _head(zone: ZoneInfo) -> dict[str, object] | None:
    found = queries.head(since=timezone.now() - UNSEALED)
    if found is None:
        return None
    seal, is_behind = found
    return {
        "number": seal.number,
        "digest": seal.digest,
        "at": date_format(seal.sealed_at.astimezone(zone), "j F Y, H:i"),
        "is_behind": is_behind,
    }


def _page_of(kind: str, pk: int) -> str:
    return reverse(PAGES[kind], args=[pk]) if kind in PAGES and pk > 0 else ""


def _more(event: AuditEvent, today) -> dict[str, str]:
    """Links to what else there is of the same person, patient and thing."""
    url, about = reverse("manage-audit"), {}
    first = min(event.at.date(), today - timedelta(days=SPANS[1] - 1)).isoformat()
    if event.actor_id:
        about["of_person_url"] = f"{url}?{urlencode({'first': first, 'who': event.actor_id})}"
    if event.patient_id:
        query = urlencode({"first": first, "patient": event.patient_id})
        about["of_patient_url"] = f"{url}?{query}"
    if event.object_id:
        thing = {"first": first, "type": event.object_type, "object": event.object_id}
        about["of_thing_url"] = f"{url}?{urlencode(thing)}"
    return about
