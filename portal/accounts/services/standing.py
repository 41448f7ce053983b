"""Whether an account may be used: blocking, closing and the ways back (requirements A10, A11)."""

from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import Role, UserState
from portal.errors import Forbidden, PortalError, StaleState
from portal.models import User, locks
from portal.permissions.authority import demand

LONGEST_REASON = 300

# verb → the states it begins in, and the one it ends in.
CHANGES: dict[str, tuple[tuple[UserState, ...], UserState]] = {
    "block": ((UserState.ACTIVE,), UserState.BLOCKED),
    "unblock": ((UserState.BLOCKED,), UserState.ACTIVE),
    "close": ((UserState.ACTIVE, UserState.BLOCKED), UserState.CLOSED),
    "reopen": ((UserState.CLOSED,), UserState.ACTIVE),
}


def block(user: User, *, reason: str, by: User) -> User:
    """Bar the user from signing in. Their open sessions end at the next request; appointments stay.

    Nobody blocks themself, so an active admin always remains. Locks the users. Writes User and an
    AuditEvent with the reason. Raises Forbidden, StaleState, PortalError. Source: requirement A10.
    """
    demand(by, "portal.manage_people", None)
    if by.pk == user.pk:
        raise PortalError(_("You cannot block yourself."))
    return _change(user, "block", by=by, reason=_reason(reason))


def unblock(user: User, *, by: User) -> User:
    """Let the user sign in again, with the same password. Sessions from before do not come back.

    Locks the users. Writes User and AuditEvent, deletes sessions. Raises Forbidden, StaleState.
    Source: requirement A10.
    """
    demand(by, "portal.manage_people", None)
    return _change(user, "unblock", by=by)


def close(user: User, *, by: User) -> User:
    """Close the account for good: by its owner or an admin. It stays in all history.

    The caller has settled the coming appointments (`appointments.services.leaving`). Locks the
    users. Writes User and AuditEvent. Raises Forbidden, StaleState, PortalError if it is the last
    active admin. Source: requirement A11.
    """
    if by.pk != user.pk:
        demand(by, "portal.manage_people", None)
    return _change(user, "close", by=by, check=_check_another_admin)


def reopen(user: User, *, by: User) -> User:
    """Undo a closing. Locks the users. Writes User and AuditEvent, deletes sessions. Raises
    Forbidden, StaleState. Source: requirement A11."""
    demand(by, "portal.manage_people", None)
    return _change(user, "reopen", by=by)


Check = Callable[[User, dict[int, User]], None]


@retried
def _change(user: User, verb: str, *, by: User, check: Check | None = None, **said: Any) -> User:
    """Both are read again under the lock: two admins may block each other at once."""
    before, after = CHANGES[verb]
    with transaction.atomic():
        held = locks.users(user.pk, by.pk, with_admins=user.role == Role.ADMIN)
        fresh = held[user.pk]
        if not held[by.pk].is_active:
            raise Forbidden
        if fresh.state not in before:
            raise StaleState
        if check:
            check(fresh, held)
        fresh.state = after
        fresh.save(update_fields=["state"])
        if after == UserState.ACTIVE:
            _end_sessions(fresh)
        audit.record(verb, fresh, by=by, **said)
    return fresh


def _check_another_admin(user: User, held: dict[int, User]) -> None:
    others = [one for one in held.values() if one.is_admin and one.is_active and one != user]
    if user.is_admin and not others:
        raise PortalError(_("This is the last admin. Make another one first."))


def _end_sessions(user: User) -> None:
    """While the account was barred they were refused; now they would work again."""
    opened = UserSession.objects.filter(user=user)
    Session.objects.filter(session_key__in=opened.values("session_key")).delete()
    opened.delete()


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise PortalError(_("Say why, in a few words."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise PortalError(_("This is too long."), field="reason")
    return reason
