"""Moving an appointment: choose a free time of the doctor, compare old and new, confirm
(requirement B12)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.appointments.queries.appointments import with_people
from portal.appointments.queries.clashes import overlapping_of
from portal.appointments.services import appointments, obstacles
from portal.appointments.views.moves_words import moves_said
from portal.appointments.views.told_words import moved_words
from portal.appointments.views.unknown_time import leads_on
from portal.enums import SlotState
from portal.errors import Forbidden, Overlap, PortalError
from portal.models import Appointment, Slot
from portal.slots.queries.closures import closure_of
from portal.slots.queries.slots import nearest_free
from portal.slots.services import closures
from portal.web.context import for_request
from portal.web.fetch import get_visible
from portal.web.ids import id_of


@require_http_methods(["GET", "POST"])
@leads_on
def appointment_reschedule(request, pk: int):
    """Without a slot it redirects to the doctor's free times, whose links lead back here with a
    slot."""
    appointment = get_visible(with_people(Appointment.objects.all()), request.user, pk)
    if not request.user.has_perm("portal.reschedule_appointment", appointment):
        raise PermissionDenied
    if not appointments.can_move(appointment, by=request.user, settings=for_request(request)):
        said = moves_said(appointment, user=request.user, settings=for_request(request))
        messages.warning(request, said or _("This appointment cannot be moved any more."))
        return redirect(appointment)
    slot_id = id_of(request.POST.get("slot") or request.GET.get("slot"))
    if slot_id is None and request.user.is_patient and appointment.doctor.on_request:
        messages.info(request, _("This doctor confirms each time: request another one first."))
        return redirect(appointment)
    if slot_id is None:
        return redirect(f"{reverse('doctor', args=[appointment.doctor_id])}?move={pk}")
    if request.method == "POST" and "review" not in request.POST:
        return _reschedule(request, appointment, slot_id)
    return _page(request, appointment, _slot(request, slot_id))


def _slot(request, pk: int) -> Slot:
    slots = Slot.objects.select_related("doctor", "doctor__user", "doctor__specialty", "office")
    return get_visible(slots, request.user, pk)


def _reschedule(request, appointment: Appointment, slot_id: int):
    if request.user.is_staff:
        _slot(request, slot_id)
    try:
        moved = appointments.reschedule(appointment, slot_id=slot_id, by=request.user)
    except Slot.DoesNotExist as error:
        raise Http404 from error
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        return _page(request, appointment, _slot(request, slot_id), refusal=error)
    messages.success(request, moved_words(moved, reader=request.user))
    return redirect(moved)


def _clash(request, appointment: Appointment, slot: Slot) -> PortalError | None:
    """Another appointment of the patient at that time: one query."""
    about = {"by": request.user, "settings": for_request(request), "leaving": appointment.pk}
    try:
        obstacles.check_patient_is_free(appointment.patient, slot, **about)
    except Overlap as error:
        return error
    except PortalError:
        return None  # a move does not increase the number
    return None


def _page(request, appointment: Appointment, slot: Slot, *, refusal: PortalError | None = None):
    """Old and new time side by side. After a refusal it says why and offers the nearest times."""
    if refusal is None and request.user.is_patient and slot.doctor.on_request:
        refusal = PortalError(
            _("This doctor confirms each time. Request the new one, then cancel this one.")
        )
    if refusal is None and (slot.state != SlotState.OPEN or slot.starts_at <= timezone.now()):
        refusal = obstacles.why_not_free(slot)
    if refusal is None and (closure := closure_of(slot)):
        refusal = closures.refuse(closure)
    if refusal is None:
        refusal = _clash(request, appointment, slot)
    others = []
    if refusal is not None:
        settings = for_request(request)
        others = nearest_free(slot, settings=settings, by=request.user)
    context: dict[str, Any] = {
        "appointment": appointment,
        "slot": slot,
        "refusal": refusal,
        "others": others,
    }
    if isinstance(refusal, Overlap):
        about = {"user": request.user, "leaving": appointment}
        context["overlapping"] = overlapping_of(appointment.patient, slot, **about)
    context["moves_said"] = moves_said(
        appointment, user=request.user, settings=for_request(request), is_moving=True
    )
    context["has_other_doctor"] = slot.doctor_id != appointment.doctor_id
    was, then = appointment.doctor.specialty, slot.doctor.specialty
    context["other_specialty"] = was if was != then else None
    status = refusal.status if refusal else 200
    return render(request, "appointments/reschedule.html", context, status=status)
