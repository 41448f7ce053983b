"""A patient's records: for the patient, who looks after them, and the treating doctors (C06, C09,
C12)."""

from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.audit.queries import trail
from portal.audit.services import access
from portal.enums import Role, Scope
from portal.models import Patient
from portal.records.queries import notes as queries
from portal.records.queries import openings
from portal.slots.patient_choice import people_of
from portal.web.fetch import demand_role, get_visible
from portal.web.ids import id_of
from portal.web.links import page_links
from portal.web.pages import page_number, paged
from portal.web.templatetags.clinic import zone_name


@require_GET
def records(request):
    """The patient's own, or those of somebody whom they look after."""
    demand_role(request.user, Role.PATIENT)
    patient, people = _chosen(request)
    access.opened(patient, by=request.user, patient=patient)
    held = queries.held_back(patient, reader=request.user)
    return _page(request, patient, people=people, held=held)


@require_GET
def patient_records(request, pk: int):
    """For a doctor who treats the patient."""
    demand_role(request.user, Role.DOCTOR)
    patient = get_visible(Patient, request.user, pk)
    if not request.user.has_perm("portal.read_records", patient):
        raise PermissionDenied
    access.opened(patient, by=request.user, patient=patient)
    return _page(request, patient)


@require_GET
def records_opened(request):
    """“Who opened my record”, on the clock of the clinic's first office (C09)."""
    demand_role(request.user, Role.PATIENT)
    patient, people = _chosen(request)
    access.opened(patient, by=request.user, patient=patient)
    office = trail.clock()
    zone = office.zone if office else ZoneInfo("UTC")
    page = openings.of_patient(patient, page_number(request.GET.get("page")), zone)
    context = {
        "zone": zone_name(office) if office else "UTC",
        "patient": patient,
        "people": people,
        "openings": page.rows,
        "page": page.number,
        **page_links(request, page),
    }
    return render(request, "records/opened.html", context)


def _chosen(request) -> tuple[Patient, list[Patient]]:
    """The patient in the URL (`?patient=<id>`) or the user, and all whose records the user may
    read. 404 for anybody else. One query."""
    people = people_of(request.user, Scope.RECORDS)
    chosen = id_of(request.GET.get("patient"))
    of_id = [one for one in people if one.pk == chosen] if chosen else people
    if not of_id:
        raise Http404
    return of_id[0], people


def _page(request, patient: Patient, **context):
    found = queries.of_patient(patient, reader=request.user)
    page = paged(found, page_number(request.GET.get("page")))
    context |= {
        "patient": patient,
        "notes": page.rows,
        "page": page.number,
        **page_links(request, page),
    }
    return render(request, "records/records.html", context)
