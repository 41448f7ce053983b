"""Who waits for a time, and what they were offered (requirements B15, B20)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from portal.enums import OfferState, WaitState
from portal.models.appointment import Appointment
from portal.models.availability import Slot
from portal.models.office import Office, Specialty
from portal.models.patient import Patient
from portal.models.staff import Doctor


class Wait(models.Model):
    """A patient waits for one slot, or for any that fits: what is not given does not matter.

    `first_day`, `last_day` are dates of the slot's office; `parts` holds PartOfDay values joined by
    commas, empty for any. `appointment`: the one that moves to the time that is found, if the wait
    is for an earlier one; without it a new one is booked. Who waits longer comes first.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="waits")
    slot = models.ForeignKey(Slot, models.PROTECT, null=True, related_name="waits")
    doctor = models.ForeignKey(Doctor, models.PROTECT, null=True, related_name="waits")
    specialty = models.ForeignKey(Specialty, models.PROTECT, null=True, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    parts = models.CharField(max_length=40, blank=True)
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, null=True, related_name="earlier_waits"
    )
    reason = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=WaitState, default=WaitState.WAITING)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "slot"],
                condition=Q(state="waiting"),
                name="wait_once_per_slot",
            ),
            models.UniqueConstraint(
                fields=["appointment"],
                condition=Q(state="waiting"),
                name="wait_once_per_appointment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["doctor", "made_at"], condition=Q(state="waiting"), name="wait_by_doctor"
            ),
            models.Index(
                fields=["slot", "made_at"], condition=Q(state="waiting"), name="wait_by_slot"
            ),
            models.Index(
                fields=["specialty", "made_at"],
                condition=Q(state="waiting"),
                name="wait_by_specialty",
            ),
        ]

    def __str__(self) -> str:
        return f"wait {self.pk}"


class Offer(models.Model):
    """A freed slot, kept for one who waits from `made_at` until `expires_at` (UTC)."""

    wait = models.ForeignKey(Wait, models.PROTECT, related_name="offers")
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="offers")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=OfferState, default=OfferState.OPEN)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot"], condition=Q(state="open"), name="offer_once_per_slot"
            ),
            models.UniqueConstraint(
                fields=["wait"], condition=Q(state="open"), name="offer_once_per_wait"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="offer_expires_after_start"
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=Q(state="open"), name="offer_open_by_expiry"
            )
        ]

    def __str__(self) -> str:
        return f"offer {self.pk}"
