"""Inviting staff, and accepting an invitation (requirement A03)."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.services import attempts
from portal.accounts.services.attempts import Limit
from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import Role
from portal.errors import LimitReached, PortalError, StaleState
from portal.models import Assistant, Invitation, Office, User, locks
from portal.models.invitation import STAFF, lasts_until, new_nonce
from portal.notifications.declaration import Recipient
from portal.notifications.services import notifications
from portal.people.services import staff_doctors
from portal.permissions.authority import demand

_SIGNER = signing.Signer(sep=".", salt="portal.invitation")
MAILS = Limit("mail with an invitation", 3, timedelta(hours=1))  # to one address
LICENCE_FIELDS = ("licence_number", "qualifications", "practising_since")


def token(invitation: Invitation) -> str:
    """The secret part of the link. It is computed when the mail is sent, and stored nowhere."""
    return _SIGNER.sign(invitation.nonce)


def of_token(text: str) -> Invitation | None:
    """The invitation of this link, if it can be accepted: at most one query."""
    try:
        nonce = _SIGNER.unsign(text)
    except signing.BadSignature:
        return None
    found = Invitation.objects.open().select_related("specialty", "office")
    return found.filter(nonce=nonce).first()


@retried
def invite(
    email: str,
    *,
    name: str,
    role: str,
    offices: Collection[Office] = (),
    by: User,
    **place: Any,
) -> Invitation:
    """Invite somebody to work for the clinic; the link in the mail works once, for seven days.

    `offices` or `all_offices` are of an assistant, `specialty`, `office` and `fee_cents` of a
    doctor. Writes Invitation, AuditEvent and a Notification; an expired invitation of the address
    is withdrawn. Raises PortalError with the field at fault, LimitReached, Forbidden. Source: A03.
    """
    demand(by, "portal.manage_people", None)
    email = email.strip().lower()
    if role not in STAFF:
        raise PortalError(_("Choose a role."), field="role")
    if role == Role.ASSISTANT and not (offices or place.get("all_offices")):
        raise PortalError(_("Choose an office, or all."), field="offices")
    _check_no_account(email)
    if Invitation.objects.open().filter(email__iexact=email).exists():
        raise PortalError(_already_invited(), field="email")
    _count_mail(email)
    invitation = Invitation(email=email, name=name, role=role, invited_by=by, **place)
    try:
        with transaction.atomic():
            now = timezone.now()
            expired = Invitation.objects.unanswered().filter(email=email, expires_at__lte=now)
            expired.update(revoked_at=now)
            invitation.save()
            invitation.offices.set(offices)
            audit.record("invite", invitation, by=by, role=role)
            _send(invitation, by=by)
    except IntegrityError as error:
        raise PortalError(_already_invited(), field="email") from error
    return invitation


@retried
def resend(invitation: Invitation, *, by: User) -> Invitation:
    """Send a new link, which works for seven days from now; the one before ends.

    Locks the invitation. Writes it, an AuditEvent and a Notification. Raises StaleState if it was
    accepted or withdrawn, LimitReached, Forbidden. Source: requirement A03.
    """
    demand(by, "portal.manage_people", None)
    _count_mail(invitation.email)
    with transaction.atomic():
        fresh = _unanswered(invitation)
        fresh.nonce, fresh.expires_at = new_nonce(), lasts_until()
        fresh.times_sent += 1
        fresh.save(update_fields=["nonce", "expires_at", "times_sent"])
        audit.record("resend_invitation", fresh, by=by)
        _send(fresh, by=by)
    return fresh


@retried
def revoke(invitation: Invitation, *, by: User) -> Invitation:
    """Withdraw it: the link ends. Locks the invitation. Writes it and an AuditEvent. Raises
    StaleState if it was accepted or withdrawn, Forbidden. Source: requirement A03."""
    demand(by, "portal.manage_people", None)
    with transaction.atomic():
        fresh = _unanswered(invitation)
        fresh.revoked_at = timezone.now()
        fresh.save(update_fields=["revoked_at"])
        audit.record("revoke_invitation", fresh, by=by)
    return fresh


@retried
def accept(invitation: Invitation, *, name: str, password: str, by: None, **licence: Any) -> User:
    """Make the account. Role, offices, specialty and fee are the invitation's; the address counts
    as confirmed, and a doctor as approved.

    `by` is None: whoever has the link. `licence` are LICENCE_FIELDS of a doctor. Locks the office
    of a doctor, then the invitation. Writes User, its profile, Invitation and AuditEvent. Raises
    StaleState if the link has ended meanwhile, PortalError with the field at fault, or if the
    office or the specialty of a doctor was closed. Source: requirement A03.
    """
    user = User(email=invitation.email, name=name, role=invitation.role)
    user.set_password(password)  # slow, so before the transaction
    with transaction.atomic():
        if invitation.office_id:
            locks.office(invitation.office_id)
        fresh = locks.invitation(invitation.pk)
        if not fresh.is_open or fresh.nonce != invitation.nonce:
            raise StaleState(_("This invitation has ended meanwhile."))
        _insert(user)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        _make_profile(user, fresh, licence)
        fresh.accepted_at, fresh.user = timezone.now(), user
        fresh.save(update_fields=["accepted_at", "user"])
        audit.record("accept_invitation", user, by=user, invitation=fresh.pk, role=user.role)
    return user


def _make_profile(user: User, invitation: Invitation, licence: dict[str, Any]) -> None:
    if user.is_assistant:
        assistant = Assistant.objects.create(user=user, all_offices=invitation.all_offices)
        assistant.offices.set(invitation.offices.all())
    elif invitation.office and invitation.specialty:
        staff_doctors.add_approved(
            user,
            specialty=invitation.specialty,
            office=invitation.office,
            fee_cents=invitation.fee_cents or 0,
            by=user,
            **{field: licence[field] for field in LICENCE_FIELDS},
        )


def _insert(user: User) -> None:
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        taken = _("This address has an account already. Please sign in.")
        raise PortalError(taken) from error


def _unanswered(invitation: Invitation) -> Invitation:
    fresh = locks.invitation(invitation.pk)
    if fresh.accepted_at or fresh.revoked_at:
        raise StaleState
    return fresh


def _send(invitation: Invitation, *, by: User) -> None:
    to = [Recipient("invited", None, address=invitation.email)]
    notifications.tell("invited", about=invitation, by=by, to=to)


def _count_mail(email: str) -> None:
    if not attempts.take(MAILS, email):
        raise LimitReached(_("This address has had three mails within an hour. Please wait."))


def _check_no_account(email: str) -> None:
    """Only admins read this answer; they see all accounts anyway."""
    found = User.objects.filter(email__iexact=email).first()
    if found:
        said = _("%(name)s has an account with this address already, as: %(role)s.")
        raise PortalError(
            said % {"name": found.name, "role": found.get_role_display()}, field="email"
        )


def _already_invited() -> str:
    return _("This address is invited already. Find it under “Invited” to send the mail again.")
