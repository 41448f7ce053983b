"""A login joins the chart that the desk keeps, or leaves it (requirement A09).

A code proves that the user reads the mail or the phone that the clinic has on file. Names and dates
of birth alone prove nothing. Whatever a user types, the answers are the same for known and unknown
addresses; see docs/decisions/linking.md.
"""

import secrets
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, ProtectedError, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from portal.accounts.queries.charts import account_of, chart_of_contact
from portal.accounts.services import attempts
from portal.accounts.services.attempts import Limit
from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import ProxyState
from portal.errors import ErasureWaits, Forbidden, LimitReached, PortalError, StaleState
from portal.models import (
    ErasureRequest,
    LinkCode,
    Notification,
    Patient,
    PatientPhone,
    ProxyAccess,
    User,
    locks,
)
from portal.notifications.declaration import Recipient
from portal.notifications.services import inbox, notifications
from portal.permissions.authority import demand

VALID_FOR = timedelta(minutes=10)
MOST_TRIES = 5  # of one code
CODES_PER_USER = Limit("link code: user", 5, timedelta(hours=1))
CODES_PER_ADDRESS = Limit("link code: address", 5, timedelta(days=1))
_FILLED_IN = ("date_of_birth", "gender", "address", "emergency_contact", "emergency_phone")


def send_code(contact: str, *, by: User) -> None:
    """Send a code to this email address or phone number (E.164) if exactly one chart without a
    login has it on file; otherwise do the same, but send nothing.

    A new code replaces the earlier one. Writes AttemptCounts, the user's LinkCode, an AuditEvent
    and a Notification. Raises LimitReached if this user has asked too often, Forbidden. Source:
    requirement A09.
    """
    if not by.is_patient:
        raise Forbidden
    if not attempts.take(CODES_PER_USER, by.pk):
        raise LimitReached(_("You have asked for several codes. Wait an hour, or ask the desk."))
    may_send = attempts.take(CODES_PER_ADDRESS, contact)
    _send(contact, may_send=may_send, by=by)


@retried
def join_by_code(code: str, *, date_of_birth: date, by: User) -> Patient:
    """Join the chart for which the code was sent, if its date of birth is this one or not on file.

    The try is counted before it is judged. Locks both charts, then the user. Writes them, LinkCode,
    Notifications and AuditEvents. Raises PortalError with the field at fault, the same for a wrong
    code, a wrong date and an address that nobody has; StaleState if somebody else was faster.
    Source: requirement A09.
    """
    if not by.is_patient:
        raise Forbidden
    valid = LinkCode.objects.filter(user=by, ends_at__gt=timezone.now())
    if not _count_try(valid):
        raise PortalError(_("This code is no longer valid. Ask for a new one."), field="code")
    chart = _chart_of(valid.select_related("patient").first(), code, date_of_birth, by=by)
    if chart is None:
        raise PortalError(_("The code or the date of birth is not right."), field="code")
    with transaction.atomic():
        joined = _join(chart, by, by=by, by_code=True)
        LinkCode.objects.filter(user=by).delete()
    return joined


@retried
def link(patient: Patient, *, email: str, by: User) -> Patient:
    """The desk gives a chart to the account with exactly this email address; the user is told.

    Locks both charts, then the user. Writes them, Notifications and an AuditEvent. Raises
    PortalError with the field at fault, StaleState, Forbidden. Source: requirement A09.
    """
    demand(by, "portal.edit_patient", patient)
    account = account_of(email)
    if account is None:
        raise PortalError(_("No patient has an account with exactly this address."), field="email")
    with transaction.atomic():
        return _join(patient, account, by=by)


@retried
def unlink(patient: Patient, *, reason: str, by: User) -> Patient:
    """The desk takes the chart from an account that is the wrong person's. The account gets an
    empty chart, and no longer reads what was written about this one; the user is told.

    `reason` is for the audit trail. Locks the chart, then the user. Writes both, Notifications and
    an AuditEvent. Raises PortalError without a reason, StaleState, Forbidden. Source: A09.
    """
    demand(by, "portal.edit_patient", patient)
    if not reason.strip():
        raise PortalError(_("Say why, for the record."), field="reason")
    with transaction.atomic():
        chart = locks.patient(patient.pk, by=by)
        if chart.user_id is None or chart.user_id != patient.user_id:
            raise StaleState
        _check_stay([chart])
        user = locks.user(chart.user_id)
        Patient.objects.filter(pk=chart.pk).update(user=None)
        chart.user = None
        Patient.objects.create(user=user, name=user.name)
        inbox.take_back(user, chart)
        audit.record("unlink", chart, by=by, patient=chart, user=user.pk, reason=reason.strip())
        notifications.tell("chart_unlinked", about=user, by=by)
    return chart


@retried
def _send(contact: str, *, may_send: bool, by: User) -> None:
    code = f"{secrets.randbelow(10**6):06}"
    found = chart_of_contact(contact)
    chart = found if may_send else None
    row = LinkCode(user=by, patient=chart, digest=_digest(by, code))
    row.ends_at = timezone.now() + VALID_FOR
    with transaction.atomic():
        LinkCode.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["user"],
            update_fields=["patient", "digest", "attempts", "ends_at"],
        )
        audit.record("send_link_code", by, by=by, patient=chart)
        if chart:
            to = [Recipient("patient", None, chart, address=contact)]
            notifications.tell("link_code", about=by, by=by, to=to, code=code)


def _count_try(valid: QuerySet[LinkCode]) -> bool:
    """False if the code has been tried often enough. One conditional update, so parallel tries
    count too."""
    return bool(valid.filter(attempts__lt=MOST_TRIES).update(attempts=F("attempts") + 1))


def _chart_of(row: LinkCode | None, code: str, born: date, *, by: User) -> Patient | None:
    """The chart of the code, if the code and the date of birth are right."""
    if row is None:
        return None
    is_right = constant_time_compare(row.digest, _digest(by, code.strip()))
    chart = row.patient
    if not is_right or chart is None or chart.date_of_birth not in (None, born):
        return None
    return chart


def _join(chart: Patient, user: User, *, by: User, by_code: bool = False) -> Patient:
    """Of two who join one chart at once, the conditional update lets one through; a user cannot
    have two charts, as the database has a unique key."""
    own = Patient.objects.filter(user=user).first()
    locks.hold_patients([chart.pk, *([own.pk] if own else [])])
    chart = locks.patient(chart.pk, by=by)
    _check_stay([chart, *([own] if own else [])])
    if chart.user_id is not None:
        raise StaleState(_("This chart belongs to an account already."))
    if chart.deceased_on is not None:
        raise StaleState(_("This patient is recorded as deceased."))
    user = locks.user(user.pk)
    retired = own.pk if own else None
    if own:
        _retire(own, chart)
    _claim(chart, user)
    chart.user = user
    ProxyAccess.objects.standing().filter(user=user, patient=chart).update(
        state=ProxyState.ENDED, ended_at=timezone.now()
    )
    chart.proxy_accesses.unchecked().update(state=ProxyState.PAUSED)
    audit.record(
        "link", chart, by=by, patient=chart, user=user.pk, retired=retired, by_code=by_code
    )
    notifications.tell("chart_linked", about=chart, by=by)
    return chart


def _check_stay(charts: list[Patient]) -> None:
    """None of these, which are locked, waits to be erased: one query (A19)."""
    if ErasureRequest.objects.waiting().filter(patient__in=charts).exists():
        raise ErasureWaits


def _claim(chart: Patient, user: User) -> None:
    if not Patient.objects.filter(pk=chart.pk, user=None).update(user=user):
        raise StaleState(_("This chart belongs to an account already."))


def _retire(own: Patient, chart: Patient) -> None:
    """The empty chart of the account goes, and what only it knew stays. Raises PortalError if it is
    not empty: such charts are merged."""
    pk = own.pk
    Notification.objects.filter(patient=pk).update(patient=chart)
    try:
        own.delete()
    except ProtectedError as error:
        raise PortalError(
            _("The account has appointments of its own already. The desk can merge the two charts.")
        ) from error
    known = {chart.phone, *(one.number for one in chart.further_phones.all())}
    if own.phone and own.phone not in known:
        label = _("of the account")
        PatientPhone.objects.create(patient=chart, label=label, number=own.phone)
    missing = [name for name in _FILLED_IN if getattr(own, name) and not getattr(chart, name)]
    for name in missing:
        setattr(chart, name, getattr(own, name))
    if chart.date_of_birth:
        chart.birth_year_about = None
    chart.save(update_fields=[*missing, "birth_year_about"])


def _digest(user: User, code: str) -> str:
    return salted_hmac("portal.link_code", f"{user.pk}:{code}", algorithm="sha256").hexdigest()
