"""Suitable free times that are shown before a patient joins the waiting list (B15, B20)."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from portal.appointments.queries.waits import free_now
from portal.appointments.services.appointments import can_move
from portal.appointments.services.waitlist import Wish
from portal.models import Appointment, Patient, Slot
from portal.web import choices
from portal.web.context import for_request

SHOWN = 3


@dataclass(frozen=True)
class FreeFirst:
    """`times` are (slot, URL for choosing it). The form sends `seen` back, so that the times are
    shown only once."""

    times: list[tuple[Slot, str]]
    all_url: str
    seen: str


def free_first(
    request, wish: Wish, patient: Patient, appointment: Appointment | None = None
) -> FreeFirst | None:
    """None if nothing is free, if the form has shown all of it before, or if the appointment cannot
    be moved online. Three queries at most."""
    settings, user = for_request(request), request.user
    if not (wish.doctor or wish.specialty or wish.office):
        return None
    if appointment and not can_move(appointment, by=user, settings=settings):
        return None
    wait, offices = wish.as_wait(patient, appointment), choices.offices()
    found = free_now(wait, by=user, settings=settings, offices=offices, count=SHOWN)
    seen = set(request.POST.get("seen", "").split())
    if all(str(slot.pk) in seen for slot in found):
        return None
    lead = _lead(patient, appointment, names_patient=user.acts_for_others)
    shown = seen | {str(slot.pk) for slot in found}
    return FreeFirst(
        times=[(slot, lead(slot)) for slot in found],
        all_url=_all_url(wish, patient, appointment, names_patient=user.acts_for_others),
        seen=" ".join(sorted(shown)),
    )


def _lead(
    patient: Patient, appointment: Appointment | None, *, names_patient: bool
) -> Callable[[Slot], str]:
    if appointment:
        move = reverse("appointment-reschedule", args=[appointment.pk])
        return lambda slot: f"{move}?slot={slot.pk}"
    query = f"?patient={patient.pk}" if names_patient else ""
    return lambda slot: reverse("slot-book", args=[slot.pk]) + query


def _all_url(
    wish: Wish, patient: Patient, appointment: Appointment | None, *, names_patient: bool
) -> str:
    if appointment:
        return f"{reverse('doctor', args=[appointment.doctor_id])}?move={appointment.pk}"
    values = {
        "doctor": wish.doctor and wish.doctor.pk,
        "specialty": wish.specialty and wish.specialty.pk,
        "office": wish.office and wish.office.pk,
        "from": wish.first_day,
        "to": wish.last_day,
        "part": wish.parts[0] if len(wish.parts) == 1 else None,
        "patient": patient.pk if names_patient else None,
    }
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{reverse('slots')}?{query}"
