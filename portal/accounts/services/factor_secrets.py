"""Encrypts what the portal keeps for people and could be misused if the database were stolen.

The seeds of authenticator apps and recovery codes, and a form that was sent too late. Passkeys need
none of it: the portal has their public halves only (requirement A12).
"""

import logging
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.errors import SecretUnreadable
from portal.models import locks

logger = logging.getLogger("portal.accounts")

SECRETS = ("secret", "seed")


def encrypt(text: str) -> str:
    """The text encrypted with the first key. No query."""
    return _box().encrypt(text.encode()).decode()


def decrypt(encrypted: str) -> str:
    """The text, decrypted with the key that fits. No query. Raises SecretUnreadable."""
    try:
        return _box().decrypt(encrypted.encode()).decode()
    except InvalidToken:
        logger.error("No key in MFA_KEYS decrypts a stored secret.")
        raise SecretUnreadable from None


def rotate(*, by: None) -> int:
    """Encrypt all secrets again with the first key; returns how many rows.

    One short transaction a row, so that people can sign in meanwhile. Locks and writes each
    Authenticator, and an AuditEvent. Raises SecretUnreadable. Source: A12.
    """
    rows = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk")
    pks = list(rows.values_list("pk", flat=True))
    return sum(_rotate_one(pk) for pk in pks)


@retried
def _rotate_one(pk: int) -> bool:
    with transaction.atomic():
        found = locks.authenticator(pk)
        if found is None:  # removed meanwhile
            return False
        found.data = {name: _again(name, value) for name, value in found.data.items()}
        found.save(update_fields=["data"])
        audit.record("rotate_factor_key", found, by=None)
    return True


def _again(name: str, value: Any) -> Any:
    return encrypt(decrypt(value)) if name in SECRETS else value


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FACTOR_KEYS])
