"""Declining and closing requests, inside the transaction of the caller, who has locked their
slot."""

from typing import Any

from django.utils import timezone

from portal.audit.services import audit
from portal.models import TRANSITIONS, Appointment, ClinicSettings, Slot, User, locks
from portal.notifications.services import notifications
from portal.slots.queries.slots import nearest_free


def decline_requests(slot: Slot, *, by: User | None) -> list[Appointment]:
    """Decline all requests for a slot that is locked, and taken or withdrawn.

    Locks and writes them, an AuditEvent and Notifications for each. If a patient got the slot, the
    program declines the others, not that patient, because the others need not know who got it.
    """
    requests = locks.requests(slot)
    free_times = free_times_near(slot) if requests else []
    staff = by if by and by.is_staff else None
    declined = [
        close_request(one, "decline", by=staff, is_gone=True, free_times=free_times)
        for one in requests
    ]
    Slot.objects.filter(pk=slot.pk).update(has_requests=False)
    return declined


def close_request(
    appointment: Appointment, verb: str, *, by: User | None, comment: str = "", **facts: Any
) -> Appointment:
    """Close a locked request by `verb`: decline or expire. Its slot stays as it is.

    `facts` are for the messages about it.
    """
    appointment.state = TRANSITIONS[verb][1]
    appointment.cancel_comment = comment
    appointment.cancelled_by = by
    appointment.cancelled_at = timezone.now()
    appointment.version += 1
    appointment.save()
    audit.record(
        verb,
        appointment,
        by=by,
        patient=appointment.patient,
        reference=appointment.reference,
        starts_at=appointment.starts_at.isoformat(),
    )
    notifications.tell(f"request_{appointment.state}", about=appointment, by=by, **facts)
    return appointment


def free_times_near(slot: Slot) -> list[dict]:
    """Up to three other free times of the doctor, as facts of a message: at most three queries."""
    near = nearest_free(slot, settings=ClinicSettings.current())
    return [
        {
            "slot": other.pk,
            "starts_at": other.starts_at.isoformat(),
            "ends_at": other.ends_at.isoformat(),
            "zone": other.office.time_zone,
            "office": other.office.name,
        }
        for other in near
        if other.doctor_id == slot.doctor_id
    ]
