"""Offices and specialties."""

from datetime import date
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from portal.models.names import FoldedField


def validate_time_zone(name: str) -> None:
    """Accepts IANA names such as `Europe/Madrid`."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValidationError(_("“%s” is not a time zone. Try “Europe/Madrid”.") % name) from error


class OfficeQuerySet(models.QuerySet["Office"]):
    def open(self) -> "OfficeQuerySet":
        """Those that are not closed for good: for new times, and in lists for patients (B01)."""
        return self.filter(closed_at=None)


class Office(models.Model):
    """A closed one keeps its row, and its name in the appointments that were there."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    search_name = FoldedField("name")
    address = models.CharField(_("address"), max_length=200)
    phone = PhoneNumberField(_("phone"))
    time_zone = models.CharField(_("time zone"), max_length=40, validators=[validate_time_zone])
    country = models.CharField(  # for the public holidays
        _("country, as two letters"), max_length=2, blank=True
    )
    region = models.CharField(_("region, as ISO 3166-2 codes it"), max_length=10, blank=True)
    # Of mails about its appointments; if it is empty, the clinic's.
    reply_to = models.EmailField(_("address that answers to mails go to"), blank=True)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        ordering = ["search_name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('offices')}#office-{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def today(self) -> date:
        """The date in its own time zone."""
        return timezone.now().astimezone(self.zone).date()


class SpecialtyQuerySet(models.QuerySet["Specialty"]):
    def open(self) -> "SpecialtyQuerySet":
        return self.filter(closed_at=None)


class Specialty(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    search_name = FoldedField("name")
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = SpecialtyQuerySet.as_manager()

    class Meta:
        ordering = ["search_name", "pk"]
        verbose_name_plural = "specialties"

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
