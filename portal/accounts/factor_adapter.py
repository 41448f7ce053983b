"""Adapts allauth's second factors: encrypted secrets, our texts and names."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.accounts.services import factor_secrets
from portal.models import ClinicSettings


class FactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That code is wrong or was used before. Type the one shown now."),
        "cannot_generate_recovery_codes": _(
            "Recovery codes replace an app or a passkey. Set one of them up first."
        ),
    }

    def encrypt(self, text: str) -> str:
        return factor_secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return factor_secrets.decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        return ClinicSettings.current().name

    def generate_authenticator_name(self, user, kind: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=kind).count() + 1
        return gettext("Passkey %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """A passkey belongs to the host at which it was made, one of ALLOWED_HOSTS. A browser makes
        and uses none for the host of another site."""
        entity = super().get_public_key_credential_rp_entity()
        return {**entity, "name": ClinicSettings.current().name}
