"""What the portal noticed about how it is set up, for the admins (requirement F02)."""

from django.db import models


class SetupNotice(models.Model):
    """One row a kind; `seen_at` is when that was seen last."""

    name = models.CharField(max_length=40, primary_key=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
