"""The day sheet: all appointments of a day at the offices that the user runs (requirements B17,
B21)."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import blake2s
from itertools import chain
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from portal.appointments.queries.no_shows import no_shows
from portal.appointments.queries.requests import waiting_at
from portal.clock.today import today_at, today_of_clinic
from portal.desk.queries import desk as queries
from portal.desk.queries.desk_fingerprint import Fingerprint, fingerprint, fingerprint_of
from portal.desk.rows.desk_lines import DeskLines, zones_of
from portal.enums import AppointmentState as State
from portal.enums import Role
from portal.models import Office
from portal.web.choices import offices_run_by
from portal.web.days import day_in_url
from portal.web.fetch import demand_role
from portal.web.ids import id_of
from portal.web.long_tables import render_long
from portal.web.templatetags.clinic import zone_name

FILTERS = ("day", "office", "doctor", "state", "view")
COLUMNS = "columns"
VIEWS = (("", _("List")), (COLUMNS, _("Doctors in columns")))
ROWS = {"": "desk/_list.html", COLUMNS: "desk/_columns.html"}
SHEET = "desk-sheet"  # the part of the page that a mark or news replaces
REFRESH = "desk-refresh"  # what asks for news
APART = (State.REQUESTED, State.DECLINED, State.EXPIRED)  # have never held a slot


@dataclass(frozen=True)
class Asked:
    """The filters in the URL, limited to the offices that the user runs."""

    offices: list[Office]
    shown: list[Office]
    office: int | None
    doctor: int | None
    day: date | None  # None is today, wherever each office is
    state: str
    view: str

    @classmethod
    def of(cls, request) -> "Asked":
        offices = offices_run_by(request.user)
        office = id_of(request.GET.get("office"))
        return cls(
            offices=offices,
            shown=[one for one in offices if one.pk == office] or offices,
            office=office,
            doctor=id_of(request.GET.get("doctor")),
            day=day_in_url(request),
            state=request.GET.get("state", ""),
            view=COLUMNS if request.GET.get("view") == COLUMNS else "",
        )

    @property
    def shows_free_slots(self) -> bool:
        """Free slots are hidden if the user filters by state."""
        return self.view == COLUMNS and not self.state

    @property
    def today(self) -> date:
        """The date at the first office shown."""
        return today_at(self.shown[0]) if self.shown else today_of_clinic()


@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def desk(request):
    """The page, its fragment for htmx, and the sheet's own poll every few seconds, which is
    answered with 304 if nothing has changed."""
    demand_role(request.user, Role.ASSISTANT, Role.ADMIN)
    asked = Asked.of(request)
    if request.htmx.trigger == REFRESH:
        return _news(request, asked)
    context = _context(request, asked)
    if request.htmx and not request.htmx.history_restore_request:
        part = "desk/_sheet.html" if request.htmx.target == SHEET else "desk/desk.html#day"
        return render_long(request, part, context)
    context["requests_waiting"] = waiting_at(asked.offices)
    return render_long(request, "desk/desk.html", context)


def _tag(asked: Asked, found: Fingerprint) -> str:
    """“2026-03-04/…/…”: the day, the content of the sheet, and the passed time."""
    days = [(one.pk, asked.day or today_at(one)) for one in asked.shown]
    what = blake2s(f"{days} {found.what}".encode(), digest_size=9).hexdigest()
    return f"{asked.day or asked.today}/{what}/{found.clock}"


def _news(request, asked: Asked) -> HttpResponse:
    found = fingerprint(
        asked.shown, asked.day, doctor=asked.doctor, with_free=asked.shows_free_slots
    )
    response = get_conditional_response(request, etag=f'"{_tag(asked, found)}"')
    if response is None:
        context = _context(request, asked)
        response = render_long(request, "desk/_sheet.html", context)
        response["ETag"] = f'"{context["tag"]}"'
        known = request.headers.get("If-None-Match", "").strip('"')
        if known and known.partition("/")[0] != context["tag"].partition("/")[0]:
            response["HX-Refresh"] = "true"  # it is tomorrow: the heading changes as well
    return response


def _context(request, asked: Asked) -> dict:
    rows = queries.day_sheet(asked.shown, asked.day, doctor=asked.doctor)
    free = _free(asked)
    tag = _tag(asked, fingerprint_of(rows, free))
    missed = no_shows(row.patient_id for row in rows)
    lines = DeskLines(asked.shown, missed=missed, today=asked.today, day=asked.day)
    wanted = [row for row in rows if _is_wanted(row, asked)]
    requests = [row for row in rows if row.state == State.REQUESTED]
    requests = requests if asked.state in ("", State.REQUESTED) else []
    shows_zone = len(zones_of(chain(wanted, requests, free))) > 1
    if asked.view == COLUMNS:
        shown = lines.columns(wanted, free, counted=_counted(asked.state))
    else:
        shown = lines.listed(wanted)
    return {
        "lines": shown,
        "rows_part": ROWS[asked.view] if shown else "desk/_none.html",
        "shows_actions": any(lines.has_actions(row) for row in wanted),
        "requests": [lines.request(row, with_zone=shows_zone) for row in requests],
        "clocks": lines.clocks_of(wanted),
        "tag": tag,
        "changes": tag.rpartition("/")[0],
        "sheet_url": _url(request),
        "paper_url": _paper_url(asked),
        "paper_tomorrow_url": _paper_url(asked, later=1),
        "walk_in_url": _walk_in_url(asked),
        "state": asked.state,
        "view": asked.view,
        "views": [(_url(request, view=value), text, value == asked.view) for value, text in VIEWS],
        "whole_day_url": _url(request, state="", office="", doctor=""),
        "is_filtered": bool(asked.state or asked.office or asked.doctor),
        "offices": asked.offices,
        "shown": asked.shown,
        "shows_office": len(asked.shown) > 1,
        "shows_zone": shows_zone,
        **_states(request, rows, asked),
        **_days(request, asked),
        **_options(asked),
    }


def _is_wanted(row, asked: Asked) -> bool:
    """Requests are listed separately, below the others. Columns show only what holds a slot: for a
    cancelled appointment they show the slot, unless the user filters for cancelled ones."""
    if asked.state:
        return row.state == asked.state != State.REQUESTED
    return row.state not in APART and not (asked.view == COLUMNS and row.state == State.CANCELLED)


def _counted(state: str) -> str:
    """The number of rows of a column: “3 booked”, or of the chosen state."""
    if state in State.values:
        return f"%(n)s {State(state).label.lower()}"
    return str(_("%(n)s booked"))


def _free(asked: Asked):
    if not asked.shows_free_slots:
        return []
    return queries.free_slots(asked.shown, asked.day, doctor=asked.doctor)


def _days(request, asked: Asked) -> dict:
    """Without a day in the URL each office shows its own today; the heading shows the first
    office's date."""
    shown = asked.day or asked.today
    first = asked.shown[0] if asked.shown else None
    return {
        "day": shown.isoformat(),
        "day_words": date_format(shown, "l j F Y"),
        "heading": date_format(shown, "D j F Y"),  # beside the buttons: the rows begin higher up
        "is_today": shown == asked.today,
        "now": timezone.now().astimezone(first.zone).strftime("%H:%M") if first else "",
        "zone": first.time_zone if first else "",
        "zone_name": zone_name(first) if first else "",
        "today_url": _url(request, day=""),
        "previous_url": _url(request, day=(shown - timedelta(days=1)).isoformat()),
        "next_url": _url(request, day=(shown + timedelta(days=1)).isoformat()),
    }


def _states(request, rows, asked: Asked) -> dict:
    """(URL, label, number, whether chosen) of each state on that day, and the chosen one; `total`
    is the number of rows without a filter."""
    counts = Counter(row.state for row in rows)
    every = replace(asked, state="")
    return {
        "total": sum(_is_wanted(row, every) for row in rows),
        "all_url": _url(request, state=""),
        "states": [
            (_url(request, state=value), label, counts[value], value == asked.state)
            for value, label in State.choices
            if counts[value] or value == asked.state
        ],
    }


def _options(asked: Asked) -> dict:
    """(value, label, whether chosen) for the two selects."""
    doctors = queries.doctors_at(asked.offices)
    return {
        "office_options": [(one.pk, one.name, one.pk == asked.office) for one in asked.offices],
        "doctor_options": [(pk, name, pk == asked.doctor) for pk, name in doctors],
    }


def _paper_url(asked: Asked, *, later: int = 0) -> str:
    """The day on the screen on paper, or the one so many days later."""
    day = (asked.day or asked.today) + timedelta(days=later)
    values = {"day": day, "office": asked.office, "doctor": asked.doctor}
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{reverse('desk-paper')}?{query}"


def _walk_in_url(asked: Asked) -> str:
    """With the office by which the sheet is filtered, if it is."""
    is_one = asked.office and asked.shown != asked.offices
    return reverse("walk-in") + (f"?office={asked.office}" if is_one else "")


def _url(request, **changes: str) -> str:
    kept = {name: request.GET.get(name, "") for name in FILTERS} | changes
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"{request.path}?{query}" if query else request.path
