"""Entries of the waiting list, and their offers (requirements B15, B20)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from portal.enums import OfferState, Role, WaitState
from portal.models.appointment import Appointment
from portal.models.availability import Slot
from portal.models.office import Office, Specialty
from portal.models.patient import Patient
from portal.models.staff import Doctor, offices_of


class WaitQuerySet(models.QuerySet["Wait"]):
    def visible_to(self, user) -> "WaitQuerySet":
        """Patients: their own. Doctors: for them. Assistants: for their offices, or for any."""
        if user.role == Role.ADMIN or (user.role == Role.ASSISTANT and user.works_everywhere):
            return self
        if user.role == Role.DOCTOR:
            return self.of_doctor(Doctor.objects.filter(user=user).values("pk")[:1])
        if user.role == Role.ASSISTANT:
            return self.filter(_at(offices_of(user)))
        return self.filter(patient__in=Patient.objects.of(user))

    def waiting(self) -> "WaitQuerySet":
        return self.filter(state=WaitState.WAITING)

    def of_doctor(self, doctor) -> "WaitQuerySet":
        """For one doctor (an id, a Doctor or a subquery): any time, one slot, or an earlier one."""
        return self.filter(
            Q(doctor=doctor) | Q(slot__doctor=doctor) | Q(appointment__doctor=doctor)
        )


def _at(offices) -> Q:
    """Entries for those offices or their doctors, and entries without an office."""
    anywhere = Q(office=None, doctor=None, slot=None, appointment=None)
    return (
        anywhere
        | Q(office__in=offices)
        | Q(doctor__office__in=offices)
        | Q(slot__office__in=offices)
        | Q(appointment__office__in=offices)
    )


class Wait(models.Model):
    """An entry of the waiting list: for one slot, or for any that fits; empty fields mean "any".

    `first_day`, `last_day` are dates of the slot's office; `parts` holds PartOfDay values joined by
    commas, empty for any. `appointment`: the appointment that moves to the time, if the entry is
    for an earlier one; without it a new one is booked. The oldest entry comes first.
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

    objects = WaitQuerySet.as_manager()

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


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, user) -> "OfferQuerySet":
        """Of waits that the user sees; for staff, of slots in the diaries of theirs."""
        found = self.filter(wait__in=Wait.objects.visible_to(user))
        if user.role == Role.PATIENT:
            return found
        return found.filter(slot__in=Slot.objects.visible_to(user))

    def open(self) -> "OfferQuerySet":
        """Not answered yet; it may have expired."""
        return self.filter(state=OfferState.OPEN)


class Offer(models.Model):
    """A freed slot that is reserved for one entry from `made_at` until `expires_at` (UTC).

    `freed_at`: when the slot became free. Each time it does, an entry gets at most one offer of it.
    """

    wait = models.ForeignKey(Wait, models.PROTECT, related_name="offers")
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="offers")
    made_at = models.DateTimeField(default=timezone.now)
    freed_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=OfferState, default=OfferState.OPEN)

    objects = OfferQuerySet.as_manager()

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

    def get_absolute_url(self) -> str:
        return reverse("offer", args=[self.pk])

    @property
    def is_good(self) -> bool:
        """It can still be accepted, as far as its own state and time go."""
        return self.state == OfferState.OPEN and self.expires_at > timezone.now()
