"""Private addresses from which calendar programs fetch a user's appointments (requirement B22)."""

import secrets

from django.core import signing
from django.db import transaction
from django.utils import timezone

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import Role, UserState
from portal.errors import Forbidden
from portal.models import CalendarFeed, User, locks

_ROLES = (Role.PATIENT, Role.DOCTOR)
# A dot: colons and slashes in addresses are changed by some calendar programs.
_SIGNER = signing.Signer(sep=".", salt="portal.calendar_feed")


def can_have(user: User) -> bool:
    """Whether the user has appointments of their own: patients and doctors do. No query."""
    return user.role in _ROLES


@retried
def renew(user: User, *, by: User) -> CalendarFeed:
    """Give a user a new secret address; the previous one stops working at once.

    Locks the user. Writes CalendarFeed and an AuditEvent that does not contain the address. Raises
    Forbidden. Source: requirement B22.
    """
    _check_own(user, by=by)
    with transaction.atomic():
        locks.user(user.pk)
        feed, _made = CalendarFeed.objects.get_or_create(user=user)
        feed.nonce, feed.made_at = secrets.token_urlsafe(24), timezone.now()
        feed.ended_with_password = False
        feed.save(update_fields=["nonce", "made_at", "ended_with_password"])
        audit.record("renew_calendar_feed", user, by=by)
    return feed


@retried
def revoke(user: User, *, by: User) -> None:
    """End a user's address permanently; does nothing if there is none.

    Locks the user. Writes CalendarFeed and an AuditEvent. Raises Forbidden. Source: B22.
    """
    _check_own(user, by=by)
    with transaction.atomic():
        locks.user(user.pk)
        if CalendarFeed.objects.filter(user=user, nonce__isnull=False).update(nonce=None):
            audit.record("revoke_calendar_feed", user, by=by)


def of(user: User) -> CalendarFeed | None:
    """The user's feed, which may have ended, or None if they never had one: one query."""
    return CalendarFeed.objects.filter(user=user).first()


def token(feed: CalendarFeed | None) -> str:
    """The secret part of the address, "" if there is none. No query.

    It is computed with the portal's secret key, so the database alone does not reveal it.
    """
    return _SIGNER.sign(feed.nonce) if feed and feed.nonce else ""


def token_of(user: User) -> str:
    """The secret part of the user's calendar address, "" if they have none: one query."""
    return token(of(user))


def owner_of(token: str) -> User | None:
    """The owner of the calendar at that address: one query. None if the secret is invalid or has
    ended, or if its owner may not sign in."""
    try:
        nonce = _SIGNER.unsign(token)
    except signing.BadSignature:
        return None
    feeds = CalendarFeed.objects.select_related("user")
    feed = feeds.filter(nonce=nonce, user__state=UserState.ACTIVE, user__role__in=_ROLES).first()
    return feed.user if feed else None


def _check_own(user: User, *, by: User) -> None:
    if by != user or not can_have(user):
        raise Forbidden
