"""Who changed a setting of the clinic last, from the audit trail (requirement F02)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.database.written import planned_anew
from portal.models import AuditEvent, ClinicSettings

EVENTS_READ = 200  # the newest changes; what was changed before them is not told


@dataclass(frozen=True)
class SettingChange:
    """`before` is the value as the audit trail holds it."""

    at: datetime
    by: str
    before: Any


@planned_anew()
def last_changes() -> dict[str, SettingChange]:
    """The last change of each setting, by the name of its field: one query."""
    events = AuditEvent.objects.filter(
        object_type=ClinicSettings._meta.model_name, object_id=1, verb="change_settings"
    )
    found: dict[str, SettingChange] = {}
    rows = events.order_by("-at", "-pk").values_list("at", "actor_name", "changes")[:EVENTS_READ]
    for at, by, changes in rows:
        for name, (before, _after) in changes.get("settings", {}).items():
            found.setdefault(name, SettingChange(at, by, before))
    return found
