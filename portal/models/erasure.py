"""What a person has asked to have erased (requirement A19)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from portal.enums import ErasureState
from portal.models.patient import Patient


class ErasureRequestQuerySet(models.QuerySet["ErasureRequest"]):
    def visible_to(self, user) -> "ErasureRequestQuerySet":
        """Admins: all. A patient: those about themself. Everybody else: none."""
        if user.is_admin:
            return self
        return self.filter(patient__user=user) if user.is_patient else self.none()

    def waiting(self) -> "ErasureRequestQuerySet":
        return self.filter(state=ErasureState.WAITING)


class ErasureRequest(models.Model):
    """A patient, with the login and all who were merged into them, is to be erased on `due_on`, a
    date of the clinic's first office. `told_at`: when the last mail was written, just before.
    `ended_by` is None if the worker has erased the person."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="erasure_requests")
    state = models.CharField(max_length=10, choices=ErasureState, default=ErasureState.WAITING)
    reason = models.CharField(max_length=200, blank=True)  # of an admin who asks for somebody
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField()
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = ErasureRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(state="waiting"), name="erasure_one_waiting"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ErasureState.values), name="erasure_state"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at=None)
                | (~Q(state="waiting") & Q(ended_at__isnull=False)),
                name="erasure_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(state="waiting"), name="erasure_due"),
            models.Index(fields=["state", "due_on"], name="erasure_by_state"),
        ]

    def __str__(self) -> str:
        return f"erasure of patient {self.patient_id}"

    def get_absolute_url(self) -> str:
        return reverse("manage-erasures")

    @property
    def is_waiting(self) -> bool:
        return self.state == ErasureState.WAITING
