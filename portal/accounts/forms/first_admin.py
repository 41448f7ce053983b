"""The form of the first admin (requirement A15)."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from portal.accounts.forms.accounts import PASSWORD_HELP
from portal.models import User
from portal.web.text_fields import LineField


class FirstAdminForm(forms.Form):
    name = LineField(
        label=_("Full name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your full name.")},
    )
    email = forms.EmailField(
        label=_("Email address"),
        help_text=_("You sign in with it."),
        max_length=254,
        error_messages={"required": _("Enter an email address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=PASSWORD_HELP,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Choose a password.")},
    )

    def clean(self):
        values = super().clean()
        if values and "password" in values:
            user = User(name=values.get("name", ""), email=values.get("email", ""))
            try:
                validate_password(values["password"], user)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values
