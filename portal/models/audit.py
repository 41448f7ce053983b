"""The audit trail. The database refuses to change or delete a row (portal/database/guards.py)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from portal.models.audit_hash import RowHashField


class AuditEvent(models.Model):
    """No foreign keys: an event outlives its object, and keeps the names of that moment.

    On PostgreSQL the table is partitioned by the month of `at` (portal/database/audit_months.py).
    """

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120, blank=True)
    actor_role = models.CharField(max_length=10, blank=True)
    verb = models.CharField(max_length=40)
    object_type = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    patient_id = models.BigIntegerField(null=True)
    changes = models.JSONField(default=dict)
    request_id = models.CharField(max_length=36, blank=True)
    address = models.GenericIPAddressField(null=True)
    row_hash = RowHashField(max_length=32)

    patient_name: str  # the present one, "" if there is none; where `masked` has read it

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_by_object"),
            models.Index(fields=["patient_id", "at"], name="audit_by_patient"),
            models.Index(fields=["actor_id", "at"], name="audit_by_actor"),
            models.Index(fields=["verb", "at"], name="audit_by_verb"),
            models.Index(fields=["at"], name="audit_of_admins", condition=Q(actor_role="admin")),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type} {self.object_id}"


class AuditSeal(models.Model):
    """One link of the chain over the trail: which rows it seals, and a digest over their hashes and
    the previous seal. The database refuses to change or delete it, too."""

    number = models.BigIntegerField(primary_key=True)  # from 1, without gaps
    sealed_at = models.DateTimeField(db_index=True)
    highest_id = models.BigIntegerField()  # of all rows sealed so far
    count = models.IntegerField()
    spans = models.JSONField()  # [[first id, last id], …] of its rows, ascending
    marks = models.BinaryField()  # the first four bytes of each row's hash: names an altered row
    previous = models.CharField(max_length=64, blank=True)  # the digest of the seal before
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.number}: {self.digest}"
