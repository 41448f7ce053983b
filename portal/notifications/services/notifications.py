"""Writes notifications to the outbox (requirements D01, D06). delivery.py sends them."""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from django.utils import timezone

from portal.enums import Channel, NotificationState
from portal.models import Notification, User
from portal.notifications.declaration import Event, Recipient
from portal.notifications.facts import check
from portal.notifications.registry import EVENTS
from portal.notifications.services.queue import later

A_TASK = 50  # messages that one task delivers


def tell(
    event: str,
    /,
    *,
    about: Any,
    by: User | None,
    to: Collection[Recipient] | None = None,
    **facts: Any,
) -> list[Notification]:
    """Notify recipients that `event` has happened to `about`. Its declaration says whom, how and
    when.

    Call it inside the transaction of the change, after the change was written. `by` is the acting
    user, None for the program. `to` replaces the recipients of the declaration. `facts` are JSON
    values, times as ISO text in UTC, in addition to those that are read from `about`. Writes
    Notifications and the tasks that deliver them; those in the portal are visible at once. Locks
    nothing. Raises KeyError for an event that is not declared, TypeError for facts that differ from
    the declaration. Returns the notifications to be sent, without those merged into them. Source:
    requirements D01, D06.
    """
    return tell_each(event, about=[about], by=by, to=to, **facts)


def tell_each(
    event: str,
    /,
    *,
    about: Iterable,
    by: User | None,
    to: Collection[Recipient] | None = None,
    **facts: Any,
) -> list[Notification]:
    """The same for many objects, written together."""
    declared = EVENTS[event]
    messages = [
        message for one in about for message in _messages(declared, one, by=by, to=to, given=facts)
    ]
    _stamp(row for message in messages for row in message)
    sent = _write(declared, [leader for leader, *_merged in messages])
    for leader, *merged in messages:
        for one in merged:
            one.merged_into = leader  # which has its id only now
    Notification.objects.bulk_create(one for _leader, *merged in messages for one in merged)
    _enqueue(declared, sent)
    return sent


def _messages(
    event: Event, about: Any, *, by: User | None, to: Collection[Recipient] | None, given: dict
) -> Iterable[list[Notification]]:
    """For each recipient and channel the notification to be sent, and those that are merged into
    it."""
    parts = event.merging.parts(about) if event.merging else [about]
    facts = [event.facts_of(part, by, given) | given for part in parts]
    told: Counter[Channel] = Counter()
    for recipient in event.recipients(parts[0], by) if to is None else to:
        for channel in event.channels_to(recipient, parts[0]):
            told[channel] += 1
            rows = [
                _row(event, part, recipient, channel, own | _of(recipient), nth=told[channel])
                for part, own in zip(parts, facts, strict=True)
            ]
            if len(rows) > 1:
                rows[0].facts["others"] = [row.facts for row in rows[1:]]
            yield rows


def _of(recipient: Recipient) -> dict:
    """The facts of every event: the kind of the recipient, and who reads it in their place."""
    proxy = {"proxy": recipient.user.name} if recipient.is_proxy and recipient.user else {}
    return {"for": recipient.kind} | proxy


def _row(
    event: Event, about: Any, recipient: Recipient, channel: Channel, facts: dict, *, nth: int
) -> Notification:
    check(event.facts, facts)
    return Notification(
        key=event.key_of(about, recipient, channel, facts, nth=nth),
        event=event.name,
        channel=channel,
        user=recipient.user,
        address=recipient.address,
        facts=facts,
        **{"patient": recipient.patient} | event.refers(about, recipient),
    )


def _stamp(rows: Iterable[Notification]) -> None:
    """Gives all of them the same time. Those in the portal count as delivered."""
    now = timezone.now()
    for row in rows:
        row.due_at = row.created_at = now
        if row.channel == Channel.PORTAL:
            row.state, row.sent_at = NotificationState.SENT, now


def _write(event: Event, rows: list[Notification]) -> list[Notification]:
    """Insert them; for an event that skips known keys, only the new ones."""
    if not event.skips_known:
        return Notification.objects.bulk_create(rows)
    by_key = {row.key: row for row in rows}
    there = Notification.objects.filter(key__in=by_key).values_list("key", flat=True)
    missing = set(by_key) - set(there)
    # Rows that another process has written since belong to its own task.
    new = [row for key, row in by_key.items() if key in missing]
    Notification.objects.bulk_create(new, ignore_conflicts=True)
    return list(Notification.objects.filter(key__in=missing).order_by("pk"))


def _enqueue(event: Event, rows: list[Notification]) -> None:
    waiting = [row.pk for row in rows if row.state == NotificationState.QUEUED]
    for start in range(0, len(waiting), A_TASK):
        later("deliver", ids=waiting[start : start + A_TASK], priority=event.priority)
