"""Patients: the list, and a patient's contact data and appointments (requirements A08, B11)."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from portal.appointments.queries import appointments
from portal.appointments.queries.no_shows import attendance
from portal.appointments.rows.appointment_lines import (
    TAB_LABELS,
    lines,
    patient_lines,
    ungrouped,
)
from portal.audit.services import access
from portal.erasure.queries import requests
from portal.models import Patient, PatientMerge
from portal.notifications.queries import ledger
from portal.notifications.rows.manage_lines import moment
from portal.people.queries import erased, merges
from portal.people.queries import patients as queries
from portal.web.context import for_request
from portal.web.fetch import get_visible
from portal.web.links import page_links
from portal.web.pages import page_number

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
        "erased": erased.with_number(text, for_user=request.user),
        "new_url": _new_url(request.user, text),
        "may_merge": request.user.has_perm("portal.merge_patients"),
        "lines": patient_lines(page.rows),
        "page": page.number,
        "has_more": page.has_next or page.has_previous,
        **page_links(request, page),
    }
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "desk/patients/list.html#results", context)
    return render(request, "desk/patients/list.html", context)


@require_GET
def patient(request, pk: int):
    """Contact data, no clinical data; only those appointments that the user may see. The number of
    a patient who was merged into another leads to that one; of one who was erased nothing is left
    but the number."""
    try:
        charts = Patient.objects.select_related("user").annotate(
            has_merges=merges.are_into(), will_be_erased_on=requests.due_on()
        )
        patient = get_visible(charts, request.user, pk)
    except Http404:
        if gone := erased.erased(pk, for_user=request.user):
            return _erased(request, gone)
        if stays := merges.who_stays(pk, for_user=request.user):
            return redirect(stays)
        raise
    access.opened(patient, by=request.user, patient=patient)
    tab = request.GET.get("tab")
    tab = tab if tab in appointments.TABS else appointments.TABS[0]
    page = appointments.of_patient(request.user, patient, tab, page_number(request.GET.get("page")))
    rows = lines(page.rows, user=request.user, settings=for_request(request))
    context = {
        "patient": patient,
        "shows_contact": request.user.is_staff or patient.user_id == request.user.pk,
        "attendance": attendance(patient.pk) if request.user.is_staff else None,
        "may_walk_in": request.user.has_perm("portal.add_patient"),
        "may_erase": request.user.has_perm("portal.manage_erasures"),
        "may_edit": request.user.has_perm("portal.edit_patient"),
        "merges": _merges(request.user, patient),
        "further_phones": patient.further_phones.all() if request.user.is_staff else (),
        "tab": tab,
        "tabs": TAB_LABELS,
        "groups": ungrouped(rows),
        "shows_doctor": not request.user.is_doctor,
        "shows_cancel": any(line.cancel for line in rows),
        "page": page.number,
        **page_links(request, page),
    }
    return render(request, "desk/patients/detail.html", context)


def _erased(request, patient: Patient):
    """Only a number and how many appointments there were."""
    clock = ledger.clock()
    context = {
        "patient": patient,
        "erased_on": moment(patient.erased_at, clock, "j F Y"),
        "counts": erased.appointments_of(patient, for_user=request.user),
    }
    return render(request, "desk/patients/erased.html", context)


def _merges(user, patient) -> list[PatientMerge]:
    """For the desk: one query, none where nobody was merged."""
    may_read = patient.has_merges and user.has_perm("portal.merge_patients")
    return merges.standing(patient) if may_read else []


def _new_url(user, text: str) -> str:
    """The page for entering a new patient, with the search text filled in."""
    if not user.has_perm("portal.add_patient"):
        return ""
    return reverse("patient-new") + (f"?{urlencode({'q': text})}" if text else "")
