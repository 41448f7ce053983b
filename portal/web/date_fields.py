"""Dates as filters read them."""

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _


class SensibleDateField(forms.DateField):
    """Optional; within a range in which every zone can compute its days."""

    def __init__(self):
        earliest, latest = date(2000, 1, 1), date(2999, 12, 31)
        said = _("Enter a date such as 2026-03-04.")
        super().__init__(
            required=False,
            error_messages={"invalid": said},
            validators=[MinValueValidator(earliest, said), MaxValueValidator(latest, said)],
        )
