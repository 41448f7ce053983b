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
    strings. `was_x` is shown as the value of `x` before the change. Writes one AuditEvent. Source:
    requirement F01.
    """
    event = _event(verb, _named(thing, patient), by=by, changes=changes)
    event.save(force_insert=True)
    return event


def record_many(verb: str, patients: Iterable[Patient], *, by: User | None, **changes: Any) -> None:
    """`record` for each of these patients, with the same `changes`: one statement a thousand."""
    events = [_event(verb, _named(one, one), by=by, changes=changes) for one in patients]
    AuditEvent.objects.bulk_create(events, batch_size=1000)


def insert(
    verb: str,
    *,
    by: User | None,
    object_type: str,
    object_id: int = 0,
    patient_id: int | None = None,
    changes: dict[str, Any],
) -> AuditEvent:
    """The same for what is no row of a table; its `object_id` is 0. One query."""
    names = {"object_type": object_type, "object_id": object_id, "patient_id": patient_id}
    event = _event(verb, names, by=by, changes=changes)
    event.save(force_insert=True)
    return event


def _named(thing: Model, patient: Patient | None) -> dict[str, Any]:
    return {
        "object_type": thing._meta.model_name or "",
        "object_id": thing.pk,
        "patient_id": patient.pk if patient else None,
    }


def _event(
    verb: str, names: dict[str, Any], *, by: User | None, changes: dict[str, Any]
) -> AuditEvent:
    context = request_context.current()
    return AuditEvent(
        actor_id=by.pk if by else None,
        actor_name=by.name if by else "",
        actor_role=by.role if by else "",
        verb=verb,
        changes=changes,
        request_id=context.request_id,
        address=context.address,
        **names,
    )
