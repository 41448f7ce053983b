"""Writes many appointments at once, with the audit events that the services would have written."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

from portal.demo.words import CANCEL_COMMENTS, REASONS
from portal.enums import AppointmentState as State
from portal.enums import Mode
from portal.models import Appointment, AuditEvent, Patient, Slot, User
from portal.models.appointment import new_reference

# How often each reason is given for cancelling.
CANCEL_REASONS = {"health": 3, "personal": 4, "other_specialist": 1, "other": 2}
BATCH = 2000


class Clerk:
    """Builds appointments as of `now`; `desk` books for patients without a login."""

    def __init__(self, *, now: datetime, desk: User):
        self.now = now
        self.desk = desk
        self.references = set(Appointment.objects.values_list("reference", flat=True).iterator())

    def confirmed(
        self, slot: Slot, patient: Patient, rng: Random, *, specialty: str, **values
    ) -> Appointment:
        """An appointment that holds its slot; most past ones are completed."""
        values = {"state": self._state_by_now(slot, rng), **values}
        one = self._appointment(slot, patient, rng, specialty, **values)
        if one.state in (State.ARRIVED, State.COMPLETED):
            early = timedelta(minutes=2 + slot.starts_at.day % 7 + 3 * (slot.starts_at.hour % 4))
            one.arrived_at = min(self.now, slot.starts_at) - early
            if slot.starts_at + timedelta(minutes=5) < self.now:
                one.in_room_at = slot.starts_at + timedelta(minutes=4)
        return one

    def requested(
        self, slot: Slot, patient: Patient, rng: Random, *, specialty: str, **values
    ) -> Appointment:
        """A request that waits for the doctor's answer; its slot is free."""
        values = {"state": State.REQUESTED, "booked_by": patient.user, **values}
        return self._appointment(slot, patient, rng, specialty, **values)

    def cancelled(
        self, slot: Slot, patient: Patient, rng: Random, *, specialty: str, **values
    ) -> Appointment:
        """An appointment that was cancelled in time; its slot is free or taken by another one."""
        one = self._appointment(slot, patient, rng, specialty, state=State.CANCELLED, **values)
        until = min(self.now, slot.starts_at)
        one.cancelled_at = one.booked_at + (until - one.booked_at) * rng.uniform(0.1, 0.85)
        one.cancelled_by = patient.user if patient.user and rng.random() < 0.8 else self.desk
        one.cancel_reason = rng.choices(*zip(*CANCEL_REASONS.items(), strict=True))[0]
        one.cancel_comment = rng.choice(CANCEL_COMMENTS[one.cancel_reason])
        one.version = 2
        return one

    def _appointment(self, slot, patient, rng, specialty, **values) -> Appointment:
        by_phone = patient.user is None or rng.random() < 0.15
        known = min(self.now, slot.starts_at)
        defaults = {
            "patient": patient,
            "doctor_id": slot.doctor_id,
            "office_id": slot.office_id,
            "slot": slot,
            "starts_at": slot.starts_at,
            "ends_at": slot.ends_at,
            "mode": Mode.VIDEO if rng.random() < 0.1 else Mode.IN_PERSON,
            "reason": rng.choice(REASONS[specialty]),
            "reference": self._reference(rng),
            "booked_by": self.desk if by_phone else patient.user,
            "booked_at": known - timedelta(minutes=rng.randint(60, 20 * 24 * 60)),
        }
        return Appointment(**{**defaults, **values})

    def _state_by_now(self, slot: Slot, rng: Random) -> State:
        if slot.ends_at <= self.now:
            return State.NO_SHOW if rng.random() < 0.05 else State.COMPLETED
        if slot.starts_at <= self.now:
            return State.ARRIVED
        in_waiting_room = slot.starts_at - self.now < timedelta(minutes=20) and rng.random() < 0.5
        return State.ARRIVED if in_waiting_room else State.CONFIRMED

    def _reference(self, rng: Random) -> str:
        while True:
            reference = new_reference(rng.choice)
            if reference not in self.references:
                self.references.add(reference)
                return reference


def write(appointments: Iterable[Appointment]) -> list[Appointment]:
    """Insert appointments whose slots exist, and their audit events in order of time."""
    written = Appointment.objects.bulk_create(appointments, batch_size=BATCH)
    events = [_booked(one) for one in written]
    events += [_cancelled(one) for one in written if one.state == State.CANCELLED]
    events.sort(key=lambda event: event.at)
    AuditEvent.objects.bulk_create(events, batch_size=BATCH)
    return written


def _booked(one: Appointment) -> AuditEvent:
    verb = "request" if one.state == State.REQUESTED else "book"
    return _event(
        verb, one, by=one.booked_by, at=one.booked_at, doctor=one.doctor_id, slot=one.slot_id
    )


def _cancelled(one: Appointment) -> AuditEvent:
    by, at = one.cancelled_by or one.booked_by, one.cancelled_at or one.booked_at
    return _event("cancel", one, by=by, at=at, reason=one.cancel_reason)


def _event(verb: str, one: Appointment, *, by: User, at: datetime, **changes) -> AuditEvent:
    return AuditEvent(
        at=at,
        actor_id=by.pk,
        actor_name=by.name,
        actor_role=by.role,
        verb=verb,
        object_type="appointment",
        object_id=one.pk,
        patient_id=one.patient_id,
        changes={
            "reference": one.reference,
            "starts_at": one.starts_at.isoformat(),
            **changes,
        },
    )
