"""Two rows of one person that were merged (requirement A17)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from portal.models.patient import Patient


class PatientMergeQuerySet(models.QuerySet["PatientMerge"]):
    def visible_to(self, user) -> "PatientMergeQuerySet":
        """Those of patients whom the desk or an admin sees; nobody else sees any."""
        return self if user.is_staff and not user.is_doctor else self.none()

    def standing(self) -> "PatientMergeQuerySet":
        """Those that were not taken back."""
        return self.filter(taken_back_at=None)


class PatientMerge(models.Model):
    """`gone` was merged into `kept`. `moved`: ids of the rows that were gone's, by table and field
    (people/services/merged_rows.py). `before` and `after`: kept's values that the merge changed.
    `added_phones`: ids of kept's PatientPhones that it made."""

    kept = models.ForeignKey(Patient, models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    moved = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    added_phones = models.JSONField(default=list)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = PatientMergeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=Q(taken_back_at=None), name="patient_merged_once"
            ),
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="patient_merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"

    def get_absolute_url(self) -> str:
        return reverse("merge-take-back", args=[self.pk])
