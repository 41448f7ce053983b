"""Writes the audit trail. Every other service calls this inside the transaction of its change."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from portal import request_context
from portal.models import AuditEvent, Patient, User


def record(
    verb: str, thing: Model, *, by: User | None, patient: Patient | None = None, **changes: Any
) -> AuditEvent:
    """Record that `by` did `verb` to `thing`; `by` is None if the program acted by itself.

    `changes` holds what a reader of the audit trail needs, as JSON values; times are UTC ISO
    strings. Writes one AuditEvent. Source: requirement F01.
    """
    event = _event(verb, thing, by=by, patient=patient, changes=changes)
    event.save(force_insert=True)
    return event


def record_many(verb: str, patients: Iterable[Patient], *, by: User | None, **changes: Any) -> None:
    """`record` for each of these patients, with the same `changes`: one statement a thousand."""
    events = [_event(verb, one, by=by, patient=one, changes=changes) for one in patients]
    AuditEvent.objects.bulk_create(events, batch_size=1000)


def _event(
    verb: str, thing: Model, *, by: User | None, patient: Patient | None, changes: dict[str, Any]
) -> AuditEvent:
    context = request_context.current()
    return AuditEvent(
        actor_id=by.pk if by else None,
        actor_name=by.name if by else "",
        actor_role=by.role if by else "",
        verb=verb,
        object_type=thing._meta.model_name or "",
        object_id=thing.pk,
        patient_id=patient.pk if patient else None,
        changes=changes,
        request_id=context.request_id,
        address=context.address,
    )
