"""The one-time link that makes the first admin (requirement A15)."""

from django.db import models


class FirstAdminLink(models.Model):
    """The only row has id 1: a new link replaces the one before. It is removed with its use.

    Read and written under the lock of the clinic's settings.
    """

    token_hash = models.CharField(max_length=64)  # SHA-256, as hex: the token itself is not stored
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="first_admin_link_one_row"),
        ]

    def __str__(self) -> str:
        return f"until {self.expires_at:%Y-%m-%d %H:%M} UTC"
