"""Finding patients by name, phone or date of birth (requirements A08, B11, B16)."""

import re
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.database.phones import plain_phone
from portal.database.written import planned_anew
from portal.models import Patient, User
from portal.models.names import fold
from portal.web.pages import PAGE_SIZE, Page, page_of, paged

# Fewer digits than this are met in nearly every phone number.
_FEWEST_DIGITS = 3

_YEAR_FIRST = re.compile(r"(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})")
_DAY_FIRST = re.compile(r"(?P<d>\d{1,2})([-/.])(?P<m>\d{1,2})\2(?P<y>\d{4}|(?<=[/.])\d{2})")


@dataclass(slots=True)
class PatientRow:
    """A patient as lists name them: always with what tells two of the same name apart."""

    pk: int
    name: str
    born: date | None
    phone: str  # E.164


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody has typed to find a patient, taken apart."""

    words: list[str]  # folded; with letters, or too few digits for a phone number
    digits: str  # of a phone number, or ""
    born: date | None

    @property
    def has_name(self) -> bool:
        return any(_has_letter(word) for word in self.words)


def read(text: str) -> Typed:
    """“garcia 600 11 4/3/1980” is a name, digits of a phone number and a date of birth.

    The “(0)” that some write into a phone number is not dialled and not stored.
    """
    words, born = [], None
    for word in fold(text.replace("(0)", " ")).split():
        day = birthday(word) if word[0].isdigit() else None
        if day:
            born = day
        else:
            words.append(word)
    typed = re.sub(r"\D", "", "".join(word for word in words if not _has_letter(word)))
    if len(typed) < _FEWEST_DIGITS:
        return Typed(words, "", born)
    return Typed([word for word in words if _has_letter(word)], typed, born)


def birthday(text: str) -> date | None:
    """“4/3/1980”, “04.03.1980”, “4-3-1980”, “4.3.80” and “1980-03-04” are the fourth of March; None
    if it is no date. Of two digits the last such year that has begun is meant; the month comes
    first only where it cannot be otherwise."""
    match = _YEAR_FIRST.fullmatch(text) or _DAY_FIRST.fullmatch(text)
    if match is None:
        return None
    day, month, year = (int(match[part]) for part in "dmy")
    if year < 100:
        this_year = timezone.now().year
        year += this_year // 100 * 100
        year -= 100 if year > this_year else 0
    if month > 12 >= day and match.re is _DAY_FIRST:
        day, month = month, day
    try:
        return date(year, month, day)
    except ValueError:
        return None


def find(user: User, text: str) -> QuerySet[Patient]:
    """Patients whom `user` may see, by parts of the name, digits of the phone number, and the date
    of birth.

    “garcia 600” finds the Garcías with 600 in their number. An empty text lists everybody by name.
    The queryset costs one query when it is read.
    """
    return matching(Patient.objects.visible_to(user), text).order_by("name", "pk")


def matching(patients: QuerySet[Patient], text: str) -> QuerySet[Patient]:
    typed = read(text)
    if typed.digits:
        patients = patients.filter(_has_digits(typed.digits))
    if typed.born:
        patients = patients.filter(date_of_birth=typed.born)
    for word in typed.words:
        patients = patients.filter(search_name__contains=word)
    return patients


@planned_anew()
def page_of_patients(user: User, text: str, page: int = 1) -> Page[PatientRow]:
    """Page `page` (from 1) of those whom `find` finds: one query."""
    start = (page - 1) * PAGE_SIZE
    return page_of(rows(find(user, text)[start : start + PAGE_SIZE + 1]), page)


@planned_anew()
def first_patients(user: User, text: str) -> Page[Patient]:
    """The first page of those whom `find` finds, to choose one of: one query."""
    return paged(find(user, text), 1)


def rows(patients: QuerySet[Patient]) -> list[PatientRow]:
    """One query."""
    return [PatientRow(*one) for one in values(patients)]


def values(patients: QuerySet[Patient]) -> QuerySet[tuple]:
    """The values of PatientRows."""
    return patients.values_list("pk", "name", "date_of_birth", plain_phone("phone"))


def _has_digits(typed: str) -> Q:
    """Numbers are stored as +34…; the zeros dialled before an area or a country are not in them."""
    condition = Q(phone__contains=typed)
    dialled = typed.lstrip("0")
    if dialled != typed and len(dialled) >= _FEWEST_DIGITS:
        condition |= Q(phone__contains=dialled)
    return condition


def _has_letter(word: str) -> bool:
    return any(char.isalpha() for char in word)
