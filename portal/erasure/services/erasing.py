"""The worker erases those whose waiting time is over (requirement A19).

One transaction a person. A run that is interrupted has erased a person or not; the next run goes
on. The last mail is written a run earlier, and the person is erased once it is sent, or after
LAST_MAIL_WITHIN.
"""

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.audit.services import audit
from portal.clock.today import today_of_clinic
from portal.database.transactions import retried
from portal.enums import ErasureState, NotificationState
from portal.erasure.services.person import Person, person_of
from portal.erasure.services.personal_data import ERASED, Blanked
from portal.models import (
    Appointment,
    ErasureRequest,
    Notification,
    Patient,
    Wait,
    locks,
)
from portal.notifications.services import notifications

logger = logging.getLogger("portal.erasure")

LAST_MAIL_WITHIN = timedelta(hours=24)


def run_due(*, by: None) -> int:
    """Write the last mail to those who are due, and erase those who got it; returns how many were
    erased. A request that fails is logged and tried again by the next run; the others go on."""
    due = ErasureRequest.objects.waiting().filter(due_on__lte=today_of_clinic())
    erased = 0
    for pk in due.order_by("due_on", "pk").values_list("pk", flat=True):
        try:
            erased += _take(pk)
        except Exception:
            logger.exception("Erasure request %s has failed", pk)
    return erased


def _take(pk: int) -> bool:
    request = ErasureRequest.objects.get(pk=pk)
    if request.told_at is None:
        _announce(request)
        return False
    if _is_being_sent(request) and request.told_at > timezone.now() - LAST_MAIL_WITHIN:
        return False
    return erase(request, by=None)


@retried
def _announce(request: ErasureRequest) -> None:
    """While the address is still known."""
    with transaction.atomic():
        held = locks.patients(request.patient_id)
        waiting = ErasureRequest.objects.waiting().filter(pk=request.pk, told_at=None)
        if waiting.update(told_at=timezone.now()):
            request.patient = held[request.patient_id]
            notifications.tell("erasure_begins", about=request, by=None)


def _is_being_sent(request: ErasureRequest) -> bool:
    last = Notification.objects.filter(event="erasure_begins", patient=request.patient_id)
    return last.filter(
        state__in=[NotificationState.QUEUED, NotificationState.SENDING],
        created_at__gte=request.told_at,
    ).exists()


@retried
def erase(request: ErasureRequest, *, by: None) -> bool:
    """Erase the patient of a request that is due, with their login and all who were merged into
    them, as personal_data.py says; False if it does not wait any more. Nothing brings it back.

    Locks the slots that were added for the person, the patients, their appointments, waits, the
    user and the messages. Writes them, what else refers to them, the ErasureRequest and an
    AuditEvent. Source: requirement A19.
    """
    with transaction.atomic():
        ids = Patient(pk=request.patient_id).with_merged()
        locks.hold_slots(_slots_of(ids))
        held = locks.patients(*ids)
        now = timezone.now()
        ended = {"state": ErasureState.DONE, "ended_at": now, "ended_by": None}
        if not ErasureRequest.objects.waiting().filter(pk=request.pk).update(**ended):
            return False
        patient = held[request.patient_id]
        user = patient.user
        person = person_of(held.values(), user)
        _hold(person)
        _erase_all(person)
        Patient.objects.filter(pk__in=ids).update(erased_at=now)
        audit.record(
            "erase",
            request,
            by=None,
            patient=patient,
            patients=ids,
            user=user.pk if user else None,
        )
    return True


def _slots_of(patients: list[int]) -> list[int]:
    """Ids of the extra slots; read before the patients are locked, as slots come first."""
    its = Appointment.objects.filter(patient__in=patients, slot__is_extra=True).order_by()
    return sorted(set(its.values_list("slot", flat=True)))


def _hold(person: Person) -> None:
    """What others could change meanwhile. The slots and the patients are locked already."""
    for rows in (Appointment, Wait):
        locks.hold_rows(rows._default_manager.filter(patient__in=person.patients))
    for pk in person.users:
        locks.user(pk)


def _erase_all(person: Person) -> None:
    # All are found before the first one changes: some are found by what others hold.
    found = [(one, _pks(one.rows(person))) for one in ERASED]
    for one, pks in found:
        rows = one.model._default_manager.filter(pk__in=pks)
        if one.model is Notification:
            locks.hold_rows(rows)
        if not isinstance(one, Blanked):
            rows.delete()
        elif pks:
            rows.update(**{name: _value(value, person) for name, value in one.values.items()})


def _pks(rows: QuerySet) -> list[Any]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _value(value: Any, person: Person) -> Any:
    return value(person) if callable(value) else value
