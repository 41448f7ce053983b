"""The clinic's settings, which are one row (requirement B18)."""

from datetime import time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.errors import PortalError
from portal.models import ClinicSettings, User, locks
from portal.permissions.authority import demand
from portal.slots.services import release

_STRETCHES = (("day_starts_at", "day_ends_at"), ("reminders_from", "reminders_until"))


@retried
def change(*, by: User, **values: Any) -> dict[str, list[int | str]]:
    """Change these settings. All others keep their values, including values that somebody else has
    just changed.

    Times are wall times at each office. The change takes effect at once in every process; the
    release times of same-day slots are updated. Locks the row of the settings, then those slots.
    Writes them, and an AuditEvent with each value before and after, which are returned by name.
    Raises Forbidden, and PortalError if a stretch of time would end before it starts: the other
    end may have been changed meanwhile. Source: requirements B18 and F02.
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
            return {}
        for name in changes:
            setattr(settings, name, values[name])
        _check_stretches(settings, changes)
        settings.save(update_fields=list(changes))
        audit.record("change_settings", settings, by=by, settings=changes)
        if "same_day_release_at" in changes:
            release.release_anew(by=by)
    return changes


def _check_stretches(settings: ClinicSettings, changes: dict) -> None:
    for first, last in _STRETCHES:
        starts, ends = getattr(settings, first), getattr(settings, last)
        if starts >= ends:
            told = {"from": _plain(starts), "to": _plain(ends)}
            raise PortalError(
                _("Somebody has changed the other time meanwhile: it would be %(from)s to %(to)s.")
                % told,
                field=last if last in changes else first,
            )


def _plain(value: object) -> int | str:
    if isinstance(value, int):
        return value
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)
