"""Changes of many days, stored so that each can be undone as one."""

from django.db import models
from django.utils import timezone

from portal.enums import BulkChangeKind
from portal.models.account import User
from portal.models.office import Office
from portal.models.staff import Doctor


class BulkChange(models.Model):
    """The effect of one change of many days on a doctor's diary, or on all diaries of an office.

    `added` and `removed` are ids of slots. `facts` holds, by kind, what else it changed, before and
    after (see services/bulk_changes.py). The row stays after the change was undone.
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

    @property
    def its_doctor(self) -> Doctor:
        """Whose diary it changed; those that are about an office alone have none."""
        if self.doctor is None:
            raise LookupError(f"{self.kind} is about no doctor")
        return self.doctor

    @property
    def its_office(self) -> Office:
        """Where it changed days; those that are about a doctor alone have none."""
        if self.office is None:
            raise LookupError(f"{self.kind} is about no office")
        return self.office
