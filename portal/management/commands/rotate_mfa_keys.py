"""`manage.py rotate_mfa_keys`: encrypt the secrets of second factors with the first key."""

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.services import factor_secrets
from portal.errors import SecretUnreadable


class Command(BaseCommand):
    help = "Encrypt all secrets of second factors again with the first key of MFA_KEYS."

    def handle(self, **_options) -> None:
        try:
            count = factor_secrets.rotate(by=None)
        except SecretUnreadable:
            refusal = "A secret fits none of the keys. Add the old key to MFA_KEYS."
            raise CommandError(refusal) from None
        self.stdout.write(f"{count} secrets are encrypted with the first key now.")
