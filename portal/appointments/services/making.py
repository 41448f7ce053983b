"""Creating an appointment or a request, after its slot and its patient were locked and checked."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from portal.appointments.services.declining import decline_requests
from portal.audit.services import audit
from portal.enums import AppointmentState
from portal.models import Appointment, ClinicSettings, Patient, Slot, User
from portal.notifications.services import notifications


def make_confirmed(
    slot: Slot, *, patient: Patient, by: User, tell: bool = True, **values: Any
) -> Appointment:
    """Create the appointment on a slot that was just taken, with its audit event. Without `tell`
    the caller sends the notifications."""
    appointment = _made("book", slot, patient=patient, by=by, **values)
    if tell:
        notifications.tell("appointment_confirmed", about=appointment, by=by)
    if slot.has_requests:
        decline_requests(slot, by=by)
    return appointment


def make_request(
    slot: Slot, *, patient: Patient, by: User, settings: ClinicSettings, **values: Any
) -> Appointment:
    """Create a request for a free slot, which stays free: several patients may request it (B10)."""
    until = answer_by(slot, settings=settings)
    appointment = _made(
        "request",
        slot,
        patient=patient,
        by=by,
        state=AppointmentState.REQUESTED,
        answer_by=until,
        **values,
    )
    if not slot.has_requests:
        Slot.objects.filter(pk=slot.pk).update(has_requests=True)
    notifications.tell(
        "appointment_requested",
        about=appointment,
        by=by,
        answer_by=until.isoformat(),
    )
    return appointment


def answer_by(slot: Slot, *, settings: ClinicSettings) -> datetime:
    """When a request that is made now expires (UTC): after the number of hours in the clinic's
    settings, or for a near slot after half of the remaining time."""
    now = timezone.now()
    return min(now + settings.request_answer, now + (slot.starts_at - now) / 2)


def _made(verb: str, slot: Slot, *, patient: Patient, by: User, **values: Any) -> Appointment:
    appointment = Appointment.objects.create(
        patient=patient,
        doctor=slot.doctor,
        office=slot.office,
        slot=slot,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        fee_cents=slot.doctor.fee_cents,
        booked_by=by,
        **values,
    )
    audit.record(
        verb,
        appointment,
        by=by,
        patient=patient,
        reference=appointment.reference,
        doctor=slot.doctor_id,
        slot=slot.pk,
        starts_at=slot.starts_at.isoformat(),
    )
    return appointment
