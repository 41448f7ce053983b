"""Finding patients by name or phone (requirements A08, B11)."""

import re
from dataclasses import dataclass
from datetime import date

from django.db.models import CharField, ExpressionWrapper, F, Q, QuerySet

from portal.models import Patient, User
from portal.models.names import fold
from portal.queries.pages import PAGE_SIZE, Page, page_of

# Fewer digits than this are met in nearly every phone number.
_FEWEST_DIGITS = 3


@dataclass(slots=True)
class PatientRow:
    """A patient as lists name them: always with what tells two of the same name apart."""

    pk: int
    name: str
    born: date | None
    phone: str  # E.164


def find(user: User, text: str) -> QuerySet[Patient]:
    """Patients whom `user` may see, by parts of the name and by digits of the phone number.

    “garcia 600” finds the Garcías with 600 in their number. An empty text lists everybody by name.
    The queryset costs one query when it is read.
    """
    return matching(Patient.objects.visible_to(user), text).order_by("name", "pk")


def matching(patients: QuerySet[Patient], text: str) -> QuerySet[Patient]:
    words = fold(text).split()
    typed = re.sub(r"\D", "", "".join(word for word in words if not _has_letter(word)))
    if len(typed) >= _FEWEST_DIGITS:
        patients = patients.filter(_has_digits(typed))
        words = [word for word in words if _has_letter(word)]
    for word in words:
        patients = patients.filter(search_name__contains=word)
    return patients


def page_of_patients(user: User, text: str, page: int = 1) -> Page[PatientRow]:
    """Page `page` (from 1) of those whom `find` finds: one query."""
    start = (page - 1) * PAGE_SIZE
    return page_of(rows(find(user, text)[start : start + PAGE_SIZE + 1]), page)


def plain_phone(path: str) -> ExpressionWrapper:
    """The column as text. Its field would parse every number it reads, a third of a list's cost."""
    return ExpressionWrapper(F(path), output_field=CharField())


def rows(patients: QuerySet[Patient]) -> list[PatientRow]:
    """One query."""
    columns = ("pk", "name", "date_of_birth", plain_phone("phone"))
    return [PatientRow(*values) for values in patients.values_list(*columns)]


def _has_digits(typed: str) -> Q:
    """Numbers are stored as +34…; the zeros dialled before an area or a country are not in them."""
    condition = Q(phone__contains=typed)
    dialled = typed.lstrip("0")
    if dialled != typed and len(dialled) >= _FEWEST_DIGITS:
        condition |= Q(phone__contains=dialled)
    return condition


def _has_letter(word: str) -> bool:
    return any(char.isalpha() for char in word)
