"""Answering requests: accept, decline, mark as seen, expire (requirement B10).

`appointments.book` makes a request, `appointments.cancel` withdraws it.
"""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appointments.queries import requests as queries
from portal.appointments.services import declining, holding, obstacles
from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import AppointmentState
from portal.errors import PortalError, StaleState, TooLate
from portal.models import TRANSITIONS, Appointment, ClinicSettings, Slot, User, locks
from portal.notifications.services import notifications
from portal.permissions.authority import demand


@retried
def accept(appointment: Appointment, *, by: User) -> Appointment:
    """Accept a request: it takes its slot, and all other requests for the slot are declined.

    Whether the patient is free need not be checked, because nothing that overlaps a request can be
    booked. Locks the slot, then the request, then the others. Writes them all, AuditEvents and
    Notifications. Raises StaleState if it is no request any more, TooLate after its `answer_by`,
    SlotTaken, Forbidden. Source: requirement B10.
    """
    try:
        with transaction.atomic():
            slot, appointment = _locked(appointment, "accept", by=by)
            obstacles.check_lives(appointment.patient)
            settings = ClinicSettings.current()
            obstacles.check_bookable(slot, by=by, settings=settings)
            holding.take_open(slot)
            appointment.state = TRANSITIONS["accept"][1]
            appointment.seen_at = appointment.seen_at or timezone.now()
            appointment.version += 1
            appointment.save()
            _trace("accept", appointment, by=by)
            notifications.tell("appointment_confirmed", about=appointment, by=by, was_request=True)
            declining.decline_requests(slot, by=by)
    except IntegrityError as error:
        raise obstacles.refusal_of(error) from error
    return appointment


@retried
def decline(appointment: Appointment, *, by: User, reason: str) -> Appointment:
    """Decline a request with a reason that the patient reads. Its slot stays free.

    Locks the slot, then the request. Writes the request, an AuditEvent and Notifications, which
    name up to three other free times of the doctor. Raises PortalError without a reason,
    StaleState, TooLate, Forbidden. Source: requirement B10.
    """
    if not reason.strip():
        raise PortalError(_("Say why, so that the patient knows what to do next."), field="reason")
    with transaction.atomic():
        slot, appointment = _locked(appointment, "decline", by=by)
        appointment.seen_at = appointment.seen_at or timezone.now()
        return declining.close_request(
            appointment,
            "decline",
            by=by,
            comment=reason.strip(),
            has_reason=True,
            free_times=declining.free_times_near(slot),
        )


def see(appointments: Iterable[Appointment], *, by: User) -> int:
    """Mark these requests as seen by those who answer them; patients can read it. Returns how many
    were not seen before.

    Each is a conditional update of its own: a request that was answered meanwhile is left alone,
    and nobody waits. Writes an AuditEvent for each. Raises Forbidden. Source: requirement B10.
    """
    appointments = list(appointments)
    for one in appointments:
        demand(by, "portal.answer_request", one)
    return sum(_see(one, by=by) for one in appointments)


def expire_due(*, by: User | None = None) -> int:
    """Close the requests that nobody answered until their `answer_by`, or until the start of their
    slot.

    Each in a transaction of its own, which locks the slot, then the request. Writes the request, an
    AuditEvent and Notifications. Returns how many. Source: requirement B10.
    """
    return sum(_expire(slot_id, pk, by=by) for slot_id, pk in queries.unanswered())


def _locked(appointment: Appointment, verb: str, *, by: User) -> tuple[Slot, Appointment]:
    slot = locks.slot(appointment.slot_id)
    appointment = locks.appointment(appointment.pk)
    demand(by, "portal.answer_request", appointment)
    _check_answerable(appointment, verb)
    return slot, appointment


def _check_answerable(appointment: Appointment, verb: str) -> None:
    if not appointment.can(verb):
        raise StaleState
    if appointment.has_started or _is_overdue(appointment):
        raise TooLate(_("The time for an answer has passed: this request has expired."))


def _is_overdue(appointment: Appointment) -> bool:
    return appointment.answer_by is not None and appointment.answer_by <= timezone.now()


@retried
def _see(appointment: Appointment, *, by: User) -> bool:
    unseen = Appointment.objects.filter(
        pk=appointment.pk, state=AppointmentState.REQUESTED, seen_at=None
    )
    with transaction.atomic():
        if not unseen.update(seen_at=timezone.now()):
            return False
        _trace("see", appointment, by=by)
    return True


@retried
def _expire(slot_id: int, pk: int, *, by: User | None) -> bool:
    with transaction.atomic():
        slot = locks.slot(slot_id)
        appointment = locks.appointment(pk)
        is_due = appointment.has_started or _is_overdue(appointment)
        if not appointment.can("expire") or not is_due:
            return False
        declining.close_request(
            appointment, "expire", by=by, free_times=declining.free_times_near(slot)
        )
    return True


def _trace(verb: str, appointment: Appointment, *, by: User) -> None:
    audit.record(
        verb,
        appointment,
        by=by,
        patient=appointment.patient,
        reference=appointment.reference,
        starts_at=appointment.starts_at.isoformat(),
    )
