"""How the clinic works: its one row of settings (requirement B18)."""

from datetime import time

from django.db import transaction

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.models import ClinicSettings, User, locks
from portal.permissions.authority import demand
from portal.slots.services import release


@retried
def change(*, by: User, **values) -> ClinicSettings:
    """Set these of the settings; the others stay, also those that somebody else has just changed.

    Times are of the wall clock of each office. In force at once, in every process; same-day slots
    are released anew. Locks the row of the settings, then those slots. Writes them, and an
    AuditEvent with each value before and after.
    Raises Forbidden. Source: requirement B18.
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


def _plain(value) -> int | str:
    if isinstance(value, int):
        return value
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)
