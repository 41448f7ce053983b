"""Search for appointments and patients (requirement B16)."""

from urllib.parse import urlencode

from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from portal.appointments.rows.appointment_lines import kept_lines, patient_lines
from portal.desk.queries.search import SHOWN, Found, Terms, reference_of
from portal.desk.queries.search import search as find
from portal.people.queries import erased
from portal.web.links import page_links
from portal.web.long_tables import render_long
from portal.web.pages import page_number

LONGEST = 100  # characters of a question that are read


@require_GET
@vary_on_headers("HX-Request")
def search(request):
    user = request.user
    asked = {name: _asked(request, name) for name in ("q", "doctor", "patient")}
    if not user.acts_for_others:
        asked["patient"] = ""
    terms = Terms(text=asked["q"], doctor=asked["doctor"], patient=asked["patient"])
    found = find(user, terms, page_number(request.GET.get("page")))
    page = found.appointments
    is_part = request.htmx and not request.htmx.history_restore_request
    if (meant := _meant(asked["q"], found)) and not is_part:
        return redirect("appointment", meant)
    context = {
        "asked": asked,
        "erased": erased.with_number(asked["q"], for_user=user),
        "is_asked": bool(terms),
        "lines": kept_lines(page.rows, user=user),
        "page": page.number,
        "has_more": page.has_next or page.has_previous,
        "patients": patient_lines(found.patients[:SHOWN]),
        "has_more_patients": len(found.patients) > SHOWN,
        "new_url": _new_url(user, asked["q"]),
        **page_links(request, page),
    }
    if is_part:
        return render_long(request, "desk/search/search.html#results", context)
    return render_long(request, "desk/search/search.html", context)


def _meant(text: str, found: Found) -> int | None:
    """The appointment whose reference was typed; six letters may also be a name."""
    rows = found.appointments.rows
    reference = reference_of(text)
    meant = next((row.pk for row in rows if row.reference == reference), None)
    is_only_one = len(rows) == 1 and not found.patients
    return meant if is_only_one or "-" in text or _is_certain(text) else None


def _is_certain(text: str) -> bool:
    return bool(reference_of(text)) and any(char.isdigit() for char in text)


def _new_url(user, text: str) -> str:
    """The page for entering the patient who was not found."""
    if not text or _is_certain(text) or not user.has_perm("portal.add_patient"):
        return ""
    return f"{reverse('patient-new')}?{urlencode({'q': text})}"


def _asked(request, name: str) -> str:
    return request.GET.get(name, "").strip()[:LONGEST]
