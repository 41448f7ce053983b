"""A person whom the clinic treats. A patient is not a login: the desk may have entered the
patient."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from portal.enums import Channel, Gender, Role, Scope
from portal.models.languages import LANGUAGE_NAMES
from portal.models.names import FoldedField, Joined


class PatientQuerySet(models.QuerySet["Patient"]):
    def listed(self) -> "PatientQuerySet":
        """Without those who were merged into another or erased: nothing lists, books or exports
        them (A17, A19)."""
        return self.filter(merged_into=None, erased_at=None)

    def visible_to(self, user) -> "PatientQuerySet":
        """Desk and admins: all. A doctor: patients with an appointment, now or before. A patient:
        themself and whom they look after. Nobody: those who were merged into another, or erased."""
        return self.known_to(user).filter(erased_at=None)

    def known_to(self, user) -> "PatientQuerySet":
        """The same, with those who were erased: their numbers lead to a page that says so."""
        if user.role in (Role.ASSISTANT, Role.ADMIN):
            return self.filter(merged_into=None)
        if user.role == Role.DOCTOR:
            # Deferred: appointment.py imports this module.
            from portal.models.appointment import Appointment

            return self.filter(
                Exists(Appointment.objects.filter(patient=OuterRef("pk"), doctor__user=user)),
                merged_into=None,
            )
        return self.of(user)

    def of(self, user, scope: Scope = Scope.APPOINTMENTS) -> "PatientQuerySet":
        """The patients for whom `user` may act as the patient: themself, and those whom they look
        after, in what `scope` names (A14)."""
        # Deferred: household.py imports this module.
        from portal.models.household import ProxyAccess

        given = ProxyAccess.objects.open().filter(user=user, **{scope: True}).order_by()
        theirs = Q(user=user) | Q(pk__in=given.values("patient"))
        return self.filter(theirs, merged_into=None, erased_at=None)


class Patient(models.Model):
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="patient"
    )
    name = models.CharField(_("full name"), max_length=120)
    search_name = FoldedField("name")
    phone = PhoneNumberField(_("phone"), blank=True)
    date_of_birth = models.DateField(_("date of birth"), null=True, blank=True)
    # Of somebody whose date of birth is not known: “about 1961”.
    birth_year_about = models.PositiveSmallIntegerField(
        _("year of birth, about"), null=True, blank=True
    )
    email = models.EmailField(_("email on file"), blank=True)  # lower case; a login has its own
    gender = models.CharField(_("gender"), max_length=10, choices=Gender, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    emergency_contact = models.CharField(_("emergency contact"), max_length=120, blank=True)
    emergency_phone = PhoneNumberField(_("emergency contact's phone"), blank=True)
    language = models.CharField(_("preferred language"), max_length=10, blank=True)
    desk_note = models.TextField(_("note for the desk"), max_length=500, blank=True)
    is_not_written_to = models.BooleanField(_("do not write to"), default=False)
    deceased_on = models.DateField(_("deceased on"), null=True, blank=True)
    # The same person, who stays; set and unset by people/services/patient_merges.py only.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="merged"
    )
    # When nothing but the number was left; set by erasure/services/erasing.py only.
    erased_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    form_token = models.UUIDField(unique=True, null=True, editable=False)

    objects = PatientQuerySet.as_manager()

    class Meta:
        ordering = ["search_name", "pk"]
        indexes = [
            models.Index(fields=["phone"], name="patient_phone"),
            models.Index(fields=["search_name", "id"], name="patient_by_folded_name"),
            models.Index(Joined("search_name"), name="patient_by_joined_name"),
            models.Index(fields=["date_of_birth"], name="patient_by_birth"),
            models.Index(fields=["email"], condition=~models.Q(email=""), name="patient_by_email"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(date_of_birth=None) | models.Q(birth_year_about=None),
                name="patient_one_birth",
            ),
            models.CheckConstraint(
                condition=models.Q(birth_year_about=None)
                | models.Q(birth_year_about__range=(1900, 2999)),
                name="patient_birth_year",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into=None)
                | (models.Q(user=None) & ~models.Q(merged_into=models.F("pk"))),
                name="patient_merged_without_login",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("patient", args=[self.pk])

    def is_reached_by(self, channel: str) -> bool:
        """Nobody writes to the dead and the erased. A patient who is not to be written to still
        reads messages in the portal (A16)."""
        if self.deceased_on or self.erased_at:
            return False
        return channel == Channel.PORTAL or not self.is_not_written_to

    def with_merged(self) -> list[int]:
        """The ids of this patient and of all who were merged into them: under these the audit trail
        knows the person. One query for each step of a chain, and one more."""
        found, newest = [self.pk], [self.pk]
        while newest:
            merged = Patient.objects.filter(merged_into__in=newest).order_by("pk")
            newest = list(merged.values_list("pk", flat=True))
            found += newest
        return found

    @property
    def language_name(self) -> str:
        """In the language itself."""
        return LANGUAGE_NAMES.get(self.language, self.language)


class PatientPhone(models.Model):
    """A further phone number, with whose or what it is: “work”, “daughter”."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="further_phones")
    label = models.CharField(_("label"), max_length=40, blank=True)
    number = PhoneNumberField(_("phone"))

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["patient", "number"], name="patient_phone_unique")
        ]
        indexes = [models.Index(fields=["number"], name="patient_further_phone")]

    def __str__(self) -> str:
        return f"{self.label} {self.number}".strip()
