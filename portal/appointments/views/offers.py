"""An offer to an entry of the waiting list: accept or decline it (B15, B20)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_stubs_ext import StrOrPromise

from portal.appointments.queries.waits import with_all
from portal.appointments.rows.wait_lines import kept_until
from portal.appointments.services import offers as services
from portal.appointments.views.told_words import moved_words
from portal.appointments.views.unknown_time import leads_on
from portal.enums import OfferState, WaitState
from portal.errors import Forbidden, OfferGone, PortalError, SlotTaken, TooLate
from portal.models import HOLDING, Appointment, Offer, Slot
from portal.slots.queries.slots import nearest_free
from portal.web.context import for_request
from portal.web.fetch import get_visible


@require_GET
@leads_on
def offer(request, pk: int):
    """A GET accepts nothing, because programs that check mails follow links."""
    found = _fetch(request, pk)
    if found.is_good:
        return _page(request, found)
    if taken := _taken(request, found):
        return redirect(taken)
    return _gone(request, found, _("This time is no longer on offer."), status=410)


@require_POST
@leads_on
def offer_accept(request, pk: int):
    found = _fetch(request, pk)
    moves = found.wait.appointment_id is not None
    try:
        appointment = services.accept(found, by=request.user)
    except Forbidden as error:
        raise PermissionDenied from error
    except (OfferGone, SlotTaken, TooLate) as error:
        found = _fetch(request, pk)
        if taken := _taken(request, found):
            return redirect(taken)
        return _gone(request, found, error.message, status=409)
    except PortalError as error:
        return _page(request, found, refusal=error)
    if not moves:
        return redirect("appointment-booked", appointment.pk)
    messages.success(request, moved_words(appointment, reader=request.user))
    return redirect(appointment)


@require_POST
@leads_on
def offer_decline(request, pk: int):
    found = _fetch(request, pk)
    try:
        declined = services.decline(found, by=request.user)
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        return _gone(request, _fetch(request, pk), error.message, status=409)
    text = _("The time goes to the next in line.")
    if declined.wait.state == WaitState.WAITING:
        text += " " + _("You are still waiting, and we tell you of the next one.")
    messages.success(request, text)
    return redirect("waits")


def _fetch(request, pk: int) -> Offer:
    return get_visible(with_all(Offer.objects.all()), request.user, pk)


def _taken(request, offer: Offer) -> Appointment | None:
    """The appointment that was made from the offer, for a user who goes back in the browser."""
    if offer.state != OfferState.ACCEPTED:
        return None
    own = Appointment.objects.visible_to(request.user).filter(patient=offer.wait.patient_id)
    return own.filter(slot=offer.slot_id, state__in=HOLDING).first()


def _page(request, offer: Offer, *, refusal: PortalError | None = None):
    context = {
        "offer": offer,
        "slot": offer.slot,
        "appointment": offer.wait.appointment,
        "until": kept_until(offer),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "appointments/offers/offer.html", context, status=status)


def _others(request, offer: Offer) -> list[Slot]:
    """Free times near the offered one; if an appointment was to move, earlier free times with its
    doctor."""
    found = nearest_free(offer.slot, settings=for_request(request), by=request.user)
    moving = offer.wait.appointment
    if moving is None:
        return found
    if not moving.can("reschedule"):
        return []
    return [
        one
        for one in found
        if one.doctor_id == moving.doctor_id and one.starts_at < moving.starts_at
    ]


def _gone(request, offer: Offer, message: StrOrPromise, *, status: int):
    """Says what has happened, and what the patient can do next."""
    context = {
        "offer": offer,
        "slot": offer.slot,
        "message": message,
        "until": kept_until(offer),
        "is_expired": offer.state in (OfferState.EXPIRED, OfferState.OPEN),
        "is_waiting": offer.wait.state == WaitState.WAITING,
        "others": _others(request, offer),
    }
    return render(request, "appointments/offers/gone.html", context, status=status)
