"""When same-day slots become free for patients (requirement B24)."""

from datetime import datetime

from django.utils import timezone

from portal.enums import SlotAudience
from portal.models import ClinicSettings, Slot, User, locks
from portal.models.availability import LONGEST
from portal.slots.queries.release import released_at


def release_anew(*, by: User) -> int:
    """Let the same-day slots ahead, booked ones too, follow the clinic's hour of release, which has
    changed.

    To be called within the change of the settings. Locks and writes the slots whose moment is
    another one, by one statement for each moment; returns how many. Source: requirement B24.
    """
    settings = ClinicSettings.current()
    ahead = Slot.objects.live().filter(
        audience=SlotAudience.SAME_DAY, starts_at__gt=timezone.now() - LONGEST
    )
    moments: dict[datetime | None, list[int]] = {}
    for slot in ahead.select_related("office"):
        moment = released_at(slot.audience, slot.starts_at, slot.office, settings)
        if moment != slot.released_at:
            moments.setdefault(moment, []).append(slot.pk)
    ids = [pk for together in moments.values() for pk in together]
    locks.hold_slots(ids)
    for moment, together in moments.items():
        Slot.objects.filter(pk__in=together, audience=SlotAudience.SAME_DAY).update(
            released_at=moment
        )
    return len(ids)
