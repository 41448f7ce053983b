"""The keys with which secrets of second factors are encrypted: Fernet keys, separated by commas."""

import base64
import hashlib

from cryptography.fernet import Fernet


def keys(text: str) -> list[str]:
    """The keys in MFA_KEYS, the one that encrypts first; none if it is empty."""
    found = [part.strip() for part in text.split(",") if part.strip()]
    for key in found:
        try:
            Fernet(key)
        except ValueError:
            sentence = "must be keys of 32 random bytes in URL-safe base64, separated by commas."
            raise ValueError(sentence) from None
    return found


def derived(secret_key: str) -> str:
    """A key made from SECRET_KEY, where no other is configured. It changes when SECRET_KEY does."""
    digest = hashlib.sha256(f"portal.factor_secrets:{secret_key}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()
