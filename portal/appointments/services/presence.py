"""Marks on the day of an appointment: arrived, in the room, completed, no-show (B14)."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.clock.today import today_in
from portal.database.transactions import retried
from portal.enums import AppointmentState as State
from portal.errors import Overlap, PortalError, StaleState, TooLate
from portal.models import LIVE, TRANSITIONS, Appointment, User, locks
from portal.permissions.authority import demand

UNDOES: dict[str, str] = {
    State.ARRIVED: "undo_arrive",
    State.COMPLETED: "undo_complete",
    State.NO_SHOW: "undo_no_show",
}


def arrive(appointment: Appointment, *, by: User) -> Appointment:
    """Mark that the patient has arrived, on the day of the appointment; waiting time starts now.

    Locks and writes the appointment; writes an AuditEvent. So do all verbs of this module; `undo`
    may lock the patient first. Raises StaleState if it is not confirmed (any more), TooLate on
    another day, Forbidden. Source: requirement B14.
    """
    return _mark(appointment, "arrive", by=by, arrived_at=timezone.now())


@retried
def call_in(appointment: Appointment, *, by: User) -> Appointment:
    """Mark that the patient, who has arrived, is in the room: waiting time ends. The state stays.

    Raises StaleState if they have not arrived or are in the room already, TooLate, Forbidden.
    """
    with transaction.atomic():
        appointment = _locked(appointment, by=by)
        if appointment.state != State.ARRIVED or appointment.in_room_at:
            raise StaleState
        _demand_same_day(appointment)
        return _note(appointment, "call_in", by=by, in_room_at=timezone.now())


def complete(appointment: Appointment, *, by: User) -> Appointment:
    """Mark that the patient was seen. If the arrival was not marked, it is marked too.

    Raises StaleState, TooLate on a day before, Forbidden.
    """
    arrived_at = appointment.arrived_at or timezone.now()
    return _mark(appointment, "complete", by=by, arrived_at=arrived_at)


def no_show(appointment: Appointment, *, by: User) -> Appointment:
    """Mark that the patient did not come, after the start of the appointment.

    Raises StaleState, PortalError before the start, Forbidden.
    """
    if not appointment.has_started:
        raise PortalError(_("It has not started yet: the patient may still come."))
    return _mark(appointment, "no_show", by=by)


def undo(appointment: Appointment, *, by: User) -> Appointment:
    """Undo the last of these marks, on the same day in the office's time zone.

    Raises StaleState if there is none, TooLate on another day, Overlap if a patient who was marked
    as no-show has booked another appointment for that time meanwhile, Forbidden.
    """
    if appointment.state == State.ARRIVED and appointment.in_room_at:
        return _undo_call_in(appointment, by=by)
    verb = UNDOES.get(appointment.state)
    if verb is None:
        raise StaleState
    values = {"arrived_at": None} if verb == "undo_arrive" else {}
    try:
        return _mark(appointment, verb, by=by, **values)
    except IntegrityError as error:
        raise Overlap(_("The patient has another appointment at that time by now.")) from error


@retried
def _undo_call_in(appointment: Appointment, *, by: User) -> Appointment:
    with transaction.atomic():
        appointment = _locked(appointment, by=by)
        if appointment.state != State.ARRIVED or not appointment.in_room_at:
            raise StaleState
        _demand_same_day(appointment)
        return _note(appointment, "undo_call_in", by=by, in_room_at=None)


@retried
def _mark(appointment: Appointment, verb: str, *, by: User, **values: Any) -> Appointment:
    with transaction.atomic():
        appointment = _locked(appointment, by=by)
        if not appointment.can(verb):
            raise StaleState
        _demand_same_day(appointment, or_later=verb in ("complete", "no_show"))
        return _note(appointment, verb, by=by, state=TRANSITIONS[verb][1], **values)


def _locked(appointment: Appointment, *, by: User) -> Appointment:
    """An appointment that becomes live again can overlap another one of the patient, so the patient
    is locked first."""
    if appointment.state not in LIVE:
        locks.patient(appointment.patient_id, by=by)
    appointment = locks.appointment(appointment.pk)
    demand(by, "portal.mark_appointment", appointment)
    return appointment


def _demand_same_day(appointment: Appointment, *, or_later: bool = False) -> None:
    """In the office's time zone. A mark that was forgotten can be made on a later day, but not
    undone."""
    zone = appointment.office.zone
    today, day = today_in(zone), appointment.starts_at.astimezone(zone).date()
    if today < day:
        raise TooLate(_("This can be noted on the day of the appointment only."))
    if today > day and not or_later:
        raise TooLate(_("The day of this appointment is over."))


def _note(appointment: Appointment, verb: str, *, by: User, **values: Any) -> Appointment:
    for name, value in values.items():
        setattr(appointment, name, value)
    appointment.version += 1
    appointment.save(update_fields=[*values, "version"])
    audit.record(
        verb, appointment, by=by, patient=appointment.patient, reference=appointment.reference
    )
    return appointment
