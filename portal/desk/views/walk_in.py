"""Booking a walk-in patient: choose the patient, then the doctor and time (requirement B21)."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.appointments.queries.no_shows import attendance
from portal.appointments.views.choose_patient import choose_patient
from portal.desk.forms.walk_ins import ExtraTimeForm, WalkInForm
from portal.desk.queries.desk import doctors_at
from portal.desk.queries.walk_ins import busy_today, first_gap, openings
from portal.desk.services import walk_ins
from portal.enums import AppointmentState, Role
from portal.errors import Forbidden, NeedsConfirmation, PortalError
from portal.models import Appointment, Doctor, Patient, Slot
from portal.web.choices import offices_run_by
from portal.web.context import for_request
from portal.web.fetch import demand_role, get_visible
from portal.web.ids import id_of


@require_http_methods(["GET", "POST"])
def walk_in(request):
    """The next free slot of each doctor today, each with a button that books it."""
    demand_role(request.user, Role.ASSISTANT, Role.ADMIN)
    patient = _patient(request)
    if patient is None:
        return redirect("walk-in") if request.method == "POST" else choose_patient(request)
    if request.method == "GET":
        return _page(request, patient, WalkInForm())
    form, slot = WalkInForm(request.POST), id_of(request.POST.get("slot"))
    if slot is None:
        form.add_error(None, _("Choose a doctor’s time."))
    if not form.is_valid():
        return _page(request, patient, form, status=422)
    typed = form.cleaned_data
    slot = get_visible(Slot, request.user, slot)
    try:
        made = walk_ins.book_free(
            slot.pk,
            patient_id=patient.pk,
            reason=typed["reason"],
            arrived=typed["here"],
            form_token=typed["token"],
            by=request.user,
        )
    except Slot.DoesNotExist as error:
        raise Http404 from error
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        return _page(request, patient, form, refusal=error)
    return _done(request, made)


@require_http_methods(["GET", "POST"])
def walk_in_extra(request):
    """An extra time outside the doctor's slots; if it is outside the hours, the user must confirm
    it."""
    demand_role(request.user, Role.ASSISTANT, Role.ADMIN)
    patient = _patient(request)
    if patient is None:
        return redirect("walk-in")
    offices = offices_run_by(request.user)
    doctors = doctors_at(offices)
    if request.method == "GET":
        form = ExtraTimeForm(initial=_first_gap(request, offices), doctors=doctors)
        return _extra_page(request, patient, form)
    form = ExtraTimeForm(request.POST, doctors=doctors)
    if not form.is_valid():
        return _extra_page(request, patient, form)
    try:
        made = _book_extra(request, patient, form)
    except Forbidden as error:
        raise PermissionDenied from error
    except NeedsConfirmation as question:
        return _extra_page(request, patient, form, question=question)
    except PortalError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _extra_page(request, patient, form, status=error.status)
    return _done(request, made) if made else _extra_page(request, patient, form)


def _book_extra(request, patient: Patient, form: ExtraTimeForm) -> Appointment | None:
    typed = form.cleaned_data
    doctor = Doctor.objects.select_related("office").get(pk=typed["doctor"])
    starts_at = form.starts_at(doctor.office.zone)
    return starts_at and walk_ins.book_extra(
        doctor,
        patient_id=patient.pk,
        starts_at=starts_at,
        minutes=typed["minutes"],
        reason=typed["reason"],
        arrived=typed["here"],
        confirmed=request.POST.get("confirmed") == form.asked_about,
        form_token=typed["token"],
        by=request.user,
    )


def _patient(request) -> Patient | None:
    chosen = id_of(request.POST.get("patient") or request.GET.get("patient"))
    return get_visible(Patient, request.user, chosen) if chosen else None


def _first_gap(request, offices) -> dict:
    """The doctor in the URL, or the first one, and when a time of the usual length fits."""
    minutes = for_request(request).grid_minutes
    doctors = (
        Doctor.objects.filter(office__in=offices)
        .select_related("office")
        .order_by("search_name", "pk")
    )
    chosen = id_of(request.GET.get("doctor"))
    doctor = doctors.filter(pk=chosen).first() if chosen else doctors.first()
    if doctor is None:
        return {"minutes": minutes}
    busy = busy_today(doctor, doctor.office)
    gap = first_gap(busy, after=timezone.now(), minutes=minutes).astimezone(doctor.office.zone)
    return {"doctor": doctor.pk, "start": gap.time(), "minutes": minutes}


def _page(request, patient, form, *, refusal: PortalError | None = None, status: int = 200):
    settings = for_request(request)
    offices = offices_run_by(request.user)
    extra = reverse("walk-in-extra")
    context = {
        "section": "desk",
        "patient": patient,
        "attendance": attendance(patient.pk),
        "form": form,
        "refusal": refusal,
        "shows_zone": len({office.time_zone for office in offices}) > 1,
        "openings": [
            (one, f"{extra}?{urlencode({'patient': patient.pk, 'doctor': one.doctor_id})}")
            for one in openings(offices, minutes=settings.grid_minutes)
        ],
    }
    status = refusal.status if refusal else status
    return render(request, "desk/walk_in.html", context, status=status)


def _extra_page(request, patient, form, *, question: NeedsConfirmation | None = None, status=422):
    if not form.errors:
        status = 200  # a question is no refusal
    context = {
        "section": "desk",
        "patient": patient,
        "attendance": attendance(patient.pk),
        "form": form,
        "question": question,
    }
    return render(request, "desk/walk_in_extra.html", context, status=status)


def _done(request, made: Appointment):
    words = {
        "patient": made.patient.name,
        "doctor": made.doctor.name,
        "time": f"{made.starts_at.astimezone(made.office.zone):%H:%M}",
    }
    if made.state == AppointmentState.ARRIVED:
        text = _("%(patient)s is booked with %(doctor)s at %(time)s and is waiting.")
    else:
        text = _("%(patient)s is booked with %(doctor)s at %(time)s.")
    messages.success(request, text % words)
    return redirect("desk")
