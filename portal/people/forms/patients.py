"""Entering a patient at the desk (requirement A09)."""

import uuid
from datetime import date

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import Patient
from portal.people.forms.patient_edit import YearField
from portal.people.queries.patients import read
from portal.web.date_fields import BirthdayField
from portal.web.own_fields import own_field
from portal.web.phone_fields import PhoneField
from portal.web.text_fields import LineField


class NewPatientForm(forms.Form):
    """`token` is used once: the same form sent again returns the patient whom it made before."""

    name = LineField(
        label=_("Full name"),
        max_length=Patient._meta.get_field("name").max_length,
        error_messages={"required": _("Enter the patient’s name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    date_of_birth = BirthdayField(
        label=_("Date of birth"),
        help_text=_("Day, month, year: 4/3/1980. It tells people of the same name apart."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    token = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": _("Please send the form again.")},
    )
    birth_year_about = YearField()
    email = forms.EmailField(
        label=_("Email"),
        help_text=_("Confirmations and reminders go to it."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["name", "phone", "date_of_birth", "birth_year_about", "email", "token"]

    def __init__(self, *args, today: date, region: str | None = None, **kwargs):
        """`today` is the date at the office where the patient is entered; `region` is the country
        (two letters) of phone numbers without a country code."""
        super().__init__(*args, **kwargs)
        own_field(self, "date_of_birth", BirthdayField).today = today
        self.fields["phone"] = PhoneField(
            label=_("Phone number"), region=region or None, autocomplete="off"
        )
        self.order_fields(self.field_order)
        self.initial.setdefault("token", uuid.uuid4())
        if not self.is_bound:
            empty = next((name for name in self.fields if not self[name].value()), "name")
            self.fields[empty].widget.attrs["autofocus"] = True
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


def typed_in(text: str) -> dict[str, str]:
    """The initial values of the form, from the text that was typed to find a patient."""
    typed = read(text)
    is_phone = not typed.is_either
    return {
        "name": typed.name.title() if typed.name.islower() else typed.name,
        "phone": ("+" if text.strip().startswith("+") else "") + typed.digits * is_phone,
        "date_of_birth": typed.born.strftime("%d/%m/%Y") if typed.born else "",
    }
