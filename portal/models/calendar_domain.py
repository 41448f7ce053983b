"""The domain in the UIDs of calendar entries (requirement D01)."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import models

from portal.database.written import one


class CalendarDomain(models.Model):
    """The part after the @ in the UID of each calendar entry: the portal's host when this row, the
    only one, was written. It never changes; otherwise calendar programs would show every
    appointment twice after the portal has moved to another domain."""

    name = models.CharField(max_length=253)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="calendar_domain_one_row"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> str:
        """One query. The present host if there is no row, as in an emptied database."""
        found = one(cls, "id", 1)
        return found.name if found else urlsplit(settings.ORIGIN).hostname or ""
