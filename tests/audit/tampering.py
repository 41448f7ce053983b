"""A sealed trail, and changing it behind the program's back."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from portal.audit.services import sealing
from portal.database import guards
from portal.models import AuditEvent


def rows(count: int, **values) -> list[AuditEvent]:
    """So many events, written in bulk as the program would."""
    now = timezone.now()
    return AuditEvent.objects.bulk_create(
        [
            AuditEvent(
                at=now - timedelta(seconds=count - number),
                actor_id=7,
                actor_name="José Müller",
                actor_role="admin",
                verb="update",
                object_type="patient",
                object_id=number,
                patient_id=number,
                changes={"fields": ["name", "phone"], "was": 1.0, "big": 1e20, "small": 1.5e-7},
                request_id="r",
                address="2001:db8::1",
                **values,
            )
            for number in range(count)
        ],
        batch_size=500,
    )


def sealed(count: int) -> list[AuditEvent]:
    made = rows(count)
    sealing.seal(by=None)
    return made


def tamper(sql: str, *values) -> None:
    """As somebody who may do everything in the database."""
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
