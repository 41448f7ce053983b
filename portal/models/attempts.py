"""Counters of attempts that are limited (requirement A04)."""

from django.conf import settings
from django.db import models


class AttemptCount(models.Model):
    """`key` is a digest of what is counted and for whom, so it reveals no address and no login."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return f"{self.count} until {self.ends_at:%Y-%m-%d %H:%M}"


class KnownAddress(models.Model):
    """An address from which a user has signed in before, stored as a digest."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["user", "digest"]
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="known_address_unique")
        ]

    def __str__(self) -> str:
        return f"an address of {self.user_id}"
