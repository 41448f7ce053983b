"""Date fields: they accept typed dates, day before month, and the format of date pickers."""

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from portal.clock.today import latest_today
from portal.clock.typed_dates import birthday, day_of

SAID_DATE = _("Enter a date such as 2026-03-04.")
SAID_FAR = _("Enter a date such as 2026-03-04: this one is too far away.")
EARLIEST_BIRTH = date(1900, 1, 1)


class DayField(forms.DateField):
    """A date within the range in which days can be computed in every time zone."""

    def __init__(self, *, label=None, required: bool = True, **kwargs):
        picker = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(
            label=label,
            required=required,
            widget=kwargs.pop("widget", picker),
            error_messages={"required": SAID_DATE, "invalid": SAID_DATE},
            validators=[
                MinValueValidator(date(2000, 1, 1), SAID_FAR),
                MaxValueValidator(date(2999, 12, 31), SAID_FAR),
            ],
            **kwargs,
        )

    def to_python(self, value) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return value or None
        if not str(value).strip():
            return None
        day = day_of(str(value))
        if day is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class BirthdayField(forms.DateField):
    """A typed date of birth, which is faster to enter than to choose.

    `today`, the last possible date, is a date at the office; the form passes it.
    """

    today: date | None = None

    def to_python(self, value) -> date | None:
        if isinstance(value, date):
            return value
        text = str(value or "").strip()
        if not text:
            return None
        today = self.today or latest_today()
        born = birthday(text, today=today)
        if born is None:
            raise forms.ValidationError(_("Enter a date such as 4/3/1980: day, month, year."))
        if born > today:
            raise forms.ValidationError(_("The date of birth cannot be in the future."))
        if born < EARLIEST_BIRTH:
            raise forms.ValidationError(_("Enter a date of birth after 1900."))
        return born
