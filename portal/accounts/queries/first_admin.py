"""Whether the one-time link of the first admin is good (requirement A15)."""

from hashlib import sha256
from hmac import compare_digest

from django.utils import timezone

from portal.enums import Role, UserState
from portal.models import FirstAdminLink, User


def is_good(token: str) -> bool:
    """Whether this is the token of the link, which is still good: at most two queries."""
    link = FirstAdminLink.objects.first()
    if link is None or link.expires_at <= timezone.now():
        return False
    return compare_digest(link.token_hash, hashed(token)) and not admin_exists()


def admin_exists() -> bool:
    """One query."""
    return User.objects.filter(role=Role.ADMIN, state=UserState.ACTIVE).exists()


def hashed(token: str) -> str:
    """What is stored of a token."""
    return sha256(token.encode()).hexdigest()
