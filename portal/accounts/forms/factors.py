"""Codes and passkeys: allauth's forms with our texts and limits (requirement A12)."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as passkey_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.forms.accounts import TOO_MANY, PlainFields
from portal.accounts.services import factor_codes
from portal.models import User
from portal.web.text_fields import LineField

CODE_ATTRIBUTES = {
    "autocomplete": "one-time-code",
    "autocapitalize": "none",
    "spellcheck": "false",
    "maxlength": "20",
}


class CodeField(PlainFields):
    """Removes the placeholder, and names what is asked for."""

    label = _("Code")
    help_text = _("Six digits from your app, or one of your recovery codes.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label, field.help_text = self.label, self.help_text
        field.error_messages["required"] = _("Enter the code.")
        field.widget.attrs |= CODE_ATTRIBUTES


class LimitedCode(CodeField):
    """Counts each code as wrong before it is checked, so that parallel ones count too."""

    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        if not factor_codes.take(self.user.pk):
            raise forms.ValidationError(TOO_MANY)
        code = super().clean_code()  # type: ignore[misc]  # of allauth's form beside it
        is_of_app = self.authenticator.type == Authenticator.Type.TOTP
        if is_of_app and not factor_codes.use(self.user.pk, code):
            raise get_adapter().validation_error("incorrect_code")
        factor_codes.was_right(self.user.pk)
        return code


class AuthenticateForm(LimitedCode, base_forms.AuthenticateForm):
    """The second step of signing in."""


class CodeAgainForm(LimitedCode, base_forms.ReauthenticateForm):
    """Asks for a code again before a change of what protects the account."""


class ActivateForm(CodeField, totp_forms.ActivateTOTPForm):
    label = _("Code that the app shows")
    help_text = _("Six digits. They change every half minute.")


class AddPasskeyForm(PlainFields, passkey_forms.AddWebAuthnForm):
    """Every passkey asks for a finger, a face or a PIN: it can sign in without the password."""

    name = LineField(
        label=_("Name"),
        required=False,
        max_length=60,
        help_text=_("So that you know it again, such as “phone” or “blue key”."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].widget = forms.HiddenInput()
        self.fields["passwordless"].initial = True

    def clean_passwordless(self) -> bool:
        return True


class RenamePasskeyForm(PlainFields, passkey_forms.EditWebAuthnForm):
    name = LineField(label=_("Name"), max_length=60)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].error_messages["required"] = _("Enter a name for the passkey.")
