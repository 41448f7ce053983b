"""What providers report of messages that they took (requirement D06).

Reports come in any order, more than once, and now and then before the worker has noted that the
message was taken. A report speaks of one copy of a message, which the provider's id names:

- Delivered: it has reached the person, so it is not sent again, whatever state it is in.
- Not delivered: failed, even if the same copy was reported as delivered before; a mailbox may take
  a mail and send it back later. The desk would rather ring once too often than not at all.
- A failure stands: only the delivery of another copy takes it back.
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
    """Note what became of a message; whether that changed anything.

    `about` is the notification's id, if the provider has carried it along: it finds messages whose
    `provider_id` is not noted yet. The caller has checked the provider's signature. Locks and
    writes one Notification. Unknown messages are passed over: they may be another installation's.
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
    # The second half says to SQLite that the index, which leaves empty ones out, will do.
    named = Q(provider_id=provider_id) & ~Q(provider_id="")
    which = Q(pk=about) if about else named
    reported = Notification.objects.filter(which, channel=channel)
    return locks.message(reported)


def _delivered(notification: Notification, provider_id: str, answer: str) -> bool:
    is_noted = notification.provider_id == provider_id
    if notification.state == State.VOID or (is_noted and notification.state != State.SENT):
        return False  # it has failed, and perhaps waits for another attempt
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
    """Of a copy that is not the noted one only while the worker has it in its hands."""
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
    """What was said in the same message has come to the same."""
    fields = ("state", "answer", "sent_at", "delivered_at")
    merged = leader.merged.exclude(state=State.VOID)
    merged.update(**{name: getattr(leader, name) for name in fields})
