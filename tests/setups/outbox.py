"""Sends what the outbox holds, in this process and transaction."""

from portal.models import Notification
from portal.notifications.services import delivery


def deliver_all() -> None:
    """All that is queued and due. Without the worker, which closes the test's connection."""
    waiting = Notification.objects.filter(state="queued").order_by("pk")
    delivery.deliver(list(waiting.values_list("pk", flat=True)), claim="test")
