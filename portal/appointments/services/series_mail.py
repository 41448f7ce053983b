"""Checks messages about a series just before they are sent, so that they name only what still
holds."""

from datetime import datetime

from django.utils import timezone

from portal.models import LIVE, Appointment, Notification


def any_stands(notification: Notification) -> bool:
    """Whether any of its appointments is still confirmed at the time that the message names. One
    query."""
    return bool(_standing(notification))


def renew(notification: Notification) -> None:
    """Leave out the appointments that were cancelled or moved meanwhile. One query."""
    first, *others = _standing(notification)
    kept = {name: fact for name, fact in notification.facts.items() if name != "others"}
    notification.facts = kept | first | {"others": others}


def _standing(notification: Notification) -> list[dict]:
    own = {name: fact for name, fact in notification.facts.items() if name != "others"}
    told = [own, *notification.facts.get("others", ())]
    live = Appointment.objects.filter(state__in=LIVE, ends_at__gt=timezone.now())
    found = live.filter(pk__in=[facts["appointment"] for facts in told])
    starts = dict(found.values_list("pk", "starts_at"))
    return [
        facts
        for facts in told
        if starts.get(facts["appointment"]) == datetime.fromisoformat(facts["starts_at"])
    ]
