"""Changes of second factors: noted in the audit trail; removed by an admin (requirement A12)."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.errors import PortalError
from portal.models import User, locks
from portal.notifications.services import notifications
from portal.permissions.authority import demand


@retried
def reset(user: User, *, by: User, reason: str) -> None:
    """Remove all factors of a user who has lost them, and end their sessions; both are told.

    `reason` is for the audit trail only. Locks the user. Writes Authenticator, UserSession, Session
    and an AuditEvent. Raises Forbidden for others than admins and for one's own account,
    PortalError if there is none. Source: requirement A12.
    """
    demand(by, "portal.reset_factor", user)
    with transaction.atomic():
        user = locks.user(user.pk)
        if not Authenticator.objects.filter(user=user).delete()[0]:
            raise PortalError(_("This person has no second factor."))
        for session in UserSession.objects.filter(user=user):
            session.end()
        audit.record("reset_second_factor", user, by=by, reason=reason)
        notifications.tell("second_factor_reset", about=user, by=by)


@retried
def note(user: User, *, by: User, verb: str) -> None:
    """Record what a user has changed of their own factors. Writes an AuditEvent. Source: A12."""
    with transaction.atomic():
        audit.record(verb, user, by=by)
