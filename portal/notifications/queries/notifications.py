"""Notifications that a user reads in the portal: unread count and list (requirement D03)."""

from dataclasses import dataclass

from django.db import connection

from portal.models import Notification, User
from portal.web.pages import Page, paged

COUNTED = 99  # the bell says “99+” when there are more

# Each page of a signed-in user asks this, and each of their open windows once a minute.
_UNREAD = """
    SELECT count(*), coalesce(max(id), 0) FROM (
        SELECT id FROM portal_notification
        WHERE user_id = %s AND channel = 'portal' AND read_at IS NULL LIMIT %s
    ) AS counted
"""


@dataclass(frozen=True, slots=True)
class Unread:
    """`count` is at most COUNTED + 1; `newest_id` is the newest of those counted, 0 if there are
    none."""

    count: int
    newest_id: int

    @property
    def is_many(self) -> bool:
        return self.count > COUNTED

    @property
    def shown(self) -> str:
        return f"{COUNTED}+" if self.is_many else str(self.count)

    @property
    def tag(self) -> str:
        """The ETag of the bell, without the quotes. It changes whenever the bell's content does."""
        return f"{self.count}-{self.newest_id}"


def unread(user: User) -> Unread:
    """One small query."""
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD, [user.pk, COUNTED + 1])
        return Unread(*cursor.fetchone())


def of_user(user: User, number: int, *, only_unread: bool = False) -> Page[Notification]:
    """Page `number` of the user's own notifications, newest first, with what a list needs: one
    query."""
    own = Notification.objects.visible_to(user).only("event", "facts", "created_at", "read_at")
    return paged(own.unread() if only_unread else own, number)
