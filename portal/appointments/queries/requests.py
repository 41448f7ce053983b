"""Requests that wait for an answer (requirement B10)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from portal.appointments.queries.appointments import with_people
from portal.enums import AppointmentState
from portal.models import Appointment, Office, Slot, User
from portal.models.appointment import AppointmentQuerySet

SHOWN = 100


@dataclass(frozen=True)
class AskedFor:
    """A slot and its requests, the oldest first."""

    slot: Slot
    requests: list[Appointment]

    @property
    def due(self) -> datetime:
        """When the first of the requests expires (UTC)."""
        return min(one.answer_by or one.starts_at for one in self.requests)


@dataclass(frozen=True)
class Queue:
    slots: list[AskedFor]
    count: int
    has_more: bool


def waiting_for(user: User) -> int:
    """The number of requests that wait for the answer of this doctor or admin: one query."""
    return _in_time(Appointment.objects.visible_to(user)).count()


def waiting_at(offices: list[Office]) -> int:
    """The number of requests at these offices, for the staff who run them: one query."""
    return _in_time(Appointment.objects.filter(office__in=offices)).count()


def queue_of(user: User) -> Queue:
    """The requests that the user can answer, grouped by slot; those that expire first come first:
    one query.

    At most SHOWN requests; a slot may then lack some that expire later.
    """
    mine = _in_time(Appointment.objects.visible_to(user))
    due_first = with_people(mine).select_related("slot").order_by("answer_by", "pk")
    found = list(due_first[: SHOWN + 1])
    shown = sorted(found[:SHOWN], key=lambda one: one.pk)
    by_slot: dict[int, AskedFor] = {}
    for one in shown:
        by_slot.setdefault(one.slot_id, AskedFor(one.slot, [])).requests.append(one)
    slots = sorted(by_slot.values(), key=lambda asked: (asked.due, asked.slot.starts_at))
    return Queue(slots, len(shown), has_more=len(found) > SHOWN)


def rivals_of(request: Appointment) -> int:
    """The number of other requests for the same slot: one query."""
    others = Appointment.objects.filter(slot=request.slot_id, state=AppointmentState.REQUESTED)
    return others.exclude(pk=request.pk).count()


def answers_due(pks: Collection[int]) -> dict[int, datetime]:
    """By when (UTC) each of these requests must be answered: one query, none without requests."""
    if not pks:
        return {}
    asked = Appointment.objects.filter(pk__in=pks, answer_by__isnull=False).order_by()
    return {pk: until for pk, until in asked.values_list("pk", "answer_by") if until}


def unanswered() -> list[tuple[int, int]]:
    """Slot id and request id of the requests that have expired: one query."""
    now = timezone.now()
    due = Q(answer_by__lte=now) | Q(starts_at__lte=now)
    asked = Appointment.objects.filter(due, state=AppointmentState.REQUESTED)
    return list(asked.order_by("pk").values_list("slot", "pk"))


def own_request(slot: Slot, patient_id: int) -> Appointment | None:
    """The patient's request for that slot, if it waits for an answer: one query."""
    asked = slot.appointments.filter(patient=patient_id, state=AppointmentState.REQUESTED)
    return asked.first()


def _in_time(asked: AppointmentQuerySet) -> AppointmentQuerySet:
    """Leaves out requests that have expired, even if no job has closed them yet."""
    return asked.requested().filter(Q(answer_by__gt=timezone.now()) | Q(answer_by=None))
