"""The release times of same-day slots (requirement B24)."""

from datetime import datetime

from django.utils import timezone

from portal.enums import SlotAudience
from portal.models import ClinicSettings, Slot, User, locks
from portal.models.availability import LONGEST
from portal.slots.queries.release import released_at


def release_anew(*, by: User) -> int:
    """Update the release times of future same-day slots, booked ones too, after the clinic's hour
    of release has changed.

    Call it in the transaction of the change. Locks and writes the slots with a different release
    time, in one statement per time; returns how many. Source: requirement B24.
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
