"""Search over appointments by the doctor's or the patient's name (requirement B16)."""

from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from portal.context import for_request
from portal.queries.pages import page_number
from portal.queries.search import SHOWN, Terms
from portal.queries.search import search as find
from portal.views.appointment_lines import lines, patient_lines
from portal.views.links import page_links

LONGEST = 100  # characters of a question that are read


@require_GET
@vary_on_headers("HX-Request")
def search(request):
    user = request.user
    asked = {name: _asked(request, name) for name in ("q", "doctor", "patient")}
    if not user.is_staff:
        asked["patient"] = ""
    terms = Terms(text=asked["q"], doctor=asked["doctor"], patient=asked["patient"])
    found = find(user, terms, page_number(request.GET.get("page")))
    page = found.appointments
    context = {
        "asked": asked,
        "is_asked": bool(terms),
        "lines": lines(page.rows, user=user, settings=for_request(request), with_cancel=False),
        "page": page.number,
        "has_more": page.has_next or page.has_previous,
        "patients": patient_lines(found.patients[:SHOWN]),
        "has_more_patients": len(found.patients) > SHOWN,
        **page_links(request, page),
    }
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "search/search.html#results", context)
    return render(request, "search/search.html", context)


def _asked(request, name: str) -> str:
    return request.GET.get(name, "").strip()[:LONGEST]
