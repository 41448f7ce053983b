"""The staff of the clinic."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.enums import DoctorState, Role
from portal.models.names import FoldedField
from portal.models.office import Office, Specialty


class DoctorQuerySet(models.QuerySet["Doctor"]):
    def listed(self) -> "DoctorQuerySet":
        """Doctors whom everyone may see and book: approved, with an active account."""
        return self.filter(state=DoctorState.APPROVED, user__state="active")

    def with_diary_of(self, user) -> "DoctorQuerySet":
        """Doctors whose diary the user may change, as the rule `portal.change_diary` says: the
        user's own, those of the user's offices, or all."""
        if user.role == Role.ADMIN:
            return self
        if user.role == Role.ASSISTANT:
            return self.filter(office__in=offices_of(user))
        return self.filter(user=user)


class Doctor(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="doctor")
    name = models.CharField(_("name shown to patients"), max_length=120)
    search_name = FoldedField("name")
    specialty = models.ForeignKey(Specialty, models.PROTECT, related_name="doctors")
    office = models.ForeignKey(Office, models.PROTECT, related_name="doctors")
    licence_number = models.CharField(_("licence number"), max_length=40, unique=True)
    qualifications = models.CharField(_("qualifications"), max_length=200, blank=True)
    practising_since = models.PositiveSmallIntegerField(
        _("practising since"), validators=[MinValueValidator(1940), MaxValueValidator(2100)]
    )
    fee_cents = models.PositiveIntegerField(_("consultation fee in cents"))
    statement = models.TextField(_("about you"), max_length=1200, blank=True)
    state = models.CharField(max_length=10, choices=DoctorState, default=DoctorState.PENDING)
    on_request = models.BooleanField(
        _("patients ask for a time, and you confirm it"), default=False
    )

    objects = DoctorQuerySet.as_manager()

    class Meta:
        ordering = ["search_name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("doctor", args=[self.pk])

    @property
    def years_of_experience(self) -> int:
        return max(0, self.office.today.year - self.practising_since)

    @property
    def is_bookable(self) -> bool:
        return self.state == DoctorState.APPROVED


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
