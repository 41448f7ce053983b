"""Two patients who look like one person and are not (requirement A17)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from portal.models.patient import Patient


class DistinctPatientsQuerySet(models.QuerySet["DistinctPatients"]):
    def standing(self) -> "DistinctPatientsQuerySet":
        """Those that were not taken back."""
        return self.filter(taken_back_at=None)

    def of_both(self, one: Patient, other: Patient) -> "DistinctPatientsQuerySet":
        """For these two, in whatever order."""
        first, second = sorted((one.pk, other.pk))
        return self.filter(first=first, second=second)


class DistinctPatients(models.Model):
    """`first` has the lower number. While the mark stands, the two are not offered as likely
    duplicates."""

    first = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    second = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = DistinctPatientsQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"],
                condition=Q(taken_back_at=None),
                name="distinct_patients_once",
            ),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="distinct_patients_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} is not {self.second_id}"
