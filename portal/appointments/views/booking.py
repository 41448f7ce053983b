"""Booking a slot: check your answers, confirm, and the confirmation page (B08, B11)."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from portal.appointments.forms.booking import BookingForm
from portal.appointments.queries.appointments import with_people
from portal.appointments.queries.clashes import overlapping_of
from portal.appointments.queries.no_shows import attendance
from portal.appointments.queries.requests import own_request
from portal.appointments.services import appointments, making, obstacles
from portal.appointments.views.choose_patient import choose_patient
from portal.appointments.views.for_whom import choose_whom, patient_for
from portal.appointments.views.told_words import told_words
from portal.appointments.views.unknown_time import leads_on
from portal.enums import AppointmentState, SlotState
from portal.errors import (
    ClosedDay,
    LimitReached,
    Overlap,
    PortalError,
    SlotTaken,
    TooLate,
)
from portal.models import HOLDING, Appointment, Offer, Patient, Slot
from portal.slots.queries.closures import closure_of
from portal.slots.queries.slots import nearest_free
from portal.slots.services import closures
from portal.web.context import for_request
from portal.web.fetch import get_visible


@require_http_methods(["GET", "POST"])
@leads_on
def slot_book(request, pk: int):
    if request.method == "POST" and "review" not in request.POST:
        form = BookingForm(request.POST, for_staff=request.user.is_staff)
        if form.is_valid():
            return _book(request, pk, form)
    else:
        typed = {"reason": request.POST.get("reason", "")}
        form = BookingForm(initial=typed, for_staff=request.user.is_staff)
    slot = _slot(request, pk)
    patient = _patient(request)
    if patient is None and request.method == "POST" and request.user.is_staff:
        raise PermissionDenied
    if not request.user.has_perm("portal.book_slot", slot):
        raise PermissionDenied
    if patient is None:
        choose = choose_patient if request.user.is_staff else choose_whom
        return choose(request, slot=slot)
    if own := _own_on(slot, patient):
        return redirect(own)
    status = 422 if form.errors else 200
    if refusal := _refusal(slot):
        return _page(request, slot, patient, form, refusal=refusal, status=status)
    return _page(request, slot, patient, form, status=status, clash=_clash(request, slot, patient))


@require_GET
def appointment_booked(request, pk: int):
    appointment = get_visible(with_people(Appointment.objects.all()), request.user, pk)
    settings = for_request(request)
    is_for_other = request.user.is_staff and appointment.state == AppointmentState.CONFIRMED
    context = {
        "appointment": appointment,
        "told": told_words(appointment, "appointment_confirmed") if is_for_other else "",
        "cancel_until": _cancel_until(appointment, settings),
        "is_request": appointment.state == AppointmentState.REQUESTED,
    }
    return render(request, "appointments/booking/booked.html", context)


def _book(request, slot_id: int, form: BookingForm):
    if request.user.is_staff:
        _slot(request, slot_id)
    patient = _patient(request)
    if patient is None:
        if request.user.is_staff:
            raise PermissionDenied
        return choose_whom(request, slot=_slot(request, slot_id))
    try:
        appointment = appointments.book(
            slot_id,
            patient_id=patient.pk,
            by=request.user,
            reason=form.cleaned_data["reason"],
            form_token=form.cleaned_data["token"],
        )
    except (Slot.DoesNotExist, Patient.DoesNotExist) as error:
        raise Http404 from error
    except PortalError as error:
        if error.status == 403:
            raise
        return _page(request, _slot(request, slot_id), patient, form, refusal=error)
    return redirect("appointment-booked", appointment.pk)


def _refusal(slot: Slot) -> PortalError | None:
    """Why nobody can book it, before anybody tries."""
    if slot.state != SlotState.OPEN or slot.starts_at <= timezone.now():
        return obstacles.why_not_free(slot)
    closure = closure_of(slot)
    return closures.refuse(closure) if closure else None


def _own_on(slot: Slot, patient: Patient) -> Appointment | Offer | None:
    """The patient's own appointment on the slot, or its offer, for a user who goes back in the
    browser."""
    if slot.state == SlotState.OFFERED:
        return slot.offers.open().filter(wait__patient=patient).first()
    if slot.state == SlotState.OPEN and slot.has_requests:
        return own_request(slot, patient.pk)
    if slot.state != SlotState.TAKEN:
        return None
    return slot.appointments.filter(patient=patient, state__in=HOLDING).first()


def _slot(request, pk: int) -> Slot:
    slots = Slot.objects.select_related("doctor", "doctor__user", "doctor__specialty", "office")
    return get_visible(slots, request.user, pk)


def _patient(request) -> Patient | None:
    """For whom it is booked; None while that is to be chosen."""
    named = request.POST if request.POST.get("patient") else request.GET
    return patient_for(request, named)


def _clash(request, slot: Slot, patient: Patient) -> PortalError | None:
    """The patient's own appointments that would refuse the booking: one query."""
    try:
        rules = {"by": request.user, "settings": for_request(request)}
        obstacles.check_patient_is_free(patient, slot, **rules)
    except (Overlap, LimitReached) as error:
        return error
    return None


def _page(
    request,
    slot,
    patient,
    form,
    *,
    refusal: PortalError | None = None,
    clash: PortalError | None = None,
    status: int = 200,
):
    """The page to check. After a refusal it says why, keeps what was typed and offers other
    times."""
    settings = for_request(request)
    by_request = request.user.is_patient and slot.doctor.on_request
    refusal = refusal or clash
    others, overlapping = [], []
    if isinstance(refusal, Overlap):
        overlapping = overlapping_of(patient, slot, user=request.user)
    if isinstance(refusal, SlotTaken | Overlap | TooLate | ClosedDay):
        others = nearest_free(slot, settings=settings, by=request.user)
    context = {
        "slot": slot,
        "patient": patient,
        "form": form,
        "attendance": attendance(patient.pk) if request.user.is_staff else None,
        "refusal": refusal,
        "others": others,
        "overlapping": overlapping,
        "is_clash": clash is not None,
        "is_gone": isinstance(refusal, SlotTaken | TooLate | ClosedDay),
        "cancel_until": _cancel_until(slot, settings),
        "answer_by": making.answer_by(slot, settings=settings) if by_request else None,
    }
    return render(
        request,
        "appointments/booking/check.html",
        context,
        status=refusal.status if refusal and not clash else status,
    )


def _cancel_until(thing, settings):
    """Until when a patient can cancel online; None if that moment has passed."""
    until = appointments.cancel_until(thing.starts_at, settings=settings)
    return until if until > timezone.now() else None
