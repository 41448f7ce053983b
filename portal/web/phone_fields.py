"""The form field for phone numbers, used everywhere."""

import phonenumbers
from django import forms
from django.conf import settings
from django.utils.functional import lazystr
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from portal.models.phones import is_whole


def _example() -> str:
    kind = phonenumbers.PhoneNumberType.MOBILE
    number = phonenumbers.example_number_for_type(settings.PHONENUMBER_DEFAULT_REGION, kind)
    if number is None:  # a region without mobile phones
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


class PhoneField(PhoneNumberField):
    """Numbers without a country code belong to PHONE_REGION."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("help_text", _("Start with + and the country code if it is from abroad."))
        kwargs["widget"] = forms.TextInput(
            attrs={"type": "tel", "autocomplete": kwargs.pop("autocomplete", "tel")}
        )
        message = format_lazy(
            _("Enter a phone number such as {example}, or one with + and a country code."),
            example=lazystr(_example()),
        )
        kwargs["error_messages"] = {"invalid": message, "required": _("Enter a phone number.")}
        super().__init__(*args, **kwargs)

    def to_python(self, value):
        number = super().to_python(value)
        if number and not is_whole(str(value), number):
            raise forms.ValidationError(
                _("Enter one phone number alone, without an extension, words or a second number.")
            )
        return number
