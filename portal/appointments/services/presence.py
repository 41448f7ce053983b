"""The day of an appointment: who has come, is in the room, was seen, or stayed away (B14)."""

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
    """The patient is here, on the day of the appointment, early or late: waiting counts from now.

    Locks and writes the appointment; writes an AuditEvent. So do all verbs of this module; `undo`
    may lock the patient before. Raises StaleState if it is not confirmed (any more), TooLate on
    another day, Forbidden.
    Source: requirement B14.
    """
    return _mark(appointment, "arrive", by=by, arrived_at=timezone.now())


@retried
def call_in(appointment: Appointment, *, by: User) -> Appointment:
    """The patient, who has arrived, goes into the room: waiting ends. The state stays.

    Raises StaleState if they have not arrived or are in the room already, TooLate, Forbidden.
    """
    with transaction.atomic():
        appointment = _locked(appointment, by=by)
        if appointment.state != State.ARRIVED or appointment.in_room_at:
            raise StaleState
        _demand_same_day(appointment)
        return _note(appointment, "call_in", by=by, in_room_at=timezone.now())


def complete(appointment: Appointment, *, by: User) -> Appointment:
    """The patient was seen. Somebody whose arrival nobody noted has arrived by that, too.

    Raises StaleState, TooLate on a day before, Forbidden.
    """
    arrived_at = appointment.arrived_at or timezone.now()
    return _mark(appointment, "complete", by=by, arrived_at=arrived_at)


def no_show(appointment: Appointment, *, by: User) -> Appointment:
    """The patient stayed away: once the appointment has started.

    Raises StaleState, PortalError before the start, Forbidden.
    """
    if not appointment.has_started:
        raise PortalError(_("It has not started yet: the patient may still come."))
    return _mark(appointment, "no_show", by=by)


def undo(appointment: Appointment, *, by: User) -> Appointment:
    """Take back the last of these marks, on the same day by the office's clock.

    Raises StaleState if there is none, TooLate on another day, Overlap if a patient who was marked
    as staying away has booked another appointment for that time meanwhile, Forbidden.
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
    """An appointment that becomes live again may be in the way of another one of the patient's,
    who is then locked before it."""
    if appointment.state not in LIVE:
        locks.patient(appointment.patient_id, by=by)
    appointment = locks.appointment(appointment.pk)
    demand(by, "portal.mark_appointment", appointment)
    return appointment


def _demand_same_day(appointment: Appointment, *, or_later: bool = False) -> None:
    """By the office's clock. What was forgotten on the day may be noted later, not undone."""
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
