"""The private calendar addresses (requirement B22)."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class CalendarFeed(models.Model):
    """Whether calendar programs can fetch a user's appointments, and at which address.

    The address is computed from `nonce` and the portal's secret key, so the database alone does not
    reveal it. A new nonce makes a new address and ends the old one; an empty one ends it
    permanently. A new password ends it too, because somebody who knew the old one may have copied
    the address.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="calendar_feed"
    )
    nonce = models.CharField(max_length=32, null=True, unique=True)  # noqa: DJ001 (many have none)
    made_at = models.DateTimeField(default=timezone.now)
    ended_with_password = models.BooleanField(default=False)

    class Meta:
        ordering = ["user"]

    def __str__(self) -> str:
        return f"feed of {self.user_id}"
