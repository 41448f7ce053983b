"""Changes of many days, kept so that each can be undone as one."""

from django.db import models
from django.utils import timezone

from portal.enums import BulkChangeKind
from portal.models.account import User
from portal.models.office import Office
from portal.models.staff import Doctor


class BulkChange(models.Model):
    """What one change of many days did: to a doctor's diary, or to all diaries of an office.

    `added` and `removed` are ids of slots that came and went. `facts`, by kind: what else it
    changed, as it was before and after (services/bulk_changes.py says what). One that was undone
    keeps its row.
    """

    kind = models.CharField(max_length=20, choices=BulkChangeKind)
    doctor = models.ForeignKey(Doctor, models.PROTECT, null=True, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    added = models.JSONField(default=list)
    removed = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["office", "kind"], name="bulk_change_by_office")]

    def __str__(self) -> str:
        return f"{self.kind} {self.made_at:%Y-%m-%d %H:%M} UTC"
