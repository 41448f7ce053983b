"""Reading one's own notifications in the portal (requirement D03).

No audit event is recorded: what is noted is the reader's own mark on their own message.
"""

from django.db.models import QuerySet
from django.utils import timezone

from portal.database.transactions import retried
from portal.errors import Forbidden
from portal.models import Notification, User


def mark_read(notification: Notification, *, by: User) -> None:
    """Note that its reader has read it; the first time stays. Raises Forbidden for a stranger."""
    _own(notification, by).filter(read_at=None).update(read_at=timezone.now())


def mark_unread(notification: Notification, *, by: User) -> None:
    """Take that back, to come back to it later. Raises Forbidden for a stranger."""
    _own(notification, by).update(read_at=None)


@retried
def mark_all_read(user: User, *, until: int, by: User) -> int:
    """Mark all up to the id `until`, the newest that the reader was shown; what came since stays
    unread. Returns how many were unread. Raises Forbidden for a stranger."""
    if user.pk != by.pk:
        raise Forbidden
    unread = Notification.objects.visible_to(user).unread().filter(pk__lte=until)
    return unread.update(read_at=timezone.now())


def _own(notification: Notification, by: User) -> QuerySet[Notification]:
    if notification.user_id != by.pk:
        raise Forbidden
    return Notification.objects.visible_to(by).filter(pk=notification.pk)
