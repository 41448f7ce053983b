"""Which notifications each user gets, and by which channel (requirement D01)."""

from django.core import signing
from django.db import transaction

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import Channel
from portal.errors import Forbidden, PortalError
from portal.models import User, locks
from portal.notifications.declaration import Event
from portal.notifications.registry import EVENTS

_SIGNER = signing.Signer(salt="portal.unsubscribe")


def events_for(user: User) -> dict[str, tuple[Channel, ...]]:
    """The events that users of this role get: event name → channels. No query.

    A kind of recipient is a role, or "user", which means everybody.
    """
    kinds = (user.role, "user")
    told = {
        event.name: {channel for kind in kinds for channel in event.channels.get(kind, ())}
        for event in EVENTS.values()
    }
    return {
        name: tuple(channel for channel in Channel if channel in channels)
        for name, channels in told.items()
        if channels
    }


@retried
def set_preferences(user: User, *, off: set[str], by: User) -> User:
    """Switch off these `event:channel` pairs for a user, and switch on all others.

    Locks the user. Writes User and AuditEvent, or nothing if nothing changes. Raises Forbidden;
    PortalError if one of them cannot be switched off. Source: requirement D01.
    """
    if by != user:
        raise Forbidden
    if off - _opt_out():
        raise PortalError
    with transaction.atomic():
        user = locks.user(user.pk)
        if set(user.switched_off.split()) != off:
            user.switched_off = " ".join(sorted(off))
            user.save(update_fields=["switched_off"])
            audit.record("set_preferences", user, by=by, off=sorted(off))
    return user


@retried
def unsubscribe(user: User, *, event: str, by: User) -> User:
    """Switch off the mails of one event and keep all other settings. A second call changes nothing.

    Locks the user. Writes User and AuditEvent. Raises Forbidden, PortalError. Source: D01.
    """
    with transaction.atomic():
        user = locks.user(user.pk)
        off = _opt_out() & set(user.switched_off.split())
        return set_preferences(user, off=off | {_key(EVENTS[event], Channel.EMAIL)}, by=by)


def unsubscribe_token(user: User, *, event: str) -> str:
    """The token in the link at the end of a mail. It allows nothing else and does not expire."""
    return _SIGNER.sign_object([user.pk, event])


def read_unsubscribe_token(token: str) -> tuple[User, Event] | None:
    """The user and the event of the token; None if the token is invalid or the event's mails cannot
    be switched off."""
    try:
        pk, name = _SIGNER.unsign_object(token)
    except signing.BadSignature:
        return None
    user, event = User.objects.filter(pk=pk).first(), EVENTS.get(name)
    if user is None or event is None or Channel.EMAIL not in event.opt_out:
        return None
    return user, event


def _opt_out() -> set[str]:
    return {_key(event, channel) for event in EVENTS.values() for channel in event.opt_out}


def _key(event: Event, channel: Channel) -> str:
    return f"{event.name}:{channel}"
