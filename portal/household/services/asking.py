"""Asking a patient for access, by a mail to the address that the clinic has on file (A14).

Only who reads that mail can agree. Whatever a user types, the answer is the same, so nobody learns
who is a patient here.
"""

from collections.abc import Collection
from datetime import date, timedelta

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.services import attempts
from portal.accounts.services.attempts import Limit
from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import ProxyState, Scope
from portal.errors import Forbidden, LimitReached, PortalError, StaleState
from portal.household.queries.matching import patient_of
from portal.household.services import access as accesses
from portal.household.services.access import VALID_FOR
from portal.models import ProxyAccess, User, locks
from portal.notifications.declaration import Recipient
from portal.notifications.services import notifications
from portal.notifications.services.queue import later

_SIGNER = signing.Signer(sep=".", salt="portal.proxy_access")
PER_USER = Limit("request for access: user", 5, timedelta(hours=1))
PER_ADDRESS = Limit("request for access: address", 5, timedelta(days=1))


def token(access: ProxyAccess) -> str:
    """The secret part of a link, for the mail; it is stored nowhere."""
    return _SIGNER.sign(access.nonce)


def of_token(text: str, *, state: ProxyState) -> ProxyAccess | None:
    """The access of this link, if it still waits for an answer of this kind: at most one query."""
    try:
        nonce = _SIGNER.unsign(text)
    except signing.BadSignature:
        return None
    found = ProxyAccess.objects.standing().select_related("user", "patient", "patient__user")
    return found.filter(nonce=nonce, state=state).first()


@retried
def ask(
    *, name: str, born: date, email: str, relation: str, scopes: Collection[Scope], by: User
) -> None:
    """Ask the patient with this name, date of birth and email address on file. The worker looks for
    them, so the answer takes as long for those who are known as for those who are not.

    Writes AttemptCounts and a task. Raises PortalError without a scope, LimitReached, Forbidden.
    Source: requirement A14.
    """
    if not by.is_patient:
        raise Forbidden
    if not scopes:
        raise PortalError(_("Choose at least one."), field="scopes")
    email = email.strip().lower()
    if not attempts.take(PER_USER, by.pk):
        raise LimitReached(_("You have asked several times. Wait an hour, or go to the desk."))
    if attempts.take(PER_ADDRESS, email):
        later(
            "ask_for_access",
            user_id=by.pk,
            name=name,
            born=born.isoformat(),
            email=email,
            relation=relation,
            scopes=[str(one) for one in scopes],
        )


@retried
def write_to_patient(
    user_id: int, *, name: str, born: str, email: str, relation: str, scopes: list[str], by: None
) -> ProxyAccess | None:
    """The task of `ask`: if exactly one patient fits, a mail goes to that address. A newer request
    replaces the earlier one.

    Locks the patient. Writes a ProxyAccess, an AuditEvent and a Notification. Nothing happens if
    the user looks after the patient already. Source: requirement A14.
    """
    user = User.objects.get(pk=user_id)
    found = patient_of(name=name, born=date.fromisoformat(born), email=email)
    if found is None or found.user_id == user.pk or not user.is_active:
        return None
    with transaction.atomic():
        patient = locks.patients(found.pk)[found.pk]
        of_user = patient.proxy_accesses.filter(user=user)
        if of_user.filter(state__in=[ProxyState.OPEN, ProxyState.PAUSED]).exists():
            return None
        asked = of_user.filter(state=ProxyState.ASKED)
        asked.update(state=ProxyState.ENDED, ended_at=timezone.now())
        made = ProxyAccess(user=user, patient=patient, relation=relation, made_by=user)
        made.allow([Scope(one) for one in scopes])
        made.state, made.expires_at = ProxyState.ASKED, timezone.now() + VALID_FOR
        made.save()
        audit.record("ask_access", made, by=user, patient=patient, scopes=made.scopes)
        to = [Recipient("asked", patient.user, patient, address=email)]
        notifications.tell("access_asked", about=made, by=user, to=to)
    return made


@retried
def answer(access: ProxyAccess, *, agrees: bool, by: None) -> ProxyAccess:
    """Whoever has the link of the mail agrees or declines. Locks the patient. Writes the
    ProxyAccess, an AuditEvent and Notifications. Raises StaleState if the link has ended, for
    example because the patient or the desk was faster. Source: requirement A14."""
    with transaction.atomic():
        patient = locks.patients(access.patient_id)[access.patient_id]
        fresh = (
            patient.proxy_accesses.standing().select_related("user").filter(pk=access.pk).first()
        )
        if fresh is None or fresh.state != ProxyState.ASKED or patient.deceased_on:
            raise StaleState(_("This link has ended."))
        fresh.patient = patient
        if agrees:
            return accesses.open_up(fresh, by=by)
        fresh.state, fresh.ended_at = ProxyState.ENDED, timezone.now()
        fresh.save()
        audit.record("decline_access", fresh, by=by, patient=patient, by_link=True)
    return fresh
