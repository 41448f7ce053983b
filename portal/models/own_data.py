"""The copy of everything held about a patient, for themself (requirement A13)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from portal.enums import OwnDataState
from portal.models.account import User


class OwnDataExportQuerySet(models.QuerySet["OwnDataExport"]):
    def visible_to(self, user) -> "OwnDataExportQuerySet":
        """Only one's own, whatever the role: admins see nobody else's."""
        return self.filter(user=user)

    def without_files(self) -> "OwnDataExportQuerySet":
        """The files are megabytes, and only a download needs one."""
        return self.defer("as_json", "as_pdf")


class OwnDataExport(models.Model):
    """One row per person, used again each time they ask. The files are removed at `ready_until`
    (UTC)."""

    user = models.OneToOneField(User, models.PROTECT, related_name="own_data")
    state = models.CharField(max_length=10, choices=OwnDataState, default=OwnDataState.PREPARING)
    # Of the task that makes the files. A form names the one it has seen: twice clicked makes one.
    run = models.UUIDField(unique=True)
    asked_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True)
    ready_until = models.DateTimeField(null=True)
    as_json = models.BinaryField(default=bytes)
    as_pdf = models.BinaryField(default=bytes)

    objects = OwnDataExportQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OwnDataState.values), name="own_data_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(ready_at__isnull=False, ready_until__isnull=False),
                name="own_data_ready_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"own data of {self.user_id}"

    def get_absolute_url(self) -> str:
        return reverse("own-data")

    @property
    def is_preparing(self) -> bool:
        return self.state == OwnDataState.PREPARING

    @property
    def is_ready(self) -> bool:
        """The files can be downloaded now."""
        until = self.ready_until
        return self.state == OwnDataState.READY and until is not None and until > timezone.now()

    @property
    def has_expired(self) -> bool:
        return self.state in (OwnDataState.READY, OwnDataState.EXPIRED) and not self.is_ready

    @property
    def has_failed(self) -> bool:
        return self.state == OwnDataState.FAILED
