"""Patients: finding one, and one's contact data and appointments (requirements A08, B11)."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from portal.context import for_request
from portal.models import Patient
from portal.queries import appointments
from portal.queries import patients as queries
from portal.queries.pages import page_number
from portal.views.appointment_lines import TAB_LABELS, lines, patient_lines, ungrouped
from portal.views.fetch import get_visible
from portal.views.links import page_links

LONGEST = 100  # characters of a question that are read


@require_GET
@vary_on_headers("HX-Request")
def patients(request):
    if not request.user.has_perm("portal.list_patients"):
        raise PermissionDenied
    text = request.GET.get("q", "").strip()[:LONGEST]
    page = queries.page_of_patients(request.user, text, page_number(request.GET.get("page")))
    context = {
        "q": text,
        "lines": patient_lines(page.rows),
        "page": page.number,
        "has_more": page.has_next or page.has_previous,
        **page_links(request, page),
    }
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "patients/list.html#results", context)
    return render(request, "patients/list.html", context)


@require_GET
def patient(request, pk: int):
    """Contact data, no clinical data; of the appointments those that the reader may see."""
    patient = get_visible(Patient.objects.select_related("user"), request.user, pk)
    tab = request.GET.get("tab")
    tab = tab if tab in appointments.TABS else appointments.TABS[0]
    page = appointments.of_patient(request.user, patient, tab, page_number(request.GET.get("page")))
    rows = lines(page.rows, user=request.user, settings=for_request(request))
    context = {
        "patient": patient,
        "tab": tab,
        "tabs": TAB_LABELS,
        "groups": ungrouped(rows),
        "shows_doctor": not request.user.is_doctor,
        "shows_cancel": any(line.cancel for line in rows),
        "page": page.number,
        **page_links(request, page),
    }
    return render(request, "patients/detail.html", context)
