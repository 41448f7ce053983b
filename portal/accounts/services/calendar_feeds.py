"""Private addresses at which calendar programs fetch somebody's appointments (requirement B22)."""

import secrets
from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.utils import timezone

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import AppointmentState, Role, UserState
from portal.errors import Forbidden
from portal.models import HOLDING, Appointment, CalendarFeed, User, locks
from portal.notifications.services import wording

KEPT = timedelta(days=30)
_ROLES = (Role.PATIENT, Role.DOCTOR)
# What is certain, or was.
_SHOWN = (*HOLDING, AppointmentState.CANCELLED)
# A dot: colons and slashes in addresses are changed by some calendar programs.
_SIGNER = signing.Signer(sep=".", salt="portal.calendar_feed")


def can_have(user: User) -> bool:
    """Whether there are appointments of one's own to fetch: patients' and doctors'. No query."""
    return user.role in _ROLES


@retried
def renew(user: User, *, by: User) -> CalendarFeed:
    """Give a person a new secret address; the one before, if any, ends at once.

    Locks the user. Writes CalendarFeed and an AuditEvent, which does not tell the address.
    Raises Forbidden. Source: requirement B22.
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
    """End a person's address for good; nothing happens where there is none.

    Locks the user. Writes CalendarFeed and an AuditEvent. Raises Forbidden. Source: B22.
    """
    _check_own(user, by=by)
    with transaction.atomic():
        locks.user(user.pk)
        if CalendarFeed.objects.filter(user=user, nonce__isnull=False).update(nonce=None):
            audit.record("revoke_calendar_feed", user, by=by)


def of(user: User) -> CalendarFeed | None:
    """Their feed, which may have ended, or None if they never had one: one query."""
    return CalendarFeed.objects.filter(user=user).first()


def token(feed: CalendarFeed | None) -> str:
    """What the address carries, "" if there is none. No query.

    It is made with the portal's secret key: who reads the database alone cannot tell it.
    """
    return _SIGNER.sign(feed.nonce) if feed and feed.nonce else ""


def token_of(user: User) -> str:
    """What the address of their calendar carries, "" if they have none: one query."""
    return token(of(user))


def read(token: str) -> str | None:
    """The calendar at that address: four queries. None if it is none of ours, has ended, or its
    owner may not sign in.

    What is certain or was, from thirty days ago on; what was cancelled says so.
    """
    try:
        nonce = _SIGNER.unsign(token)
    except signing.BadSignature:
        return None
    feeds = CalendarFeed.objects.select_related("user")
    feed = feeds.filter(nonce=nonce, user__state=UserState.ACTIVE, user__role__in=_ROLES).first()
    if feed is None:
        return None
    return wording.calendar_feed(_appointments(feed.user), reader=feed.user)


def _appointments(user: User):
    """Without what was taken back before anybody had accepted it: that never was an appointment."""
    own = Appointment.objects.visible_to(user).select_related("office", "patient", "doctor")
    ahead = own.filter(state__in=_SHOWN, starts_at__gte=timezone.now() - KEPT)
    never = {"state": AppointmentState.CANCELLED, "answer_by__isnull": False}
    return ahead.exclude(version=2, **never).order_by("starts_at", "pk")


def _check_own(user: User, *, by: User) -> None:
    if by != user or not can_have(user):
        raise Forbidden
