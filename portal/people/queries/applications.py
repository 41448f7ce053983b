"""Doctors as admins decide about them (requirement A02)."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Replace, Upper

from portal.enums import DoctorState
from portal.models import Doctor, User
from portal.models.names import fold, joined
from portal.web.pages import PAGE_SIZE, Page, page_of

_TITLES = {"dr", "dra", "prof", "med"}  # as names are folded
HINTS = 10  # doctors of the same name who are shown


@dataclass(slots=True)
class ApplicationRow:
    """A doctor as the queue shows them; `at` is when they applied, or when it was decided."""

    pk: int
    name: str
    photo: str
    specialty: str
    office: str
    time_zone: str
    licence_number: str
    at: datetime | None


def page_of_applications(state: str, page: int = 1) -> Page[ApplicationRow]:
    """Page `page` (from 1) of the doctors in that state, sorted as `applications`: one query."""
    columns = ("pk", "name", "photo", "specialty__name", "office__name", "office__time_zone")
    at = "applied_at" if state == DoctorState.PENDING else "decided_at"
    start = (page - 1) * PAGE_SIZE
    found = applications(state).values_list(*columns, "licence_number", at)
    return page_of([ApplicationRow(*row) for row in found[start : start + PAGE_SIZE + 1]], page)


def applications(state: str) -> QuerySet[Doctor]:
    """Doctors in that state, who wait longest first, otherwise the last decision first: one query.

    An application without a confirmed address has not reached the clinic, so it is not in it.
    """
    found = Doctor.objects.filter(state=state)
    if state == DoctorState.PENDING:
        return found.filter(_is_confirmed()).order_by("applied_at", "pk")
    return found.order_by("-decided_at", "search_name", "pk")


def counted() -> dict[str, int]:
    """The number of doctors in each state, as `applications` lists them: one query."""
    reached = ~Q(state=DoctorState.PENDING) | _is_confirmed()
    found = Doctor.objects.filter(reached).order_by().values_list("state")
    return dict(found.annotate(count=Count("pk")))


def waiting() -> int:
    """How many wait for a decision: one query."""
    return applications(DoctorState.PENDING).count()


def has_confirmed_address(doctor: Doctor) -> bool:
    """One query."""
    return EmailAddress.objects.filter(user=doctor.user_id, verified=True).exists()


def licence_is_known(number: str, *, but: Doctor | None = None) -> bool:
    """Whether another doctor has this licence number, compared as the database does: without
    blanks and case. One query."""
    others = Doctor.objects.exclude(pk=but.pk) if but else Doctor.objects.all()
    plain = Upper(Replace("licence_number", Value(" ")))
    typed = Upper(Value(number.replace(" ", "")))
    return others.annotate(plain=plain).filter(plain=typed).exists()


def same_name(doctor: Doctor) -> list[Doctor]:
    """Other doctors with these words in their name, in any order and without titles: one query."""
    words = [word for word in fold(doctor.name).split() if word not in _TITLES]
    others = Doctor.objects.exclude(pk=doctor.pk).select_related("specialty", "office")
    for word in words:
        others = others.filter(search_name__joined__contains=joined(word))
    return list(others.order_by("search_name", "pk")[:HINTS])


def similar_licences(doctor: Doctor) -> list[Doctor]:
    """Other doctors whose licence number has the same letters and digits, without hyphens and
    dots: one query."""
    wanted = _plain(doctor.licence_number)
    others = Doctor.objects.exclude(pk=doctor.pk).select_related("specialty", "office")
    # The first and the last character, whatever is in between; the rest is compared here.
    near = others.filter(
        licence_number__istartswith=wanted[:1], licence_number__iendswith=wanted[-1:]
    )
    return [one for one in near if _plain(one.licence_number) == wanted][:HINTS]


def _plain(licence: str) -> str:
    return "".join(char for char in licence.upper() if char.isalnum())


def _is_confirmed() -> Exists:
    addresses = EmailAddress.objects.filter(user=OuterRef("user"), verified=True)
    return Exists(addresses.order_by())


def of_user(user: User) -> Doctor | None:
    """The signed-in user's own row, with specialty and office, whatever its state: one query."""
    return Doctor.objects.select_related("user", "specialty", "office").filter(user=user).first()
