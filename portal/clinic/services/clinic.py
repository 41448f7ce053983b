"""The clinic's settings, which are one row (requirement B18)."""

from datetime import time
from typing import Any

from django.db import transaction

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.models import ClinicSettings, User, locks
from portal.permissions.authority import demand
from portal.slots.services import release


@retried
def change(*, by: User, **values: Any) -> ClinicSettings:
    """Change these settings. All others keep their values, including values that somebody else has
    just changed.

    Times are wall times at each office. The change takes effect at once in every process; the
    release times of same-day slots are updated. Locks the row of the settings, then those slots.
    Writes them, and an AuditEvent with each value before and after. Raises Forbidden. Source:
    requirement B18.
    """
    with transaction.atomic():
        settings = locks.settings()
        demand(by, "portal.change_clinic", settings)
        changes = {
            name: [_plain(getattr(settings, name)), _plain(value)]
            for name, value in values.items()
            if getattr(settings, name) != value
        }
        if not changes:
            return settings
        for name in changes:
            setattr(settings, name, values[name])
        settings.save(update_fields=list(changes))
        audit.record("change_settings", settings, by=by, settings=changes)
        if "same_day_release_at" in changes:
            release.release_anew(by=by)
    return settings


def _plain(value: object) -> int | str:
    if isinstance(value, int):
        return value
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)
