"""How the clinic works: its one row of settings (requirement B18)."""

from datetime import datetime, time

from django.db import transaction
from django.utils import timezone

from portal.audit.services import audit
from portal.diary.services import slots
from portal.enums import SlotAudience
from portal.models import ClinicSettings, Slot, User
from portal.permissions.authority import demand
from portal.slots.queries.release import released_at


def change(*, by: User, **values) -> ClinicSettings:
    """Set these of the settings; the others stay, also those that somebody else has just changed.

    Times are of the wall clock of each office. In force at once, in every process; same-day slots
    are released anew. Locks and writes the row of the settings; writes an AuditEvent with each
    value before and after.
    Raises Forbidden. Source: requirement B18.
    """
    with transaction.atomic():
        ClinicSettings.objects.get_or_create(pk=1)
        settings = ClinicSettings.objects.select_for_update().get(pk=1)
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
        if "same_day_release_at" in changes:
            _release_same_day(settings)
        audit.record("change_settings", settings, by=by, settings=changes)
        if "same_day_release_at" in changes:
            slots.release_anew(by=by)
    return settings


def _release_same_day(settings: ClinicSettings) -> None:
    """One statement for each day that has such slots; those that are booked may be freed again."""
    ahead = Slot.objects.live().filter(audience=SlotAudience.SAME_DAY, starts_at__gt=timezone.now())
    moments: dict[datetime | None, list[int]] = {}
    for slot in ahead.select_related("office").order_by("pk"):
        moment = released_at(slot.audience, slot.starts_at, slot.office, settings)
        if moment != slot.released_at:
            moments.setdefault(moment, []).append(slot.pk)
    for moment, ids in moments.items():
        Slot.objects.filter(pk__in=ids).update(released_at=moment)


def _plain(value) -> int | str:
    if isinstance(value, int):
        return value
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)
