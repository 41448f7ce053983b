"""Joining the chart that the desk keeps (requirement A09)."""

from datetime import date

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.web.date_fields import BirthdayField
from portal.web.own_fields import own_field
from portal.web.phone_fields import PhoneField

NEITHER = _("Enter an email address or a phone number.")


class ContactForm(forms.Form):
    contact = forms.CharField(
        label=_("Email address or phone number that the clinic has"),
        max_length=254,
        error_messages={"required": NEITHER},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.has_sms = bool(settings.SMS_URL)
        if not self.has_sms:
            self.fields["contact"].label = _("Email address that the clinic has")
        self.helper = _helper()

    def clean_contact(self) -> str:
        """An email address in lower case, or a phone number as E.164."""
        text = self.cleaned_data["contact"]
        if "@" in text or not self.has_sms:
            return str(forms.EmailField().clean(text)).lower()
        return str(PhoneField().clean(text).as_e164)


class CodeForm(forms.Form):
    code = forms.RegexField(
        r"^[0-9]{6}$",
        label=_("Code"),
        help_text=_("Six digits."),
        error_messages={
            "required": _("Enter the code of six digits."),
            "invalid": _("Enter the code of six digits."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    date_of_birth = BirthdayField(
        label=_("Your date of birth"),
        help_text=_("Day, month, year: 4/3/1980."),
        error_messages={"required": _("Enter your date of birth.")},
        widget=forms.TextInput(attrs={"autocomplete": "bday"}),
    )

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        own_field(self, "date_of_birth", BirthdayField).today = today
        self.helper = _helper()


def _helper() -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper
