"""The status of a request on an appointment's page: sent, seen, due, declined (B10)."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from portal.appointments.queries import requests as queries
from portal.enums import AppointmentState as State
from portal.models import Appointment, ClinicSettings, Slot, User
from portal.slots.queries.slots import nearest_free

NOT_GRANTED = (State.DECLINED, State.EXPIRED)


@dataclass(frozen=True)
class Status:
    """`rivals`: the number of other requests for the slot. `others`: free times in place of a
    declined one. `unseen`: the request's id if the user is the first who sees it and can answer it.
    """

    waits: bool = False  # for an answer
    is_overdue: bool = False  # has expired, though nobody has noted it yet
    due: datetime | None = None  # UTC
    may_answer: bool = False
    rivals: int = 0
    others: list[Slot] = field(default_factory=list)
    unseen: list[int] = field(default_factory=list)


def status_of(appointment: Appointment, *, user: User, settings: ClinicSettings) -> Status:
    """No query if it is not a request; at most three otherwise."""
    if appointment.state in NOT_GRANTED:
        return Status(others=_others(appointment, user, settings))
    if appointment.state != State.REQUESTED:
        return Status()
    now = timezone.now()
    due = min(appointment.answer_by or appointment.starts_at, appointment.starts_at)
    may_answer = due > now and user.is_staff and user.has_perm("portal.answer_request", appointment)
    return Status(
        waits=due > now,
        is_overdue=due <= now,
        due=due,
        may_answer=may_answer,
        rivals=queries.rivals_of(appointment) if may_answer else 0,
        unseen=[appointment.pk] if may_answer and appointment.seen_at is None else [],
    )


def _others(appointment: Appointment, user: User, settings: ClinicSettings) -> list[Slot]:
    """The doctor's free times nearest to the declined one."""
    if not user.is_patient:
        return []
    slot = Slot(pk=appointment.slot_id, doctor=appointment.doctor, starts_at=appointment.starts_at)
    near = nearest_free(slot, settings=settings)
    return [other for other in near if other.doctor_id == appointment.doctor_id]
