"""Writes the audit trail. Every other service calls this inside the transaction of its change."""

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
    return insert(
        verb,
        by=by,
        object_type=thing._meta.model_name or "",
        object_id=thing.pk,
        patient_id=patient.pk if patient else None,
        changes=changes,
    )


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
    context = request_context.current()
    return AuditEvent.objects.create(
        actor_id=by.pk if by else None,
        actor_name=by.name if by else "",
        actor_role=by.role if by else "",
        verb=verb,
        object_type=object_type,
        object_id=object_id,
        patient_id=patient_id,
        changes=changes,
        request_id=context.request_id,
        address=context.address,
    )
