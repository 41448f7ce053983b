"""The profile forms, one per role (requirement A05)."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.services.accounts import DOCTOR_FIELDS, PATIENT_FIELDS
from portal.models import Doctor, Patient, User
from portal.models.languages import codes_of
from portal.web.date_fields import EARLIEST_BIRTH, BirthdayField
from portal.web.language_fields import LanguagesField
from portal.web.own_fields import own_field
from portal.web.phone_fields import PhoneField
from portal.web.text_fields import LineField


class UsernameForm(forms.Form):
    """The username, optional for everyone. The service checks whether it is taken."""

    username = forms.CharField(
        label=_("Username"),
        help_text=_("Optional: sign in with it instead of the email address."),
        required=False,
        max_length=User._meta.get_field("username").max_length,
        validators=User._meta.get_field("username").validators,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args, username: str | None = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["username"] = username


class StaffForm(UsernameForm, forms.ModelForm):
    """Assistants and admins have no profile apart from the login."""

    field_order = ["name", "username"]

    class Meta:
        model = User
        fields = ["name"]
        field_classes = {"name": LineField}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class PatientForm(UsernameForm, forms.ModelForm):
    field_order = [*PATIENT_FIELDS, "username"]
    phone = PhoneField(label=_("Phone number"))
    date_of_birth = BirthdayField(
        label=_("Date of birth"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "bday"}),
    )
    emergency_phone = PhoneField(label=_("Their phone number"), required=False, autocomplete="off")

    class Meta:
        model = Patient
        fields = PATIENT_FIELDS
        field_classes = dict.fromkeys(("name", "address", "emergency_contact"), LineField)
        labels = {"emergency_contact": _("Whom to call in an emergency")}
        help_texts = {"name": _("As on your identity card: the front desk looks you up by it.")}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "address": forms.TextInput(attrs={"autocomplete": "street-address"}),
            "emergency_contact": forms.TextInput(attrs={"autocomplete": "off"}),
        }

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        limits = {"min": EARLIEST_BIRTH.isoformat(), "max": today.isoformat()}
        own_field(self, "date_of_birth", BirthdayField).today = today
        self.fields["date_of_birth"].widget.attrs |= limits


class DoctorForm(UsernameForm, forms.ModelForm):
    field_order = [*DOCTOR_FIELDS, "username"]
    languages = LanguagesField()

    class Meta:
        model = Doctor
        fields = DOCTOR_FIELDS
        field_classes = {"qualifications": LineField}
        widgets = {
            "statement": forms.Textarea(attrs={"rows": 5}),
        }
        help_texts = {
            "practising_since": _("The year."),
            "statement": _("A few sentences for your patients. Everyone can read them."),
            "usual_minutes": _("It is proposed when you add times."),
            "on_request": _(
                "Otherwise what they book is confirmed at once. Requests that wait for an answer "
                "stay when you change this; the desk always books at once."
            ),
        }
        labels = {"on_request": _("Patients request a time, and I accept or decline")}

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial["languages"] = codes_of(self.instance.languages)

    def clean_practising_since(self) -> int:
        year = self.cleaned_data["practising_since"]
        if year > self.today.year:
            raise forms.ValidationError(_("The year cannot be in the future."))
        return year
