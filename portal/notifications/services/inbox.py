"""Marking one's own notifications as read in the portal (requirement D03).

These services record no audit event, because a reader only marks their own messages.
"""

from django.db.models import QuerySet
from django.utils import timezone

from portal.database.transactions import retried
from portal.enums import Channel, NotificationState
from portal.errors import Forbidden
from portal.models import Notification, Patient, User


def mark_read(notification: Notification, *, by: User) -> None:
    """Mark a notification as read; the time of the first reading stays. Raises Forbidden if it is
    not the user's own."""
    _own(notification, by).filter(read_at=None).update(read_at=timezone.now())


def mark_unread(notification: Notification, *, by: User) -> None:
    """Mark a notification as unread again. Raises Forbidden if it is not the user's own."""
    _own(notification, by).update(read_at=None)


@retried
def mark_all_read(user: User, *, until: int, by: User) -> int:
    """Mark all notifications up to the id `until` as read. `until` is the newest that the page
    showed, so later ones stay unread. Returns how many were unread. Raises Forbidden if they are
    not the user's own."""
    if user.pk != by.pk:
        raise Forbidden
    unread = Notification.objects.visible_to(user).unread().filter(pk__lte=until)
    return unread.update(read_at=timezone.now())


def take_back(user: User, patient: Patient) -> None:
    """The user no longer finds what was written to them about this patient, and what waits to be
    sent is void. Writes Notifications (requirements A09, A14)."""
    written = Notification.objects.filter(user=user, patient=patient)
    waiting = written.filter(state=NotificationState.QUEUED)
    waiting.update(state=NotificationState.VOID)
    written.filter(channel=Channel.PORTAL).update(user=None)


def _own(notification: Notification, by: User) -> QuerySet[Notification]:
    if notification.user_id != by.pk:
        raise Forbidden
    return Notification.objects.visible_to(by).filter(pk=notification.pk)
