"""What people edit of themselves: one form a role (requirement A05)."""

from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.services.accounts import DOCTOR_FIELDS, PATIENT_FIELDS
from portal.models import Doctor, Patient, User
from portal.web.phone_fields import PhoneField

EARLIEST_BIRTH = date(1900, 1, 1)


class UsernameForm(forms.Form):
    """The username, which everybody may have. Whether it is taken, the service finds out."""

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
    """Assistants and admins have no profile of their own beside the login."""

    field_order = ["name", "username"]

    class Meta:
        model = User
        fields = ["name"]
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class PatientForm(UsernameForm, forms.ModelForm):
    field_order = [*PATIENT_FIELDS, "username"]
    phone = PhoneField(label=_("Phone number"))
    emergency_phone = PhoneField(label=_("Their phone number"), required=False, autocomplete="off")

    class Meta:
        model = Patient
        fields = PATIENT_FIELDS
        labels = {"emergency_contact": _("Whom to call in an emergency")}
        help_texts = {"name": _("As on your identity card: the front desk looks you up by it.")}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "date_of_birth": forms.DateInput(
                format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "bday"}
            ),
            "address": forms.TextInput(attrs={"autocomplete": "street-address"}),
            "emergency_contact": forms.TextInput(attrs={"autocomplete": "off"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        limits = {"min": EARLIEST_BIRTH.isoformat(), "max": timezone.now().date().isoformat()}
        self.fields["date_of_birth"].widget.attrs |= limits

    def clean_date_of_birth(self) -> date | None:
        born = self.cleaned_data["date_of_birth"]
        if born and born > timezone.now().date():
            raise forms.ValidationError(_("The date of birth cannot be in the future."))
        if born and born < EARLIEST_BIRTH:
            raise forms.ValidationError(_("Enter a date of birth after 1900."))
        return born


class DoctorForm(UsernameForm, forms.ModelForm):
    field_order = [*DOCTOR_FIELDS, "username"]

    class Meta:
        model = Doctor
        fields = DOCTOR_FIELDS
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "statement": forms.Textarea(attrs={"rows": 5}),
        }
        help_texts = {
            "practising_since": _("The year."),
            "statement": _("A few sentences for your patients. Everyone can read them."),
            "on_request": _(
                "Otherwise what they book is confirmed at once. Requests that wait for an answer "
                "stay when you change this; the desk always books at once."
            ),
        }
        labels = {"on_request": _("Patients request a time, and I accept or decline")}

    def clean_practising_since(self) -> int:
        year = self.cleaned_data["practising_since"]
        if year > timezone.now().year:
            raise forms.ValidationError(_("The year cannot be in the future."))
        return year
