"""The front desk's day: every appointment of its offices (requirement B17)."""

from collections import Counter
from datetime import date, timedelta
from urllib.parse import urlencode

from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from portal.context import for_request
from portal.enums import AppointmentState, Role
from portal.models import Office
from portal.queries import desk as queries
from portal.views.appointment_lines import lines
from portal.views.days import day_in_url
from portal.views.fetch import demand_role
from portal.views.ids import id_of

FILTERS = ("day", "office", "doctor", "state")


@require_GET
@vary_on_headers("HX-Request")
def desk(request):
    demand_role(request.user, Role.ASSISTANT, Role.ADMIN)
    offices = queries.offices_run_by(request.user)
    office, doctor = id_of(request.GET.get("office")), id_of(request.GET.get("doctor"))
    shown = [one for one in offices if one.pk == office] or offices
    day = day_in_url(request)
    rows = queries.day_sheet(shown, day, doctor=doctor)
    state = request.GET.get("state", "")
    wanted = [row for row in rows if not state or row.state == state]
    shown_lines = lines(
        wanted, user=request.user, settings=for_request(request), with_cancel=False, with_marks=True
    )
    now = timezone.now()
    context = {
        "lines": shown_lines,
        "past": [line for line in shown_lines if line.starts <= now],
        "coming": [line for line in shown_lines if line.starts > now],
        "shows_marks": any(line.marks for line in shown_lines),
        "sheet_url": _url(request),
        "total": len(rows),
        "state": state,
        "states": _states(request, rows, state),
        "all_url": _url(request, state=""),
        "whole_day_url": _url(request, state="", office="", doctor=""),
        "is_filtered": bool(state or office or doctor),
        "offices": offices,
        "shows_office": len(shown) > 1,
        "shows_zone": len({one.time_zone for one in shown}) > 1,
        **_days(request, day, shown),
        **_options(offices, office, doctor),
    }
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "desk/desk.html#day", context)
    return render(request, "desk/desk.html", context)


def _days(request, day: date | None, offices: list[Office]) -> dict:
    """Without a day in the URL each office shows its own today; the heading is the first one's."""
    today = queries.today_at(offices[0]) if offices else timezone.now().date()
    shown = day or today
    return {
        "day": shown.isoformat(),
        "day_words": date_format(shown, "l j F Y"),
        "is_today": shown == today,
        "now": timezone.now().astimezone(offices[0].zone).strftime("%H:%M") if offices else "",
        "today_url": _url(request, day=""),
        "previous_url": _url(request, day=(shown - timedelta(days=1)).isoformat()),
        "next_url": _url(request, day=(shown + timedelta(days=1)).isoformat()),
    }


def _states(request, rows, chosen: str) -> list[tuple[str, str, int, bool]]:
    """(URL, label, how many, whether chosen) of each state that the day has, and the chosen one."""
    counts = Counter(row.state for row in rows)
    return [
        (_url(request, state=value), label, counts[value], value == chosen)
        for value, label in AppointmentState.choices
        if counts[value] or value == chosen
    ]


def _options(offices: list[Office], office: int | None, doctor: int | None) -> dict:
    """(value, label, whether chosen) for the two selects."""
    return {
        "office_options": [(one.pk, one.name, one.pk == office) for one in offices],
        "doctor_options": [(pk, name, pk == doctor) for pk, name in queries.doctors_at(offices)],
    }


def _url(request, **changes: str) -> str:
    kept = {name: request.GET.get(name, "") for name in FILTERS} | changes
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"{request.path}?{query}" if query else request.path
