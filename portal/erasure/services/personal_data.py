"""What is held of a person, column by column, and what becomes of it when they are erased (A19).

Whoever adds a column that can hold a text, a file or an address says here what happens to it; a
test demands it. docs/decisions/erasure.md says why something stays.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db.models import Case, CharField, F, JSONField, Model, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from portal.enums import NotificationState, UserState
from portal.erasure.services.person import Person, rows_of_files
from portal.models import (
    Appointment,
    Broadcast,
    CalendarFeed,
    ErasureRequest,
    ImportRow,
    KnownAddress,
    LinkCode,
    Notification,
    OwnDataExport,
    Patient,
    PatientMerge,
    PatientOrigin,
    PatientPhone,
    ProxyAccess,
    Review,
    Slot,
    User,
    Wait,
)
from portal.models.names import fold

Rows = Callable[[Person], QuerySet]


def erased_name() -> str:
    """What stands where a name stood, in the language of the clinic."""
    return _("Erased")


@dataclass(frozen=True)
class Blanked:
    """Rows that stay as numbers. `values`: by column what it becomes, or a function of the person
    that says."""

    model: type[Model]
    rows: Rows
    values: dict[str, Any]


@dataclass(frozen=True)
class Deleted:
    """Rows that go as a whole."""

    model: type[Model]
    rows: Rows


def _appointments(person: Person) -> QuerySet[Appointment]:
    return Appointment.objects.filter(patient__in=person.patients)


def _extra_slots(person: Person) -> QuerySet[Slot]:
    """Times that the desk has added for the person alone; their note is the reason."""
    its = _appointments(person).order_by().values("slot")
    return Slot.objects.filter(is_extra=True, pk__in=its)


def _messages(person: Person) -> QuerySet[Notification]:
    """To the person, or about them to staff; also the one in which others are merged, and what an
    admin got when they removed the person's second factor."""
    theirs = (
        Q(user__in=person.users)
        | Q(patient__in=person.patients)
        | Q(appointment__in=_appointments(person).order_by().values("pk"))
    )
    found = Notification.objects.filter(theirs).order_by()
    resets = Notification.objects.filter(event="second_factor_reset", user__in=person.users)
    return Notification.objects.filter(
        Q(pk__in=found.values("pk"))
        | Q(pk__in=found.exclude(merged_into=None).values("merged_into"))
        | Q(event="second_factor_reset", created_at__in=resets.order_by().values("created_at"))
    )


def _sessions(person: Person) -> QuerySet[Session]:
    opened = UserSession.objects.filter(user__in=person.users)
    return Session.objects.filter(session_key__in=opened.values("session_key"))


def _of_user(model: type[Model], name: str = "user") -> Rows:
    return lambda person: model._default_manager.filter(**{f"{name}__in": person.users})


def _of_patient(model: type[Model], name: str = "patient") -> Rows:
    return lambda person: model._default_manager.filter(**{f"{name}__in": person.patients})


def _reviews(person: Person) -> QuerySet[Review]:
    return Review.objects.filter(appointment__in=_appointments(person).order_by().values("pk"))


def _merges(person: Person) -> QuerySet[PatientMerge]:
    return PatientMerge.objects.filter(Q(kept__in=person.patients) | Q(gone__in=person.patients))


def _accesses(person: Person) -> QuerySet[ProxyAccess]:
    """To the person's chart, of the person to others', and offered to the person's address."""
    addresses = User.objects.filter(pk__in=person.users).values("email")
    return ProxyAccess.objects.filter(
        Q(user__in=person.users) | Q(patient__in=person.patients) | Q(email__in=addresses)
    )


def _link_codes(person: Person) -> QuerySet[LinkCode]:
    return LinkCode.objects.filter(Q(user__in=person.users) | Q(patient__in=person.patients))


def _no_address(person: Person) -> str:
    """An address that nobody can have, because one has to be there. Theirs becomes free."""
    return f"erased-{person.users[0]}@erased.invalid" if person.users else ""


def _empty(_person: Person) -> dict:
    return {}


def _left_of_facts(_person: Person) -> Case:
    """That there were some, and whether it was a message to the doctor."""
    whole = JSONField()
    to_doctor = Value({"erased": True, "for": "doctor"}, output_field=whole)
    rest = Value({"erased": True}, output_field=whole)
    return Case(When(facts__for="doctor", then=to_doctor), default=rest, output_field=whole)


def _no_longer_sent(_person: Person) -> Case:
    """Nor tried again by an admin."""
    ended = [NotificationState.QUEUED, NotificationState.SENDING, NotificationState.FAILED]
    void = When(state__in=ended, then=Value(NotificationState.VOID))
    return Case(void, default=F("state"), output_field=CharField())


def _name(_person: Person) -> str:
    return erased_name()


def _folded_name(_person: Person) -> str:
    return fold(erased_name())


# In the order of portal/models/locks.py.
ERASED: tuple[Blanked | Deleted, ...] = (
    Blanked(Slot, _extra_slots, {"note": ""}),
    Blanked(
        Patient,
        _of_patient(Patient, "pk"),
        {
            "name": _name,
            "search_name": _folded_name,
            "phone": "",
            "date_of_birth": None,
            "birth_year_about": None,
            "email": "",
            "gender": "",
            "address": "",
            "emergency_contact": "",
            "emergency_phone": "",
            "language": "",
            "desk_note": "",
            "is_not_written_to": False,
            "deceased_on": None,
            "form_token": None,
        },
    ),
    Blanked(Appointment, _appointments, {"reason": "", "cancel_comment": "", "form_token": None}),
    Blanked(Wait, _of_patient(Wait), {"reason": ""}),
    Blanked(Review, _reviews, {"comment": "", "is_anonymous": True}),
    Blanked(
        PatientMerge, _merges, {"reason": "", "before": _empty, "after": _empty, "added_phones": []}
    ),
    Blanked(ErasureRequest, _of_patient(ErasureRequest), {"reason": ""}),
    Deleted(PatientPhone, _of_patient(PatientPhone)),
    Deleted(PatientOrigin, _of_patient(PatientOrigin)),
    Deleted(ImportRow, rows_of_files),
    Deleted(LinkCode, _link_codes),
    Deleted(ProxyAccess, _accesses),
    Blanked(
        User,
        _of_user(User, "pk"),
        {
            "password": lambda _person: make_password(None),
            "last_login": None,
            "email": _no_address,
            "username": None,
            "name": _name,
            "search_name": _folded_name,
            "state": UserState.ERASED,
            "switched_off": "",
        },
    ),
    Blanked(Broadcast, _of_user(Broadcast), {"title": _name, "text": _name}),
    Deleted(Session, _sessions),
    Deleted(UserSession, _of_user(UserSession)),
    Deleted(EmailConfirmation, _of_user(EmailConfirmation, "email_address__user")),
    Deleted(EmailAddress, _of_user(EmailAddress)),
    Deleted(KnownAddress, _of_user(KnownAddress)),
    Deleted(CalendarFeed, _of_user(CalendarFeed)),
    Deleted(OwnDataExport, _of_user(OwnDataExport)),
    Deleted(Authenticator, _of_user(Authenticator)),
    Blanked(
        Notification,
        _messages,
        {
            "facts": _left_of_facts,
            "address": "",
            "provider_id": "",
            "answer": "",
            "state": _no_longer_sent,
        },
    ),
)

_STAFF = "of the clinic and its staff, about no patient"
_PROGRAM = "of the program, about nobody"
_TRAIL = "kept by law and chained by hashes; pages and exports hide it (audit/queries/erased.py)"
_IDS = "numbers only"
_RECORD = "of the records, which doctors have to keep for years (docs/decisions/notes.md)"
_FILE = "of a whole file; it holds texts of patients only until the import is over"

# `model.column`, or `model.*` for tables that hold nothing of patients → why it stays.
STAYS: dict[str, str] = {
    "appointment.reference": "the number of an appointment, which the accounts refer to",
    "attemptcount.key": "a digest of a limit; it goes within a day",
    "auditevent.actor_name": _TRAIL,
    "auditevent.actor_role": _TRAIL,
    "auditevent.verb": _TRAIL,
    "auditevent.object_type": _TRAIL,
    "auditevent.changes": _TRAIL,
    "auditevent.request_id": _TRAIL,
    "auditevent.address": _TRAIL,
    "auditevent.row_hash": _TRAIL,
    "auditseal.*": "hashes of the trail",
    "broadcast.channels": "ways of sending",
    "broadcast.form_token": "a number by chance, of the admin’s form",
    "dbtaskresult.*": (
        "tasks name rows by number, but for whom somebody asks to look after; they go after a week"
    ),
    "encounternote.complaint": _RECORD,
    "encounternote.findings": _RECORD,
    "encounternote.diagnosis": _RECORD,
    "encounternote.plan": _RECORD,
    "encounternote.held_reason": _RECORD,
    "encounternote.state": _RECORD,
    "signednote.complaint": _RECORD,
    "signednote.findings": _RECORD,
    "signednote.diagnosis": _RECORD,
    "signednote.plan": _RECORD,
    "signednote.reason": _RECORD,
    "correction.text": _RECORD,
    "correction.answer": _RECORD,
    "notification.key": _IDS,
    "notification.event": "the kind of message",
    "notification.claimed_by": "the number of a task",
    "patient.user": _IDS,
    "patient.merged_into": _IDS,
    "patient.erased_at": "that and when it was erased",
    "patient.created_at": "when the number was given",
    "patientimport.file_name": _FILE,
    "patientimport.source": _FILE,
    "patientimport.digest": _FILE,
    "patientimport.content": _FILE,
    "patientimport.header": _FILE,
    "patientimport.mapping": _FILE,
    "patientimport.run": _FILE,
    "patientimport.counts": _FILE,
    "patientimport.error": _FILE,
    "patientmerge.moved": _IDS,
    "user.role": "that it was a patient’s",
    "user.joined_at": "when the number was given",
    "wait.parts": "parts of the day",
    "assistant.*": _STAFF,
    "bulkchange.*": _STAFF,
    "calendardomain.*": _PROGRAM,
    "clinicsettings.*": _STAFF,
    "contenttype.*": _PROGRAM,
    "doctor.*": _STAFF,
    "firstadminlink.*": _STAFF,
    "group.*": _PROGRAM,
    "holiday.*": _STAFF,
    "invitation.*": "only staff are invited, and they are not erased",
    "notetemplate.*": _STAFF,
    "office.*": _STAFF,
    "periodicjob.*": _PROGRAM,
    "permission.*": _PROGRAM,
    "setupnotice.*": _PROGRAM,
    "specialty.*": _STAFF,
    "timeoff.*": _STAFF,
    "worker.*": _PROGRAM,
}
