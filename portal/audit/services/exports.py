"""The export of the audit trail is itself recorded (F01)."""

from portal.audit.queries.trail import TrailFilter
from portal.audit.services import audit
from portal.models import AuditEvent, User
from portal.permissions.authority import demand

MOST = 100_000  # rows of one file
NAMED = 20  # ids of people that are written down


def record(asked: TrailFilter, *, by: User) -> AuditEvent:
    """Record which part of the trail `by` takes out. Writes an AuditEvent. Raises Forbidden."""
    demand(by, "portal.read_audit", None)
    changes: dict[str, object] = {
        "first": asked.first.isoformat(),
        "last": asked.last.isoformat() if asked.last else None,
        "role": asked.role,
        "verb": asked.verb,
        "type": asked.object_type,
        "object": asked.object_id,
        "people": sorted(asked.actors or ())[:NAMED],
        "patients": sorted(asked.patients or ())[:NAMED],
    }
    kept = {name: value for name, value in changes.items() if value}
    return audit.insert("export", by=by, object_type="auditevent", changes=kept)
