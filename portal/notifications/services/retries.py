"""Sending failed messages again (requirement D03)."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import NotificationState
from portal.errors import PortalError, StaleState
from portal.models import Broadcast, Notification, User
from portal.notifications.registry import EVENTS
from portal.notifications.services.queue import later
from portal.permissions.authority import demand

A_TASK = 50  # messages that one task delivers


@retried
def retry(notification: Notification, *, by: User) -> Notification:
    """Queue a failed message again, due now and with all attempts.

    It keeps its Message-ID. Writes the Notification, if it still is failed, an AuditEvent and a
    task. Raises StaleState if it is not failed any more, PortalError if it is no longer true or its
    text was deleted, Forbidden.
    """
    demand(by, "portal.manage_messages", notification)
    with transaction.atomic():
        notification = Notification.objects.select_related("appointment", "patient").get(
            pk=notification.pk
        )
        if refusal := _refusal(notification):
            raise refusal
        if not _queued_again(notification, by=by):
            raise StaleState
        later("deliver", ids=[notification.pk])
    return notification


@retried
def retry_all(ids: Iterable[int], *, by: User) -> tuple[int, int]:
    """Queue those of these messages again that have failed and are still true. Returns how many
    were queued, and how many were not.

    Writes as `retry` does, in one transaction. Raises Forbidden.
    """
    demand(by, "portal.manage_messages", None)
    queued, left = [], 0
    with transaction.atomic():
        found = Notification.objects.select_related("appointment", "patient").filter(pk__in=ids)
        for notification in found.order_by("pk"):
            if not _refusal(notification) and _queued_again(notification, by=by):
                queued.append(notification.pk)
            else:
                left += 1
        for start in range(0, len(queued), A_TASK):
            later("deliver", ids=queued[start : start + A_TASK])
    return len(queued), left


@retried
def spread_again(broadcast: Broadcast, *, by: User) -> None:
    """Continue a broadcast whose writing stopped; existing notifications stay as they are.

    Writes a task and an AuditEvent. Raises StaleState if it is complete, Forbidden.
    """
    demand(by, "portal.manage_messages", broadcast)
    with transaction.atomic():
        if not Broadcast.objects.filter(pk=broadcast.pk, spread_at=None).exists():
            raise StaleState
        audit.record("spread_again", broadcast, by=by)
        later("spread", broadcast_id=broadcast.pk)


def _refusal(notification: Notification) -> PortalError | None:
    """Why it cannot be sent again, in a sentence."""
    if notification.state == NotificationState.VOID:
        return StaleState(_("This message is not needed any more; it is not sent."))
    if notification.state != NotificationState.FAILED:
        return StaleState(
            _("This message has not failed: it is “%(state)s”.")
            % {"state": notification.get_state_display()}
        )
    if notification.merged_into_id:
        return PortalError(_("This is part of another message; send that one again."))
    event = EVENTS[notification.event]
    if event.secret and not notification.facts:
        return PortalError(_("The text of this message is not kept, so it cannot be sent again."))
    if event.is_void(notification):
        return PortalError(
            _("A later change has overtaken this message: what it says is not true any more.")
        )
    return None


def _queued_again(notification: Notification, *, by: User) -> bool:
    """One conditional update: if several try at once, one queues it."""
    queued = Notification.objects.filter(pk=notification.pk, state=NotificationState.FAILED).update(
        state=NotificationState.QUEUED, attempts=0, due_at=timezone.now(), claimed_by=""
    )
    if queued:
        audit.record(
            "retry",
            notification,
            by=by,
            patient=notification.patient,
            attempts=notification.attempts,
            answer=notification.answer,
        )
    return bool(queued)
