"""All logins and open invitations, for admins (requirements A03, A07, F02)."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.database.written import planned_anew
from portal.enums import Role
from portal.models import LIVE, Appointment, Assistant, AuditEvent, Invitation, User
from portal.models.names import joined
from portal.web.pages import PAGE_SIZE, Page, page_of

STANDING = (
    "correct_email",
    "block",
    "unblock",
    "close",
    "reopen",
    "set_offices",
    "accept_invitation",
)

Found = TypeVar("Found", User, Invitation)


@dataclass(frozen=True)
class PeopleFilter:
    """`state` is one of UserState."""

    text: str = ""
    role: str = ""
    state: str = ""


@dataclass(slots=True)
class PersonRow:
    pk: int
    name: str
    email: str
    role: str
    state: str
    last_login: datetime | None
    office: str | None  # of a doctor
    approval: str | None  # of a doctor: a DoctorState
    offices: list[str] | None = None  # of an assistant; None: of all, or no assistant
    works_everywhere: bool = False


@planned_anew()
def page_of_people(asked: PeopleFilter, page: int = 1) -> Page[PersonRow]:
    """Page `page` (from 1), by name: two queries."""
    exact = {"role": asked.role, "state": asked.state}
    found = User.objects.listed().filter(**{name: value for name, value in exact.items() if value})
    found = _named(found, asked.text).order_by("search_name", "pk")
    of_doctor = ("doctor__office__name", "doctor__state")
    columns = ("pk", "name", "email", "role", "state", "last_login", *of_doctor)
    start = (page - 1) * PAGE_SIZE
    shown = page_of(
        [PersonRow(*row) for row in found.values_list(*columns)[start : start + PAGE_SIZE + 1]],
        page,
    )
    _add_offices(shown.rows)
    return shown


@planned_anew()
def page_of_invitations(asked: PeopleFilter, page: int = 1) -> Page[Invitation]:
    """Those that nobody has answered, expired ones too, by name: two queries."""
    found = Invitation.objects.unanswered().select_related("office", "invited_by")
    found = found.filter(role=asked.role) if asked.role else found
    start = (page - 1) * PAGE_SIZE
    shown = _named(found, asked.text).order_by("search_name", "pk").prefetch_related("offices")
    return page_of(list(shown[start : start + PAGE_SIZE + 1]), page)


def count_of_invitations() -> int:
    """Of those that nobody has answered: one query."""
    return Invitation.objects.unanswered().count()


def history(user: User) -> list[AuditEvent]:
    """Blocking, closing and offices, newest first: one query on an index."""
    events = AuditEvent.objects.filter(object_type="user", object_id=user.pk, verb__in=STANDING)
    return list(events.order_by("-pk")[:PAGE_SIZE])


def waiting_address(user: User) -> str:
    """The address that takes the place of the present one once it is confirmed, or "": one
    query."""
    found = EmailAddress.objects.filter(user=user, verified=False, primary=False)
    return found.order_by("-pk").values_list("email", flat=True).first() or ""


def coming_appointments(user: User) -> list[Appointment]:
    """Of a patient or a doctor, the next ones first, at most a page: one query, none for others."""
    if user.role not in (Role.PATIENT, Role.DOCTOR):
        return []
    who = {"patient__user": user} if user.is_patient else {"doctor__user": user}
    found = Appointment.objects.filter(
        **who, state__in=LIVE, starts_at__gt=timezone.now()
    ).select_related("patient", "doctor", "office")
    return list(found.order_by("starts_at", "pk")[:PAGE_SIZE])


def _named(found: QuerySet[Found], text: str) -> QuerySet[Found]:
    """By parts of the folded name, or of the address."""
    for word in text.replace(",", " ").split():
        condition = Q(email__contains=word.lower())
        if joined(word):
            condition |= Q(search_name__joined__contains=joined(word))
        found = found.filter(condition)
    return found


def _add_offices(rows: list[PersonRow]) -> None:
    by_user = {row.pk: row for row in rows if row.role == Role.ASSISTANT}
    found = Assistant.objects.filter(user__in=by_user).order_by("offices__search_name")
    for user, everywhere, office in found.values_list("user", "all_offices", "offices__name"):
        row = by_user[user]
        row.works_everywhere = everywhere
        row.offices = [*(row.offices or []), *([office] if office else [])]
