"""Appointments, and the table of their state transitions."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.enums import AppointmentState as State
from portal.enums import CancelReason, Mode, Role
from portal.models.availability import LONGEST, Slot
from portal.models.office import Office
from portal.models.patient import Patient
from portal.models.staff import Doctor, offices_of

LIVE = (State.REQUESTED, State.CONFIRMED, State.ARRIVED)
GONE = (State.CANCELLED, State.DECLINED, State.EXPIRED)
HOLDING = (State.CONFIRMED, State.ARRIVED, State.COMPLETED, State.NO_SHOW)

# verb → (states it starts from, state it leads to). Nothing else sets a state.
TRANSITIONS: dict[str, tuple[tuple[State, ...], State]] = {
    "accept": ((State.REQUESTED,), State.CONFIRMED),
    "decline": ((State.REQUESTED,), State.DECLINED),
    "expire": ((State.REQUESTED,), State.EXPIRED),
    "cancel": ((State.REQUESTED, State.CONFIRMED), State.CANCELLED),
    "reschedule": ((State.CONFIRMED,), State.CONFIRMED),
    "transfer": ((State.CONFIRMED,), State.CONFIRMED),
    "arrive": ((State.CONFIRMED,), State.ARRIVED),
    "complete": ((State.CONFIRMED, State.ARRIVED), State.COMPLETED),
    "no_show": ((State.CONFIRMED,), State.NO_SHOW),
    "undo_arrive": ((State.ARRIVED,), State.CONFIRMED),
    "undo_complete": ((State.COMPLETED,), State.ARRIVED),
    "undo_no_show": ((State.NO_SHOW,), State.CONFIRMED),
}

# Letters and digits that cannot be mistaken for one another over the phone.
_REFERENCE_ALPHABET = "ABCDEFGHJKMNPQRTUVWXYZ2346789"


def new_reference(choose=secrets.choice) -> str:
    """A reference such as `K7M-4QX`: 29⁶ are possible, about 595 million. `choose` picks a
    letter."""
    letters = "".join(choose(_REFERENCE_ALPHABET) for _i in range(6))
    return f"{letters[:3]}-{letters[3:]}"


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, user) -> "AppointmentQuerySet":
        """Patients and doctors: their own. Assistants: those of their offices. Admins: all
        (B17)."""
        if user.role == Role.ADMIN:
            return self
        if user.role == Role.DOCTOR:
            return self.filter(doctor=Doctor.objects.filter(user=user).values("pk")[:1])
        if user.role == Role.ASSISTANT:
            if user.works_everywhere:
                return self
            return self.filter(office__in=offices_of(user))
        return self.filter(patient__in=Patient.objects.of(user))

    def live(self) -> "AppointmentQuerySet":
        return self.filter(state__in=LIVE)

    def upcoming(self) -> "AppointmentQuerySet":
        """Live and not over yet; see availability.LONGEST for the second bound."""
        now = timezone.now()
        return self.filter(state__in=LIVE, ends_at__gt=now, starts_at__gt=now - LONGEST)

    def past(self) -> "AppointmentQuerySet":
        return self.filter(ends_at__lte=timezone.now()).exclude(state__in=GONE)

    def cancelled(self) -> "AppointmentQuerySet":
        """Appointments that were cancelled, declined or have expired."""
        return self.filter(state__in=GONE)

    def requested(self) -> "AppointmentQuerySet":
        """Requests that wait for an answer and have not expired."""
        return self.filter(state=State.REQUESTED, starts_at__gt=timezone.now())


class Series(models.Model):
    """A series of appointments that staff booked at once, such as six weeks of physiotherapy."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="series")
    every_days = models.PositiveSmallIntegerField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return f"series {self.pk}"


class Appointment(models.Model):
    """Has its own office and times, so that its history stays true if the slot changes.

    A request (B10) does not hold its slot; `answer_by` (UTC) is when it expires, `seen_at` when the
    doctor first saw it. `moves`: how often a patient has moved it. The cancel fields also say who
    declined a request, when and why.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="appointments")
    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="appointments")
    office = models.ForeignKey(Office, models.PROTECT, related_name="appointments")
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.CONFIRMED)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.IN_PERSON)
    reason = models.CharField(_("reason for the appointment"), max_length=300, blank=True)
    # As it was told when the time was chosen; None is from before it was noted.
    fee_cents = models.PositiveIntegerField(null=True, editable=False)
    reference = models.CharField(max_length=7, unique=True, default=new_reference)
    form_token = models.UUIDField(unique=True, null=True, editable=False)
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    booked_at = models.DateTimeField(default=timezone.now, editable=False)
    cancel_reason = models.CharField(max_length=20, choices=CancelReason, blank=True)
    cancel_comment = models.CharField(max_length=300, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True)
    coming_at = models.DateTimeField(null=True)  # when the patient said that they are coming
    answer_by = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    moves = models.PositiveSmallIntegerField(default=0)
    series = models.ForeignKey(
        "Series", models.PROTECT, null=True, related_name="appointments", editable=False
    )
    arrived_at = models.DateTimeField(null=True)
    in_room_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot"], condition=Q(state__in=HOLDING), name="appointment_once_per_slot"
            ),
            models.UniqueConstraint(
                fields=["patient", "starts_at"],
                condition=Q(state__in=LIVE),
                name="appointment_once_per_patient",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="appointment_state"),
        ]
        indexes = [
            models.Index(fields=["doctor", "starts_at"], name="appointment_by_doctor"),
            models.Index(fields=["patient", "starts_at"], name="appointment_by_patient"),
            models.Index(fields=["office", "starts_at"], name="appointment_by_office"),
            models.Index(fields=["starts_at", "id"], name="appointment_by_time"),
            models.Index(
                fields=["patient", "starts_at"],
                condition=Q(state=State.NO_SHOW),
                name="appointment_not_attended",
            ),
            models.Index(
                fields=["doctor", "starts_at"],
                condition=Q(state=State.REQUESTED),
                name="appointment_requested",
            ),
            models.Index(
                fields=["slot"],
                condition=Q(state=State.REQUESTED),
                name="appointment_slot_requested",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("appointment", args=[self.pk])

    def can(self, verb: str) -> bool:
        """Whether the transition table allows `verb` in the present state."""
        return self.state in TRANSITIONS[verb][0]

    @property
    def agreed_fee_cents(self) -> int:
        """What the patient was told; a later change of the doctor's fee does not change it."""
        return self.doctor.fee_cents if self.fee_cents is None else self.fee_cents

    @property
    def is_by_video(self) -> bool:
        """The patient stays at home: nothing about it names the way to the office."""
        return self.mode == Mode.VIDEO

    @property
    def is_waiting(self) -> bool:
        """The patient is in the waiting room."""
        return self.state == State.ARRIVED and self.in_room_at is None

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    @property
    def has_started(self) -> bool:
        return self.starts_at <= timezone.now()
