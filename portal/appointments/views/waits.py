"""The waiting list: the user's own entries, the desk's list, joining and leaving (B15, B20)."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.appointments.forms.waits import EarlierForm, WaitForm
from portal.appointments.queries import waits as queries
from portal.appointments.queries.appointments import with_people
from portal.appointments.rows.wait_lines import lines
from portal.appointments.services import waitlist
from portal.appointments.services.waitlist import Wish
from portal.appointments.views.for_whom import choose_whom, patient_for
from portal.appointments.views.free_first import FreeFirst, free_first
from portal.appointments.views.unknown_time import leads_on
from portal.enums import SlotState
from portal.errors import Forbidden, PortalError
from portal.models import Appointment, Patient, Slot, Wait
from portal.people.queries import patients
from portal.web.choices import doctors_and_specialties
from portal.web.fetch import get_visible
from portal.web.ids import id_of
from portal.web.links import page_links
from portal.web.pages import page_number, paged
from portal.web.refusals import add_refusal

LONGEST = 300  # the most characters of the list of shown times that are read
# Parameter of the URL → field of the form; the filters of the free times have these names.
PREFILLED = {
    "doctor": "doctor",
    "specialty": "specialty",
    "office": "office",
    "from": "first_day",
    "to": "last_day",
    "part": "parts",
}


@require_GET
def waits(request):
    """Patients see their own entries; staff see those for their offices, filtered by patient or
    doctor."""
    found = queries.waits_of(request.user)
    patient, doctor = (id_of(request.GET.get(name)) for name in ("patient", "doctor"))
    context: dict[str, Any] = {}
    if request.user.is_staff:
        found = found.filter(patient=patient) if patient else found
        found = found.of_doctor(doctor) if doctor else found
        doctors, _specialties = doctors_and_specialties()
        context["doctor_options"] = [(pk, name, pk == doctor) for pk, name in doctors]
        context["patient"] = patient and get_visible(Patient, request.user, patient)
    page = paged(found, page_number(request.GET.get("page")))
    context |= {
        "lines": lines(page.rows, queries.offers_to(page.rows, request.user)),
        "is_filtered": bool(patient or doctor),
        "page": page.number,
        **page_links(request, page),
    }
    return render(request, "appointments/waits/list.html", context)


@require_http_methods(["GET", "POST"])
@leads_on
def wait_new(request):
    """Makes an entry for the slot or appointment in the URL, or for what the form says."""
    asked = request.POST if request.method == "POST" else request.GET
    if appointment_id := id_of(asked.get("appointment")):
        found = with_people(Appointment.objects.all())
        appointment = get_visible(found, request.user, appointment_id)
        if not request.user.has_perm("portal.reschedule_appointment", appointment):
            raise PermissionDenied
        if slot_id := id_of(asked.get("slot")):
            return _for_slot(request, slot_id, appointment.patient, appointment)
        return _for_earlier(request, appointment)
    patient = patient_for(request, asked)
    if patient is None:
        return _choose_patient(request) if request.user.is_staff else choose_whom(request)
    if slot_id := id_of(asked.get("slot")):
        return _for_slot(request, slot_id, patient, None)
    return _for_any(request, patient)


@require_POST
def wait_leave(request, pk: int):
    wait = get_visible(Wait.objects.select_related("patient"), request.user, pk)
    try:
        waitlist.leave(wait, by=request.user)
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("This wait has ended."))
    return redirect("waits")


def _for_slot(request, slot_id: int, patient: Patient, appointment: Appointment | None):
    slot = get_visible(Slot.objects.select_related("doctor", "office"), request.user, slot_id)
    if request.method != "POST":
        context = {"slot": slot, "patient": patient, "appointment": appointment}
        return render(request, "appointments/waits/slot.html", context)
    reason = request.POST.get("reason", "").strip()
    about = {"slot": slot, "appointment": appointment, "reason": reason}
    try:
        waitlist.join_for_slot(patient, by=request.user, **about)
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        slot.refresh_from_db(fields=["state"])
        context = {"slot": slot, "patient": patient, "appointment": appointment, "refusal": error}
        context["is_free"] = slot.state == SlotState.OPEN
        return render(request, "appointments/waits/slot.html", context, status=error.status)
    return _joined(request, patient)


def _for_earlier(request, appointment: Appointment):
    posted = request.POST if request.method == "POST" else None
    form, patient = EarlierForm(posted), appointment.patient
    wish = Wish(office=appointment.office)
    if posted is None:
        free = free_first(request, wish, patient, appointment)
        return _form(request, form, patient, appointment=appointment, free=free)
    if form.is_valid():
        values = {**form.cleaned_data, "parts": tuple(form.cleaned_data["parts"])}
        if free := free_first(request, replace(wish, **values), patient, appointment):
            return _form(request, form, patient, appointment=appointment, free=free)
        try:
            waitlist.join_for_earlier(appointment, by=request.user, **values)
            return _joined(request, appointment.patient)
        except Forbidden as error:
            raise PermissionDenied from error
        except PortalError as error:
            return _form(request, form, patient, error=error, appointment=appointment)
    return _form(request, form, patient, appointment=appointment)


def _for_any(request, patient: Patient):
    if request.method != "POST":
        given = _prefilled(request)
        asked = WaitForm(given, by=request.user)
        free = free_first(request, asked.wish, patient) if asked.is_valid() else None
        return _form(request, WaitForm(initial=given, by=request.user), patient, free=free)
    form = WaitForm(request.POST, by=request.user)
    if form.is_valid():
        if free := free_first(request, form.wish, patient):
            return _form(request, form, patient, free=free)
        values = {"wish": form.wish, "reason": form.cleaned_data["reason"]}
        try:
            waitlist.join(patient, by=request.user, **values)
            return _joined(request, patient)
        except Forbidden as error:
            raise PermissionDenied from error
        except PortalError as error:
            return _form(request, form, patient, error=error)
    return _form(request, form, patient)


def _form(
    request,
    form,
    patient: Patient,
    *,
    error: PortalError | None = None,
    appointment: Appointment | None = None,
    free: FreeFirst | None = None,
):
    status = 200
    if error is not None:
        add_refusal(form, error)
        status = error.status
    elif form.errors:
        status = 422
    context = {"form": form, "patient": patient, "appointment": appointment, "free": free}
    context["seen"] = free.seen if free else request.POST.get("seen", "")[:LONGEST]
    return render(request, "appointments/waits/new.html", context, status=status)


def _prefilled(request) -> dict:
    given = {field: request.GET.get(name) for name, field in PREFILLED.items()}
    parts = given.pop("parts")
    return {**given, "parts": [parts] if parts else []}


def _joined(request, patient: Patient):
    text = _("You are on the waiting list. As soon as a time is free for you, we tell you.")
    if request.user.acts_for_others:
        text = _("%(patient)s is on the waiting list.") % {"patient": patient.name}
    messages.success(request, text)
    return redirect("waits")


def _choose_patient(request):
    """Staff choose the patient by parts of the name or digits of the phone number."""
    if request.method == "POST":
        raise PermissionDenied
    text = request.GET.get("q", "")
    kept = {name: request.GET[name] for name in (*PREFILLED, "slot") if request.GET.get(name)}
    page = patients.first_patients(request.user, text)
    context = {"q": text, "kept": kept, "page": page}
    return render(request, "appointments/waits/choose_patient.html", context)
