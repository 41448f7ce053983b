"""An extra time outside the doctor's slots, for a walk-in patient (requirement B21)."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from portal.desk.forms.walk_ins import ExtraTimeForm
from portal.desk.queries.desk import doctors_at
from portal.desk.queries.walk_ins import busy_today, first_gap
from portal.desk.services import walk_ins
from portal.desk.views.at_desk import AtDesk, for_walk_in
from portal.desk.views.walk_in import walked_in
from portal.errors import Forbidden, NeedsConfirmation, PortalError
from portal.models import Appointment, Doctor
from portal.web.context import for_request
from portal.web.ids import id_of
from portal.web.refusals import add_refusal


@require_http_methods(["GET", "POST"])
@for_walk_in
def walk_in_extra(request, at: AtDesk):
    """At the desk's office; if the time is outside the hours, the user must confirm it."""
    doctors = doctors_at([at.office] if at.office else [])
    if request.method == "GET":
        return _page(request, at, ExtraTimeForm(initial=_first_gap(request, at), doctors=doctors))
    form = ExtraTimeForm(request.POST, doctors=doctors)
    if not form.is_valid():
        return _page(request, at, form)
    try:
        made = _book(request, at, form)
    except Forbidden as error:
        raise PermissionDenied from error
    except NeedsConfirmation as question:
        return _page(request, at, form, question=question)
    except PortalError as error:
        add_refusal(form, error)
        return _page(request, at, form, status=error.status)
    return walked_in(request, made, at) if made else _page(request, at, form)


def _book(request, at: AtDesk, form: ExtraTimeForm) -> Appointment | None:
    typed = form.cleaned_data
    doctor = Doctor.objects.select_related("office").get(pk=typed["doctor"])
    starts_at = form.starts_at(doctor.office.zone)
    if starts_at is None:
        return None
    return walk_ins.book_extra(
        doctor,
        patient_id=at.patient.pk,
        starts_at=starts_at,
        minutes=typed["minutes"],
        reason=typed["reason"],
        arrived=typed["here"],
        confirmed=request.POST.get("confirmed") == form.asked_about,
        form_token=typed["token"],
        by=request.user,
    )


def _first_gap(request, at: AtDesk) -> dict:
    """The doctor in the URL, or the first one, and when a time of the usual length fits."""
    minutes = for_request(request).grid_minutes
    doctors = (
        Doctor.objects.filter(office=at.office)
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


def _page(request, at: AtDesk, form, *, question: NeedsConfirmation | None = None, status=422):
    if not form.errors:
        status = 200  # a question is no refusal
    context = at.context() | {"form": form, "question": question}
    return render(request, "desk/walk_in_extra.html", context, status=status)
