"""Giving, changing and ending access to a patient's chart (requirement A14).

Every change of an access locks its patient first. docs/decisions/household.md says who may give
what to whom.
"""

from collections.abc import Collection
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.queries.charts import account_of
from portal.accounts.services import attempts
from portal.accounts.services.attempts import Limit
from portal.audit.services import audit
from portal.clock.ages import age_on
from portal.clock.today import today_of_clinic
from portal.database.transactions import retried
from portal.enums import ProxyState, Scope
from portal.errors import Forbidden, LimitReached, PortalError, StaleState
from portal.models import Patient, ProxyAccess, User, locks
from portal.models.household import STANDING
from portal.models.invitation import new_nonce
from portal.notifications.services import inbox, notifications
from portal.permissions.authority import demand

VALID_FOR = timedelta(days=7)  # a link by mail
OFFERS = Limit("mail that offers access to a chart", 5, timedelta(days=1))  # of one patient


@retried
def grant(
    patient: Patient, *, email: str, relation: str, scopes: Collection[Scope], by: User
) -> ProxyAccess:
    """The desk opens a patient's chart to the account with exactly this email address; both are
    told.

    `relation` is a Relation: what the patient is to the user. Locks the patient. Writes a
    ProxyAccess, an AuditEvent and Notifications. Raises PortalError with the field at fault,
    Forbidden. Source: requirement A14.
    """
    demand(by, "portal.edit_patient", patient)
    user = account_of(email)
    if user is None:
        raise PortalError(_("No patient has an account with exactly this address."), field="email")
    with transaction.atomic():
        patient = _locked(patient, by=by)
        access = ProxyAccess(user=user, patient=patient, relation=relation, made_by=by)
        _set(access, scopes)
        return open_up(access, by=by)


@retried
def offer(
    patient: Patient, *, email: str, relation: str, scopes: Collection[Scope], by: User
) -> ProxyAccess:
    """The patient offers access to the person with this email address, who gets a mail with a link
    and accepts it once signed in. Whether that person has an account already is not told.

    A new offer to the same address replaces the earlier one. Locks the patient. Writes a
    ProxyAccess, an AuditEvent and a Notification. Raises PortalError with the field at fault,
    LimitReached, Forbidden. Source: requirement A14.
    """
    demand(by, "portal.share_chart", patient)
    email = email.strip().lower()
    if email == by.email:
        raise PortalError(_("That is your own address."), field="email")
    if not attempts.take(OFFERS, patient.pk):
        raise LimitReached(_("You have offered this several times today. Try again tomorrow."))
    with transaction.atomic():
        patient = _locked(patient, by=by)
        same = patient.proxy_accesses.filter(state=ProxyState.OFFERED, email__iexact=email)
        same.update(state=ProxyState.ENDED, ended_at=timezone.now())
        access = ProxyAccess(patient=patient, relation=relation, email=email, made_by=by)
        _set(access, scopes)
        access.state, access.expires_at = ProxyState.OFFERED, timezone.now() + VALID_FOR
        access.save()
        audit.record("offer_access", access, by=by, patient=patient, scopes=access.scopes)
        notifications.tell("access_offered", about=access, by=by)
    return access


@retried
def accept(access: ProxyAccess, *, by: User) -> ProxyAccess:
    """The user with the address of the offer accepts it; the patient is told.

    Locks the patient. Writes the ProxyAccess, an AuditEvent and Notifications. Raises StaleState if
    the offer has ended, Forbidden for anybody else. Source: requirement A14.
    """
    with transaction.atomic():
        patient = _locked(access.patient, by=by)
        fresh = _offered(access, patient, by=by)
        fresh.user = by
        return open_up(fresh, by=by)


@retried
def decline(access: ProxyAccess, *, by: User) -> ProxyAccess:
    """The user with the address of the offer declines it. Locks the patient. Writes the ProxyAccess
    and an AuditEvent. Raises StaleState if the offer has ended, Forbidden for anybody else. Source:
    requirement A14."""
    with transaction.atomic():
        patient = locks.patients(access.patient_id)[access.patient_id]
        fresh = _offered(access, patient, by=by)
        fresh.state, fresh.ended_at = ProxyState.ENDED, timezone.now()
        fresh.save()
        audit.record("decline_access", fresh, by=by, patient=patient)
    return fresh


@retried
def change(
    access: ProxyAccess, *, scopes: Collection[Scope], relation: str = "", by: User
) -> ProxyAccess:
    """Change what an open or paused access allows, at once; the user is told. It answers a review
    that is asked for, and opens what had paused.

    Locks the patient. Writes the ProxyAccess, an AuditEvent and Notifications. Raises PortalError
    without a scope, StaleState if it has ended, Forbidden. Source: requirement A14.
    """
    demand(by, "portal.share_chart", access.patient)
    with transaction.atomic():
        patient = _locked(access.patient, by=by)
        fresh = _standing(access, patient)
        if fresh.state not in (ProxyState.OPEN, ProxyState.PAUSED):
            raise StaleState
        was = fresh.scopes
        _set(fresh, scopes)
        fresh.relation = relation or fresh.relation
        fresh.state, fresh.review_by, fresh.reviewed_age = ProxyState.OPEN, None, _age(patient)
        fresh.is_checked = True
        fresh.save()
        _take_back(fresh, was)
        audit.record(
            "change_access", fresh, by=by, patient=patient, was_scopes=was, scopes=fresh.scopes
        )
        notifications.tell("access_changed", about=fresh, by=by)
    return fresh


@retried
def end(access: ProxyAccess, *, by: User) -> ProxyAccess:
    """End an access, an offer or a request at once: by the patient, the desk, or the user whose
    access it is. The user no longer finds what was written to them about the patient.

    Locks the patient. Writes the ProxyAccess, an AuditEvent and Notifications. Raises StaleState if
    it has ended before, Forbidden. Source: requirement A14.
    """
    if by.pk != access.user_id:
        demand(by, "portal.share_chart", access.patient)
    with transaction.atomic():
        patient = locks.patients(access.patient_id)[access.patient_id]
        fresh = _standing(access, patient)
        was_open = fresh.state in (ProxyState.OPEN, ProxyState.PAUSED)
        fresh.state, fresh.ended_at, fresh.review_by = ProxyState.ENDED, timezone.now(), None
        fresh.save()
        audit.record("end_access", fresh, by=by, patient=patient)
        if was_open and fresh.user:
            inbox.take_back(fresh.user, patient)
            notifications.tell("access_ended", about=fresh, by=by)
    return fresh


def open_up(access: ProxyAccess, *, by: User | None) -> ProxyAccess:
    """The writing part of granting and accepting; the patient is locked. `by` is None for a patient
    who answers by the link of a mail. Raises PortalError if the user is the patient, or looks after
    them already."""
    user, patient = access.user, access.patient
    if user is None or patient.user_id == user.pk:
        raise PortalError(_("This is the account of the patient."), field="email")
    access.state, access.opened_at, access.expires_at = ProxyState.OPEN, timezone.now(), None
    access.reviewed_age, access.nonce = _age(patient), new_nonce()
    try:
        with transaction.atomic():
            access.save()
    except IntegrityError as error:
        raise PortalError(
            _("%(name)s looks after this patient already.") % {"name": user.name}, field="email"
        ) from error
    audit.record(
        "open_access",
        access,
        by=by,
        patient=patient,
        user=user.pk,
        scopes=access.scopes,
        **({"by_link": True} if by is None else {}),
    )
    notifications.tell("access_opened", about=access, by=by)
    return access


def _locked(patient: Patient, *, by: User) -> Patient:
    fresh = locks.patient(patient.pk, by=by)
    if fresh.deceased_on:
        raise PortalError(_("This patient is recorded as deceased."))
    return fresh


def _offered(access: ProxyAccess, patient: Patient, *, by: User) -> ProxyAccess:
    """The offer as it is now, for the user with its address; the patient is locked."""
    fresh = patient.proxy_accesses.standing().filter(pk=access.pk).first()
    if fresh is None or fresh.state != ProxyState.OFFERED:
        raise StaleState(_("This offer has ended."))
    if not by.is_patient or account_of(fresh.email) != by:
        raise Forbidden
    fresh.patient = patient
    return fresh


def _standing(access: ProxyAccess, patient: Patient) -> ProxyAccess:
    """The access as it is now; the patient is locked."""
    rows = patient.proxy_accesses.select_related("user").filter(state__in=STANDING)
    fresh = rows.filter(pk=access.pk).first()
    if fresh is None:
        raise StaleState(_("This access has ended already."))
    fresh.patient = patient
    return fresh


def _set(access: ProxyAccess, scopes: Collection[Scope]) -> None:
    if not scopes:
        raise PortalError(_("Choose at least one."), field="scopes")
    access.allow(scopes)


def _take_back(access: ProxyAccess, was: list[Scope]) -> None:
    """What a scope that is gone has told."""
    if access.user and Scope.APPOINTMENTS in was and not access.appointments:
        inbox.take_back(access.user, access.patient)


def _age(patient: Patient) -> int | None:
    born = patient.date_of_birth
    return age_on(today_of_clinic(), born=born) if born else None
