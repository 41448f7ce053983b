"""An admin corrects the email address of somebody who works for the clinic (requirement A07)."""

from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.services import attempts
from portal.accounts.services.attempts import Limit
from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import UserState
from portal.errors import LimitReached, PortalError, StaleState
from portal.models import User, locks
from portal.notifications.declaration import Recipient
from portal.notifications.services import notifications
from portal.permissions.authority import demand

LONGEST_REASON = 300
MAILS = Limit("mail with a corrected address", 3, timedelta(hours=1))  # to one address


@retried
def correct(user: User, *, email: str, reason: str, by: User) -> str:
    """Send a link to the new address; whoever opens it there confirms the change.

    Until then the present address is the one to sign in with; it is told of the change if it was
    ever confirmed. One that waited before is dropped. Locks the user. Writes an EmailAddress, an
    AuditEvent with the reason and Notifications. Raises PortalError with the field at fault,
    LimitReached, StaleState if the account is closed, Forbidden. Returns the new address. Source:
    requirement A07.
    """
    demand(by, "portal.manage_people", None)
    email, reason = email.strip().lower(), reason.strip()
    _check(user, email=email, reason=reason, by=by)
    if not attempts.take(MAILS, email):
        raise LimitReached(_("Three mails went to this address in the last hour. Please wait."))
    with transaction.atomic():
        user = locks.user(user.pk)
        if user.state == UserState.CLOSED:
            raise StaleState(_("The account is closed."))
        _check_free(user, email)
        before = user.email
        was_confirmed = EmailAddress.objects.filter(user=user, verified=True).exists()
        made = EmailAddress.objects.add_new_email(None, user, email, send_verification=False)
        audit.record("correct_email", user, by=by, reason=reason)
        path = reverse("account_confirm_email", args=[EmailConfirmationHMAC.create(made).key])
        context = {"user": user, "activate_url": f"{settings.ORIGIN}{path}"}
        get_adapter().send_mail("account/email/address_corrected", email, context)
        if was_confirmed:
            to = [Recipient("user", user, address=before)]
            notifications.tell(
                "email_corrected", about=user, by=by, to=to, address=_masked(email), admin=by.name
            )
    return email


def _check(user: User, *, email: str, reason: str, by: User) -> None:
    if not user.is_staff:
        text = _("Patients change it themselves; the desk changes the address on file.")
        raise PortalError(text, field="email")
    if user.pk == by.pk:
        raise PortalError(_("Change your own address on your profile."), field="email")
    if not reason:
        raise PortalError(_("Say why, in a few words."), field="reason")
    if len(reason) > LONGEST_REASON:
        told = _("The reason is too long: at most %(most)s characters.") % {"most": LONGEST_REASON}
        raise PortalError(told, field="reason")


def _check_free(user: User, email: str) -> None:
    if user.email.lower() == email:
        raise PortalError(_("This is the present address."), field="email")
    others = User.objects.exclude(pk=user.pk)
    theirs = Q(email__iexact=email) | Q(emailaddress__email=email, emailaddress__verified=True)
    if others.filter(theirs).exists():
        raise PortalError(_("That address has an account already."), field="email")


def _masked(email: str) -> str:
    """`a•••@example.com`: the old address may be a stranger's."""
    name, _at, domain = email.rpartition("@")
    return f"{name[:1]}•••@{domain}"
