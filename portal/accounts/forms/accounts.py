"""Sign-in, sign-up, passwords and addresses: allauth's forms with our texts."""

from datetime import timedelta

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from portal.accounts.services import accounts, attempts
from portal.accounts.services.attempts import Limit
from portal.errors import PortalError
from portal.models import User
from portal.web.phone_fields import PhoneField
from portal.web.text_fields import LineField

TOO_MANY = _("Too many attempts. Wait a few minutes and try again.")
RESETS = Limit("link to reset a password", 5, timedelta(minutes=15))
PASSWORD_HELP = _("At least 10 characters, and none of the common passwords.")


class PlainFields:
    """Removes allauth's placeholders, which only repeat the labels."""

    fields: dict[str, forms.Field]
    required = {
        "login": _("Enter your email address or username."),
        "name": _("Enter your full name."),
        "email": _("Enter an email address."),
        "password": _("Enter your password."),
        "oldpassword": _("Enter your present password."),
        "password1": _("Choose a password."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in self.required:
                field.error_messages["required"] = self.required[name]


class OnePassword(PlainFields):
    """A new password is typed once; after a typing mistake the user can ask for another reset
    link."""

    password_label = _("New password")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        self.fields["password1"].label = self.password_label
        self.fields["password1"].help_text = PASSWORD_HELP


class LoginForm(PlainFields, allauth_forms.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Email address or username")
        self.fields["login"].widget.attrs |= {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }

    def user_credentials(self) -> dict:
        """All accounts are looked up in the same way, so unknown ones take equally long (A04)."""
        login = self.cleaned_data["login"]
        method = "email" if "@" in login else "username"
        return {method: login, "password": self.cleaned_data.get("password")}


class SignupForm(OnePassword, allauth_forms.SignupForm):
    account_already_exists: bool  # set by allauth
    password_label = _("Password")

    name = LineField(
        label=_("Full name"),
        help_text=_("As on your identity card: the front desk looks you up by it."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = PhoneField(label=_("Phone number"))

    field_order = ["name", "email", "phone", "password1"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Email address")
        self.fields["email"].help_text = _("We send a link to it to confirm that it is yours.")

    def try_save(self, request):
        """The answer for an address that has an account is the same as for a new one, and takes as
        long (A04)."""
        if not self.account_already_exists:
            try:
                return super().try_save(request)
            except PortalError as error:
                if error.field != "email":
                    raise
                self.account_already_exists = True  # since it was checked
        get_user_model()().set_password(self.cleaned_data["password1"])
        return super().try_save(request)

    def register(self, user) -> None:
        """Save the new login, which has name, email and password, with its profile."""
        accounts.register_patient(user, phone=self.cleaned_data["phone"].as_e164, by=user)


class AddEmailForm(PlainFields, allauth_forms.AddEmailForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New email address")
        self.fields["email"].help_text = _(
            "We send a link to it. Until you confirm it there, the present address stays."
        )


class ResetPasswordForm(PlainFields, allauth_forms.ResetPasswordForm):
    users: list[User]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Email address")

    def clean_email(self) -> str:
        """Known and unknown addresses are counted alike (A04)."""
        if not attempts.take(RESETS, self.cleaned_data["email"].lower()):
            raise forms.ValidationError(TOO_MANY)
        email = super().clean_email()
        # Not by an address that still has to be confirmed (A07).
        self.users = [user for user in self.users if user.email.lower() == email.lower()]
        return email


class ResetPasswordKeyForm(OnePassword, allauth_forms.ResetPasswordKeyForm):
    """The form on the page behind the emailed link."""


class SetPasswordForm(OnePassword, allauth_forms.SetPasswordForm):
    """The first password of a person who was invited."""


class ChangePasswordForm(OnePassword, allauth_forms.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Present password")


class ReauthenticateForm(PlainFields, allauth_forms.ReauthenticateForm):
    """Asks for the password again before a change of the address."""
