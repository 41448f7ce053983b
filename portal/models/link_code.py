"""The code with which a login joins the chart that the desk keeps (requirement A09)."""

from django.conf import settings
from django.db import models

from portal.models.patient import Patient


class LinkCode(models.Model):
    """The latest code of a user; there is one row even if nobody was found, so that both look
    alike. The code itself is only in the message that was sent."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    patient = models.ForeignKey(Patient, models.CASCADE, null=True, related_name="+")
    digest = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(default=0)
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"code of user {self.user_id}"
