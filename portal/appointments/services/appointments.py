"""Booking, cancelling and moving appointments. Shared steps: locks, obstacles, holding, making,
moving."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appointments.services import holding, making, moving, obstacles, offering, same_form
from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import AppointmentState, CancelReason, Mode
from portal.errors import LimitReached, PortalError, StaleState, TooLate
from portal.models import TRANSITIONS, Appointment, ClinicSettings, Slot, User, locks
from portal.notifications.services import notifications
from portal.permissions.authority import demand


def book(
    slot_id: int,
    *,
    patient_id: int | None = None,
    by: User,
    reason: str = "",
    mode: str = Mode.IN_PERSON,
    form_token: UUID | None = None,
) -> Appointment:
    """Book an appointment for a patient on a free slot. If the patient books and the doctor accepts
    bookings one by one, make a request instead; the slot then stays free.

    `patient_id` None means the user's own patient. A `form_token` that the same user has sent
    before returns the appointment that it made. The clinic's notice, horizon and maximum apply to
    patients, not to staff. Locks the slot, then the patient. Writes the slot, an Appointment, an
    AuditEvent. Raises SlotTaken, Overlap, TooLate, OutsideHours, LimitReached, Forbidden;
    Slot.DoesNotExist and Patient.DoesNotExist. Source: requirements B08, B09, B11.
    """

    def book() -> Appointment:
        slot = locks.slot(slot_id)
        demand(by, "portal.book_slot", slot)
        settings = ClinicSettings.current()
        obstacles.check_bookable(slot, by=by, settings=settings)
        patient = locks.patient(patient_id, by=by)
        demand(by, "portal.book_for_patient", patient)
        obstacles.check_patient_is_free(patient, slot, by=by, settings=settings)
        values: Any = {"patient": patient, "by": by, "reason": reason, "mode": mode}
        if by.is_patient and slot.doctor.on_request:
            return making.make_request(slot, settings=settings, form_token=form_token, **values)
        holding.take_open(slot)
        return making.make_confirmed(slot, form_token=form_token, **values)

    return same_form.once(book, earlier=lambda: same_form.appointment_of(form_token, by=by))


@retried
def cancel(
    appointment: Appointment, *, by: User, reason: str = "", comment: str = ""
) -> Appointment:
    """Cancel a confirmed appointment before its start, which frees its slot at once; or withdraw a
    request, which holds no slot.

    Patients can cancel until the clinic's cut-off, staff until the start. Staff must give a reason
    (CancelReason) or a comment. An answered request can no longer be withdrawn. Locks the slot,
    then the appointment. Writes both and an AuditEvent. Raises StaleState, TooLate, Forbidden,
    PortalError. Source: requirements B10, B13.
    """
    asked = appointment.state == AppointmentState.REQUESTED
    is_missing = by.is_staff and not asked and not reason and not comment.strip()
    if is_missing or (reason and reason not in CancelReason.values):
        raise PortalError(_("Choose a reason, or say in your own words why."), field="reason")
    with transaction.atomic():
        slot = locks.slot(appointment.slot_id)
        appointment = locks.appointment(appointment.pk)
        demand(by, "portal.cancel_appointment", appointment)
        if not appointment.can("cancel") or appointment.slot_id != slot.pk:
            raise StaleState
        _check_cancellable(appointment, by=by)
        if asked and appointment.state != AppointmentState.REQUESTED:
            raise StaleState
        return cancel_held(appointment, slot, reason=reason, comment=comment.strip(), by=by)


def cancel_held(
    appointment: Appointment,
    slot: Slot,
    *,
    reason: str = "",
    comment: str = "",
    withdraw: bool = False,
    tell: bool = True,
    by: User | None,
    **facts: Any,
) -> Appointment:
    """The writing part of `cancel`, for use within a larger transaction: the caller has locked and
    checked the slot and the appointment. With `withdraw` the slot is withdrawn instead of freed.
    `facts` are for the messages. `by` is None for a person who uses the link of a reminder."""
    was_request = appointment.state == AppointmentState.REQUESTED
    appointment.state = TRANSITIONS["cancel"][1]
    appointment.cancel_reason = reason
    appointment.cancel_comment = comment
    appointment.cancelled_by = by
    appointment.cancelled_at = timezone.now()
    appointment.version += 1
    appointment.save()
    audit.record(
        "cancel",
        appointment,
        by=by,
        patient=appointment.patient,
        reference=appointment.reference,
        reason=reason,
        starts_at=appointment.starts_at.isoformat(),
        **({"by_link": True} if by is None else {}),
    )
    event = "request_withdrawn" if was_request else "appointment_cancelled"
    if tell:
        notifications.tell(event, about=appointment, by=by, **facts)
    if not was_request:
        offering.end_waits(appointment, by=by)
        holding.release(slot, withdraw=withdraw)
    return appointment


@retried
def reschedule(appointment: Appointment, *, slot_id: int, by: User) -> Appointment:
    """Move a confirmed appointment to a free slot; the old slot becomes free in the same
    transaction.

    The appointment keeps its reference, history and calendar entry. Patients can move it until the
    cut-off for cancelling, as often as the clinic allows, and only to times that they could book.
    Staff can move it until its start. Locks both slots in the order of their ids, the patient, the
    appointment. Writes all but the patient, an AuditEvent and Notifications. Raises SlotTaken,
    Overlap, StaleState, TooLate, OutsideHours, LimitReached, Forbidden, PortalError;
    Slot.DoesNotExist. Source: requirement B12.
    """
    try:
        with transaction.atomic():
            slots = locks.slots(slot_id, appointment.slot_id)
            slot = slots[slot_id]
            patient = locks.patient(appointment.patient_id, by=by)
            appointment = locks.appointment(appointment.pk)
            demand(by, "portal.reschedule_appointment", appointment)
            demand(by, "portal.book_slot", slot)
            if not appointment.can("reschedule") or appointment.slot_id not in slots:
                raise StaleState
            _check_cancellable(appointment, by=by)
            settings = ClinicSettings.current()
            _check_moves(appointment, by=by, settings=settings)
            if by.is_patient and slot.doctor.on_request:
                raise PortalError(
                    _("This doctor confirms each time. Request the new one, then cancel this one.")
                )
            obstacles.check_bookable(slot, by=by, settings=settings)
            obstacles.check_patient_is_free(
                patient, slot, by=by, settings=settings, leaving=appointment.pk
            )
            holding.take_open(slot)
            return moving.move_to_slot(appointment, slots[appointment.slot_id], slot, by=by)
    except IntegrityError as error:
        raise obstacles.refusal_of(error) from error


def can_change(appointment: Appointment, *, by: User, settings: ClinicSettings) -> bool:
    """Whether state and time still allow `by` to cancel it; no query (B13)."""
    return appointment.can("cancel") and not _too_late(appointment, by=by, settings=settings)


def can_move(appointment: Appointment, *, by: User, settings: ClinicSettings) -> bool:
    """The same for moving, which patients can do only a limited number of times (B12)."""
    if not appointment.can("reschedule") or _moved_too_often(appointment, by=by, settings=settings):
        return False
    return not _too_late(appointment, by=by, settings=settings)


def cancel_until(starts_at: datetime, *, settings: ClinicSettings) -> datetime:
    """Until when (UTC) a patient can cancel online. Source: requirement B18."""
    return starts_at - settings.cancel_cutoff


def _check_cancellable(appointment: Appointment, *, by: User) -> None:
    if reason := _too_late(appointment, by=by, settings=ClinicSettings.current()):
        raise TooLate(reason)


def _too_late(appointment: Appointment, *, by: User, settings: ClinicSettings) -> str:
    """Why `by` can no longer cancel or move it; empty if they can."""
    if appointment.has_started:
        return _("This appointment has already started.")
    if appointment.state == AppointmentState.REQUESTED or by.is_staff:
        return ""
    if timezone.now() > cancel_until(appointment.starts_at, settings=settings):
        return _("It is too late to cancel online. Please call the office.")
    return ""


def _moved_too_often(appointment: Appointment, *, by: User, settings: ClinicSettings) -> bool:
    return by.is_patient and appointment.moves >= settings.max_moves


def _check_moves(appointment: Appointment, *, by: User, settings: ClinicSettings) -> None:
    if _moved_too_often(appointment, by=by, settings=settings):
        raise LimitReached(
            _("This appointment has been moved as often as is possible online. Please call us.")
        )
