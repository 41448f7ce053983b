"""The staff of the clinic."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Replace, Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.enums import DoctorState as State
from portal.enums import Role
from portal.models.languages import names_of
from portal.models.names import FoldedField
from portal.models.office import Office, Specialty

# verb → (states it starts from, state it leads to). Nothing else sets the state of a doctor (A02).
DOCTOR_TRANSITIONS: dict[str, tuple[tuple[State, ...], State]] = {
    "approve": ((State.PENDING,), State.APPROVED),
    "decline": ((State.PENDING,), State.REJECTED),
    "apply_again": ((State.REJECTED,), State.PENDING),
    "withdraw_approval": ((State.APPROVED,), State.WITHDRAWN),
    "restore_approval": ((State.WITHDRAWN,), State.APPROVED),
}
# The desk works with the diaries of these; those of applicants are seen by admins only.
KNOWN_TO_DESK = (State.APPROVED, State.WITHDRAWN)


class DoctorQuerySet(models.QuerySet["Doctor"]):
    def listed(self) -> "DoctorQuerySet":
        """Doctors whom everyone may see and book: approved, with an active account."""
        return self.filter(state=State.APPROVED, user__state="active")

    def with_diary_of(self, user) -> "DoctorQuerySet":
        """Doctors whose diary the user may change, as the rule `portal.change_diary` says: the
        user's own, those of the user's offices who are or were approved, or all."""
        if user.role == Role.ADMIN:
            return self
        if user.role == Role.ASSISTANT:
            return self.filter(office__in=offices_of(user), state__in=KNOWN_TO_DESK)
        return self.filter(user=user)

    def speaking(self, language: str) -> "DoctorQuerySet":
        """Those who speak it; `language` is an ISO 639-1 code."""
        return self.filter(languages__contains=f",{language},")


class Doctor(models.Model):
    """`languages`: ISO 639-1 codes, each between commas (",en,es,"), so that one can be searched.

    `photo`: the digest by which the photo's files are named, "" without one. `usual_minutes`: the
    length that is proposed for new slots; None means the clinic's grid. `applied_at` (UTC): when
    the clinic got the application, which is once its address is confirmed. The decision fields say
    who approved, declined or withdrew last, when, and what they wrote to the doctor.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="doctor")
    name = models.CharField(_("name shown to patients"), max_length=120)
    search_name = FoldedField("name")
    specialty = models.ForeignKey(Specialty, models.PROTECT, related_name="doctors")
    office = models.ForeignKey(Office, models.PROTECT, related_name="doctors")
    licence_number = models.CharField(_("licence number"), max_length=40)
    qualifications = models.CharField(_("qualifications"), max_length=200, blank=True)
    practising_since = models.PositiveSmallIntegerField(
        _("practising since"), validators=[MinValueValidator(1940), MaxValueValidator(2100)]
    )
    fee_cents = models.PositiveIntegerField(_("consultation fee in cents"))
    statement = models.TextField(_("about you"), max_length=1200, blank=True)
    languages = models.CharField(_("languages spoken"), max_length=100, blank=True)
    photo = models.CharField(max_length=32, blank=True, editable=False)
    usual_minutes = models.PositiveSmallIntegerField(
        _("usual length of an appointment, in minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(5), MaxValueValidator(240)],
    )
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    applied_at = models.DateTimeField(null=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    decision_note = models.CharField(max_length=500, blank=True, editable=False)
    on_request = models.BooleanField(
        _("patients ask for a time, and you confirm it"), default=False
    )

    objects = DoctorQuerySet.as_manager()

    class Meta:
        ordering = ["search_name", "pk"]
        constraints = [
            # However it is typed: “ab 12” is “AB12”.
            models.UniqueConstraint(
                Upper(Replace("licence_number", Value(" "))), name="doctor_licence_unique"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="doctor_state"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("doctor", args=[self.pk])

    def can(self, verb: str) -> bool:
        """Whether DOCTOR_TRANSITIONS allow it now."""
        return self.state in DOCTOR_TRANSITIONS[verb][0]

    @property
    def language_names(self) -> list:
        return names_of(self.languages)

    @property
    def years_of_experience(self) -> int:
        return max(0, self.office.today.year - self.practising_since)

    @property
    def is_bookable(self) -> bool:
        return self.state == State.APPROVED

    @property
    def is_listed(self) -> bool:
        """As `listed` says, for one doctor with its user."""
        return self.is_bookable and self.user.is_active

    @property
    def photo_url(self) -> str:
        return reverse("doctor-photo", args=[self.pk, self.photo, 400]) if self.photo else ""

    @property
    def small_photo_url(self) -> str:
        """For lists."""
        return reverse("doctor-photo", args=[self.pk, self.photo, 96]) if self.photo else ""


class Assistant(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assistant")
    all_offices = models.BooleanField(_("works for every office"), default=False)
    offices = models.ManyToManyField(Office, related_name="assistants", blank=True)

    class Meta:
        ordering = ["user__search_name", "pk"]

    def __str__(self) -> str:
        return self.user.name


def offices_of(user) -> models.QuerySet:
    """Ids of the offices whose diaries an assistant or admin runs; a subquery, no query of its own.

    Empty for doctors and patients.
    """
    offices = Office.objects.order_by()
    if user.role == Role.ADMIN:
        return offices.values("pk")
    everywhere = Assistant.objects.filter(user=user, all_offices=True)
    return (
        offices.filter(models.Q(assistants__user=user) | models.Exists(everywhere))
        .values("pk")
        .distinct()
    )
