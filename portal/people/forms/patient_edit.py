"""The desk corrects what it keeps of a patient (requirement A16)."""

import json
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.enums import Gender
from portal.models import Patient, PatientPhone
from portal.models.languages import LANGUAGE_NAMES
from portal.models.lengths import longest
from portal.people.queries.patient_data import DATA, as_seen
from portal.people.services.patient_changes import MOST_PHONES
from portal.web.date_fields import BirthdayField
from portal.web.own_fields import own_field
from portal.web.phone_fields import PhoneField
from portal.web.text_fields import LineField

_OFF = {"autocomplete": "off"}
_LANGUAGES = sorted(LANGUAGE_NAMES.items(), key=lambda one: one[1].casefold())
YEAR_SAID = _("Enter a year between 1900 and this year, with four digits.")


def line(name: str, label, **options) -> LineField:
    return LineField(
        label=label,
        max_length=longest(Patient, name),
        widget=forms.TextInput(attrs=_OFF),
        required=options.pop("required", False),
        **options,
    )


class YearField(forms.IntegerField):
    """The year of birth of somebody whose date of birth is not known."""

    def __init__(self):
        super().__init__(
            label=_("Or about the year"),
            help_text=_("If the date is not known: 1961 is shown as “about 1961”."),
            required=False,
            min_value=1900,
            max_value=2999,
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), YEAR_SAID),
            widget=forms.TextInput(attrs={**_OFF, "inputmode": "numeric", "maxlength": 4}),
        )


class PatientEditForm(forms.Form):
    """`seen` is the data when the form was opened, as JSON: the service compares it with the
    present data."""

    name = line(
        "name",
        _("Full name"),
        required=True,
        error_messages={"required": _("Enter the patient’s name.")},
    )
    date_of_birth = BirthdayField(
        label=_("Date of birth"),
        help_text=_("Day, month, year: 4/3/1980."),
        required=False,
        widget=forms.DateInput(format="%d/%m/%Y", attrs=_OFF),
    )
    birth_year_about = YearField()
    gender = forms.ChoiceField(label=_("Gender"), choices=Gender, required=False)
    email = forms.EmailField(
        label=_("Email on file"), required=False, widget=forms.EmailInput(_OFF)
    )
    address = line("address", _("Address"))
    emergency_contact = line("emergency_contact", _("Whom to call in an emergency"))
    language = forms.ChoiceField(
        label=_("Preferred language"), choices=[("", "–"), *_LANGUAGES], required=False
    )
    desk_note = forms.CharField(
        label=_("Note for the desk"),
        help_text=_("Nothing about health. The patient can ask to read this."),
        max_length=longest(Patient, "desk_note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_not_written_to = forms.BooleanField(
        label=_("Do not write to this patient"),
        help_text=_(
            "No confirmations, reminders or offers by email or SMS. "
            "Who has an account still reads them in the portal."
        ),
        required=False,
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)

    def __init__(self, *args, patient: Patient, today: date, region: str | None, **kwargs):
        """`today` is the date at the office of the user; `region` is the country (two letters) of
        phone numbers without a country code."""
        self.patient = patient
        seen = as_seen(patient)
        initial = {name: getattr(patient, name) for name in DATA}
        for index, (label, number) in enumerate(seen["further_phones"][:MOST_PHONES]):
            initial |= {f"label_{index}": label, f"number_{index}": number}
        kwargs["initial"] = initial | {"seen": json.dumps(seen)}
        super().__init__(*args, **kwargs)
        own_field(self, "date_of_birth", BirthdayField).today = today
        off = {"region": region or None, "autocomplete": "off", "required": False}
        self.fields["phone"] = PhoneField(label=_("Phone number"), **off)
        self.fields["emergency_phone"] = PhoneField(label=_("Their phone number"), **off)
        if patient.user_id:
            self.fields["email"].help_text = _(
                "The account has an address of its own, to which mails go; "
                "only the patient changes that."
            )
        for index in range(MOST_PHONES):
            self.fields[f"label_{index}"] = LineField(
                label=_("Whose or what"),
                max_length=longest(PatientPhone, "label"),
                required=False,
                widget=forms.TextInput(attrs=_OFF),
            )
            self.fields[f"number_{index}"] = PhoneField(label=_("Number"), help_text="", **off)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def phone_rows(self) -> list[tuple]:
        """The rows of further numbers that are shown: those in use, and an empty one."""
        rows = [(self[f"label_{n}"], self[f"number_{n}"]) for n in range(MOST_PHONES)]
        used = [n for n, row in enumerate(rows) if any(field.value() for field in row)]
        return rows[: max(used, default=-1) + 2]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for index in range(MOST_PHONES):
            number = f"number_{index}"
            if data.get(f"label_{index}") and not data.get(number) and number not in self.errors:
                self.add_error(number, _("Enter a phone number."))
        return data

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        rows = [(data[f"label_{n}"], data[f"number_{n}"]) for n in range(MOST_PHONES)]
        return {
            **{name: data[name] for name in DATA},
            "further_phones": [row for row in rows if row[1]],
            "seen": self._seen(),
        }

    def _seen(self) -> dict:
        try:
            seen = json.loads(self.cleaned_data["seen"])
        except (ValueError, RecursionError):
            return {}
        return seen if isinstance(seen, dict) else {}
