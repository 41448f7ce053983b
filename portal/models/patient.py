"""A person whom the clinic treats. A patient is not a login: the desk may have entered the
patient."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from portal.enums import Gender, Role
from portal.models.names import FoldedField, Joined


class PatientQuerySet(models.QuerySet["Patient"]):
    def visible_to(self, user) -> "PatientQuerySet":
        """Desk and admins: all. A doctor: patients with an appointment, now or before. A patient:
        themself."""
        if user.role in (Role.ASSISTANT, Role.ADMIN):
            return self
        if user.role == Role.DOCTOR:
            # Deferred: appointment.py imports this module.
            from portal.models.appointment import Appointment

            return self.filter(
                Exists(Appointment.objects.filter(patient=OuterRef("pk"), doctor__user=user))
            )
        return self.filter(user=user)

    def of(self, user) -> "PatientQuerySet":
        """The patients for whom `user` may act as the patient."""
        return self.filter(user=user)


class Patient(models.Model):
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="patient"
    )
    name = models.CharField(_("full name"), max_length=120)
    search_name = FoldedField("name")
    phone = PhoneNumberField(_("phone"), blank=True)
    date_of_birth = models.DateField(_("date of birth"), null=True, blank=True)
    gender = models.CharField(_("gender"), max_length=10, choices=Gender, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    emergency_contact = models.CharField(_("emergency contact"), max_length=120, blank=True)
    emergency_phone = PhoneNumberField(_("emergency contact's phone"), blank=True)
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
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("patient", args=[self.pk])
