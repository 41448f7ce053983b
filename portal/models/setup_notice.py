"""Problems of the installation that the portal has noticed, for admins (requirement F02)."""

from django.db import models


class SetupNotice(models.Model):
    """One row per kind of problem; `seen_at` is when it was last noticed."""

    name = models.CharField(max_length=40, primary_key=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
