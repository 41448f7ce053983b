"""Walk-in patients (requirement B21): a free slot of today, or an extra time outside the doctor's
slots."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appointments.services import appointments, making, obstacles, presence, same_form
from portal.audit.services import audit
from portal.clock.today import today_in
from portal.database.transactions import retried
from portal.desk.queries.walk_ins import hours_on
from portal.enums import AppointmentState, DoctorState, SlotAudience, SlotState
from portal.errors import (
    NeedsConfirmation,
    OutsideHours,
    Overlap,
    PortalError,
    SlotTaken,
    StaleState,
    TooLate,
)
from portal.models import Appointment, ClinicSettings, Doctor, Holiday, Slot, User, locks
from portal.permissions.authority import demand
from portal.slots.queries.absences import times_off
from portal.slots.queries.closures import closure_at
from portal.slots.services import closures

SHORTEST, LONGEST = 5, 240  # minutes of an extra time
STARTED_AGO = timedelta(minutes=15)  # a form may be filled in while the doctor has begun
UNDO_WITHIN = timedelta(minutes=15)


@retried
def book_free(
    slot_id: int,
    *,
    patient_id: int,
    by: User,
    reason: str = "",
    arrived: bool = True,
    at: int | None = None,
    form_token: UUID | None = None,
) -> Appointment:
    """Book a free slot of today for a patient at the desk, who is marked as arrived.

    `at`: the office of that desk; a patient who is booked at another office is not marked as
    arrived. None: any office. Like appointments.book, with the arrival in the same transaction;
    raises what that raises.
    """
    with transaction.atomic():
        appointment = appointments.book(
            slot_id, patient_id=patient_id, by=by, reason=reason, form_token=form_token
        )
        is_here = arrived and at in (None, appointment.office_id)
        return _arrive(appointment, by=by) if is_here else appointment


def book_extra(
    doctor: Doctor,
    *,
    patient_id: int,
    starts_at: datetime,
    minutes: int,
    reason: str,
    by: User,
    arrived: bool = True,
    confirmed: bool = False,
    form_token: UUID | None = None,
) -> Appointment:
    """Add an extra time to the doctor's day, at their own office, and book it at once.

    `starts_at` (aware) is today in the office's zone, and may be some minutes ago. A time outside
    the doctor's hours or on a closed day must be confirmed: `confirmed` is the answer. The slot is
    for the desk only, has the reason as its note, and is withdrawn when its appointment is
    cancelled. A `form_token` that the same user has sent before returns the appointment that it
    made. Locks the doctor, then the patient. Writes a Slot, an Appointment, AuditEvents,
    Notifications. Raises NeedsConfirmation, Overlap, SlotTaken, TooLate, OutsideHours, PortalError
    with the field at fault, Forbidden; Doctor.DoesNotExist, Patient.DoesNotExist.
    """

    def book() -> Appointment:
        locked = locks.doctor(doctor.pk)
        demand(by, "portal.change_diary", locked)
        slot = _extra(locked, starts_at, minutes, reason.strip())
        _check_time(slot)
        _check_diary(slot)
        patient = locks.patient(patient_id, by=by)
        demand(by, "portal.book_for_patient", patient)
        settings = ClinicSettings.current()
        obstacles.check_patient_is_free(patient, slot, by=by, settings=settings)
        closure = closure_at(slot.office, slot.starts_at)
        if not confirmed:
            _demand_hours(slot, closure)
        slot.despite_closure = closure is not None
        slot.save()
        audit.record("add_extra", slot, by=by, starts_at=starts_at.isoformat(), minutes=minutes)
        if closure:
            closures.record_override(slot, closure, by=by, starts_at=[starts_at.isoformat()])
        appointment = making.make_confirmed(
            slot, patient=patient, by=by, reason=slot.note, form_token=form_token
        )
        return _arrive(appointment, by=by) if arrived else appointment

    return same_form.once(book, earlier=lambda: same_form.appointment_of(form_token, by=by))


@retried
def undo(appointment: Appointment, *, by: User) -> Appointment:
    """Undo a walk-in that `by` has just booked by mistake: the arrival and the appointment.

    Within UNDO_WITHIN of the booking, and until the patient is in the room. Patient and doctor are
    notified as of any cancelled appointment. Locks the slot, then the appointment; writes both,
    AuditEvents and Notifications. Raises TooLate, StaleState, Forbidden. Source: requirement B21.
    """
    with transaction.atomic():
        slot = locks.slot(appointment.slot_id)
        appointment = locks.appointment(appointment.pk)
        demand(by, "portal.mark_appointment", appointment)
        demand(by, "portal.cancel_appointment", appointment)
        if appointment.slot_id != slot.pk or appointment.booked_by_id != by.pk:
            raise StaleState
        if timezone.now() > appointment.booked_at + UNDO_WITHIN:
            raise TooLate(_("It is too late for Undo. Cancel the appointment on its page."))
        if appointment.is_waiting:
            appointment = presence.undo(appointment, by=by)
        if appointment.state != AppointmentState.CONFIRMED:
            raise StaleState
        comment = _("Booked by mistake")
        return appointments.cancel_held(appointment, slot, comment=comment, by=by)


def _extra(doctor: Doctor, starts_at: datetime, minutes: int, reason: str) -> Slot:
    if not SHORTEST <= minutes <= LONGEST:
        raise PortalError(
            _("Between %(least)s and %(most)s minutes.") % {"least": SHORTEST, "most": LONGEST},
            field="minutes",
        )
    if not reason:
        raise PortalError(_("Say in a few words why."), field="reason")
    return Slot(
        doctor=doctor,
        office=doctor.office,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        state=SlotState.TAKEN,
        audience=SlotAudience.DESK,
        released_at=None,
        note=reason[: Slot._meta.get_field("note").max_length],
        is_extra=True,
    )


def _check_time(slot: Slot) -> None:
    doctor, now, zone = slot.doctor, timezone.now(), slot.office.zone
    if doctor.state != DoctorState.APPROVED or not doctor.user.is_active:
        raise SlotTaken(_("This doctor takes no appointments at present."))
    if slot.starts_at < now - STARTED_AGO:
        raise TooLate(_("That time has passed."), field="start")
    if slot.starts_at.astimezone(zone).date() != today_in(zone, now):
        raise OutsideHours(_("An extra time is for today only."), field="start")


def _check_diary(slot: Slot) -> None:
    """Checks all other slots of the doctor, free ones too; the doctor is locked."""
    others = list(slot.doctor.slots.live().overlapping(slot.starts_at, slot.ends_at))
    if others:
        raise Overlap(
            _("%(doctor)s has other times then: %(times)s.")
            % {
                "doctor": slot.doctor.name,
                "times": ", ".join(_named(other, slot.office.zone) for other in others),
            },
            field="start",
        )


def _named(slot: Slot, zone: ZoneInfo) -> str:
    text = _("%(time)s (free)") if slot.state == SlotState.OPEN else _("%(time)s (booked)")
    if slot.state == SlotState.OFFERED:
        text = _("%(time)s (on offer)")
    return text % {"time": _clock(slot.starts_at, slot.ends_at, zone)}


def _demand_hours(slot: Slot, closure: Holiday | None) -> None:
    """Raise NeedsConfirmation if the time is outside the doctor's usual hours, or the office is
    closed."""
    doctor, office = slot.doctor, slot.office
    day = slot.starts_at.astimezone(office.zone).date()
    who = {"doctor": doctor.name}
    reasons = []
    if closure:
        reasons.append(_("The office is closed today: %(name)s.") % {"name": closure.name})
    if times_off(doctor, slot.starts_at, slot.ends_at):
        reasons.append(_("%(doctor)s is away then.") % who)
    if reasons:
        raise NeedsConfirmation(" ".join(reasons))
    hours = hours_on(doctor, office, day)
    if not hours:
        raise NeedsConfirmation(_("%(doctor)s has no hours today.") % who)
    if not any(starts <= slot.starts_at and slot.ends_at <= ends for starts, ends in hours):
        times = ", ".join(_clock(*stretch, office.zone) for stretch in hours)
        raise NeedsConfirmation(
            _("That is outside %(doctor)s’s hours today: %(hours)s.") % {**who, "hours": times}
        )


def _clock(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    return f"{starts_at.astimezone(zone):%H:%M}–{ends_at.astimezone(zone):%H:%M}"


def _arrive(appointment: Appointment, *, by: User) -> Appointment:
    """Does nothing for an appointment that the same form has made before."""
    if appointment.state != AppointmentState.CONFIRMED:
        return appointment
    return presence.arrive(appointment, by=by)
