"""Delivery reports of providers about messages that they accepted (requirement D06).

Reports arrive in any order, more than once, and sometimes before the worker has stored that the
provider accepted the message. A report is about one copy of a message, which the provider's id
identifies:

- Delivered: the message has reached the person. It is not sent again, whatever its state is.
- Not delivered: the message has failed, even if the same copy was reported as delivered before,
  because a mailbox may return a mail later. The desk should rather phone once too often than not at
  all.
- A failure stays until another copy is delivered.
"""

import logging

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from portal.database.transactions import retried
from portal.enums import Channel, NotificationState
from portal.models import Notification, User, locks
from portal.notifications.registry import EVENTS

logger = logging.getLogger("portal.notifications")

State = NotificationState
ID_LENGTH = Notification._meta.get_field("provider_id").max_length
NOTED = ["state", "answer", "provider_id", "sent_at", "delivered_at", "facts"]


@retried
def take_report(
    provider_id: str,
    *,
    channel: Channel,
    delivered: bool,
    answer: str,
    about: int | None = None,
    by: User | None = None,
) -> bool:
    """Save what a report says about a message. Returns whether anything changed.

    `about` is the notification's id, if the provider returns it; it finds messages whose
    `provider_id` is not stored yet. The caller has checked the provider's signature. Locks and
    writes one Notification. Reports about unknown messages are ignored: they may belong to another
    installation.
    """
    with transaction.atomic():
        notification = _found(provider_id[:ID_LENGTH], channel, about)
        if notification is None:
            return False
        take = _delivered if delivered else _not_delivered
        changed = take(notification, provider_id[:ID_LENGTH], answer[:300])
        if changed:
            notification.save(update_fields=NOTED)
            _tell_merged(notification)
    if changed and not delivered:
        logger.warning("Notification %s was not delivered", notification.pk)
    return changed


def _found(provider_id: str, channel: Channel, about: int | None) -> Notification | None:
    if not provider_id:
        return None
    # With the second condition SQLite uses the partial index, which leaves empty ids out.
    named = Q(provider_id=provider_id) & ~Q(provider_id="")
    which = Q(pk=about) if about else named
    reported = Notification.objects.filter(which, channel=channel)
    return locks.message(reported)


def _delivered(notification: Notification, provider_id: str, answer: str) -> bool:
    is_noted = notification.provider_id == provider_id
    if notification.state == State.VOID or (is_noted and notification.state != State.SENT):
        return False  # it has failed, and may wait for another attempt
    if notification.state != State.SENT:  # the worker does not know yet that it was taken
        _note_copy(notification, State.SENT, provider_id, answer)
        if EVENTS[notification.event].secret:
            notification.facts = {}
    elif notification.delivered_at and answer in ("", notification.answer):
        return False
    notification.answer = answer or notification.answer
    notification.delivered_at = notification.delivered_at or timezone.now()
    return True


def _not_delivered(notification: Notification, provider_id: str, answer: str) -> bool:
    """A report about another copy than the stored one counts only while a worker is sending the
    message."""
    is_noted = notification.provider_id == provider_id
    if notification.state != (State.SENT if is_noted else State.SENDING):
        return False
    _note_copy(notification, State.FAILED, provider_id, answer)
    notification.delivered_at = None
    return True


def _note_copy(notification: Notification, state: State, provider_id: str, answer: str) -> None:
    notification.state = state
    notification.provider_id = provider_id
    notification.answer = answer
    notification.sent_at = notification.sent_at or timezone.now()


def _tell_merged(leader: Notification) -> None:
    """Gives the notifications that were merged into this message the same state."""
    fields = ("state", "answer", "sent_at", "delivered_at")
    merged = leader.merged.exclude(state=State.VOID)
    merged.update(**{name: getattr(leader, name) for name in fields})
