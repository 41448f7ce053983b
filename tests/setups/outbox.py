"""Sends what the outbox holds, in this process and transaction."""

from portal.models import Notification, User
from portal.notifications.declaration import Recipient
from portal.notifications.services import delivery, notifications


def deliver_all() -> None:
    """All that is queued and due. Without the worker, which closes the test's connection."""
    waiting = Notification.objects.filter(state="queued").order_by("pk")
    delivery.deliver(list(waiting.values_list("pk", flat=True)), claim="test")


def mail_account(address: str, *, user: User | None, **facts) -> list[Notification]:
    """A finished mail about signing in: `subject`, `text` and `html`."""
    to = [Recipient("user", user, address=address)]
    return notifications.tell("account", about=user, by=None, to=to, **facts)
