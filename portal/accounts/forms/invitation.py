"""Accepting an invitation (requirement A03). It has no field for role, office or address."""

from allauth.account.adapter import get_adapter
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.accounts.forms.accounts import PASSWORD_HELP
from portal.models import Doctor, Invitation, User
from portal.models.lengths import longest
from portal.web.text_fields import LineField


class AcceptForm(forms.Form):
    name = LineField(
        label=_("Full name"),
        max_length=longest(User, "name"),
        error_messages={"required": _("Enter your full name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=PASSWORD_HELP,
        strip=False,
        error_messages={"required": _("Choose a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, invitation: Invitation, **kwargs):
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.initial.setdefault("name", invitation.name)

    def clean(self):
        values = super().clean() or {}
        if values.get("password"):
            user = User(email=self.invitation.email, name=values.get("name", ""))
            try:
                get_adapter().clean_password(values["password"], user=user)
            except ValidationError as error:
                self.add_error("password", error)
        return values


class AcceptDoctorForm(AcceptForm):
    licence_number = LineField(
        label=_("Licence number"),
        max_length=longest(Doctor, "licence_number"),
        error_messages={"required": _("Enter the licence number.")},
    )
    qualifications = LineField(
        label=_("Qualifications"), max_length=longest(Doctor, "qualifications"), required=False
    )
    practising_since = forms.IntegerField(
        label=_("Practising since"),
        help_text=_("The year."),
        min_value=1940,
        error_messages={"required": _("Enter the year.")},
    )
    field_order = ["name", "licence_number", "qualifications", "practising_since", "password"]

    def clean_practising_since(self) -> int:
        year = self.cleaned_data["practising_since"]
        if self.invitation.office and year > self.invitation.office.today.year:
            raise forms.ValidationError(_("The year cannot be in the future."))
        return year
