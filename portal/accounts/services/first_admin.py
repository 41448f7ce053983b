"""The first admin of a clinic, made through a one-time link (requirement A15).

The clinic's settings are the lock: of two who use the link at once, the second finds it gone.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.queries import first_admin as links
from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import Role
from portal.errors import PortalError, StaleState
from portal.models import FirstAdminLink, User, locks

LASTS = timedelta(hours=24)


class AdminExists(PortalError):
    """There is an active admin, who alone lets others in."""

    message = "An admin exists already; admins are added in the portal by one of them."


@retried
def new_link(*, by: None = None) -> str:
    """A URL that makes the first admin, once, within LASTS; it ends the one before.

    Only the hash of its token is stored. Locks the settings. Writes the FirstAdminLink and an
    AuditEvent. Raises AdminExists. Source: requirement A15.
    """
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        clinic = locks.settings()
        if links.admin_exists():
            raise AdminExists
        FirstAdminLink(
            pk=1, token_hash=links.hashed(token), expires_at=timezone.now() + LASTS
        ).save()
        audit.record("make_first_admin_link", clinic, by=by)
    return settings.ORIGIN + reverse("first-admin", args=[token])


@retried
def make(token: str, *, name: str, email: str, password: str, by: None = None) -> User:
    """Make the first admin and end the link; the password has been validated.

    The address counts as confirmed: who holds the server gave the link. Locks the settings. Writes
    a User, an EmailAddress and an AuditEvent, and removes the link. Raises StaleState if the link
    is no good any more, PortalError if the address has an account. Source: requirement A15.
    """
    try:
        with transaction.atomic():
            locks.settings()
            if not links.is_good(token):
                raise StaleState
            user = User.objects.create_user(email, password, name=name, role=Role.ADMIN)
            FirstAdminLink.objects.all().delete()
            audit.record("make_first_admin", user, by=user)
    except IntegrityError as error:
        raise PortalError(_("That address has an account already."), field="email") from error
    return user
