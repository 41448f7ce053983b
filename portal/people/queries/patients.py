"""Finding patients by name, phone or date of birth (requirements A08, B11, B16)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from django.db.models import CharField, Q, QuerySet

from portal.clock.today import latest_today
from portal.clock.typed_dates import find_birthday
from portal.database.phones import plain_phone
from portal.database.without_index import WithoutIndex
from portal.database.written import planned_anew
from portal.models import Patient, PatientPhone, User
from portal.models.names import words_of
from portal.web.pages import PAGE_SIZE, Page, page_of, paged

# Fewer digits than this are met in nearly every phone number.
_FEWEST_DIGITS = 3
# Shorter parts of names are met often, and are not in the index of parts.
_FEWEST_LETTERS = 3


@dataclass(slots=True)
class PatientRow:
    """A patient as lists show them: always with two identifiers."""

    pk: int
    name: str
    born: date | None
    born_about: int | None  # the year, if the date is not known
    phone: str  # E.164


@dataclass(frozen=True, slots=True)
class Typed:
    """The parts of a text that was typed to find a patient."""

    words: list[str]  # for a joined name; with letters, or too few digits for a phone number
    digits: str  # of a phone number, or ""
    born: date | None
    is_either: bool = False  # the digits are those of the date: one of the two is meant
    name: str = ""  # the words with letters as they were typed


def read(text: str) -> Typed:
    """“garcia 600 11 4/3/1980” is a name, digits of a phone number and a date of birth.

    A “(0)” in a phone number is not stored.
    """
    text = text.replace("(0)", " ")
    found = find_birthday(text, today=latest_today())
    born, rest = None, text
    if found:
        born, rest = found.day, found.rest if found.is_certain else text
    typed = rest.replace(",", " ").split()
    named = [word for word in typed if _has_letter(word)]
    numbers = [word for word in typed if not _has_letter(word)]
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", "".join(numbers)))
    if len(digits) < _FEWEST_DIGITS:
        return Typed(words_of(rest), "", born, name=" ".join(named))
    is_either = found is not None and not found.is_certain
    return Typed(words_of(" ".join(named)), digits, born, is_either, " ".join(named))


def find(user: User, text: str) -> QuerySet[Patient]:
    """Patients whom `user` may see, by parts of the name, digits of the phone number, and the date
    of birth.

    “garcia 600” finds the Garcías with 600 in their number. An empty text lists everybody by name.
    The queryset costs one query when it is read.
    """
    typed = read(text)
    found = _matching(Patient.objects.visible_to(user), typed)
    longest = max(map(len, typed.words), default=0)
    is_rare = typed.digits or typed.born or longest >= _FEWEST_LETTERS
    return found.order_by(WithoutIndex("search_name") if is_rare else "search_name", "pk")


def matching(patients: QuerySet[Patient], text: str) -> QuerySet[Patient]:
    """Those of `patients` that fit what was typed, as `find` reads it. Costs no query by itself."""
    return _matching(patients, read(text))


def _matching(patients: QuerySet[Patient], typed: Typed) -> QuerySet[Patient]:
    conditions = [_has_digits(typed.digits)] if typed.digits else []
    if typed.born:
        conditions.append(Q(date_of_birth=typed.born))
    if typed.is_either:
        conditions = [conditions[0] | conditions[1]]
    names = [Q(search_name__joined__contains=word) for word in typed.words]
    for condition in conditions + names:
        patients = patients.filter(condition)
    return patients


@planned_anew()
def page_of_patients(user: User, text: str, page: int = 1) -> Page[PatientRow]:
    """Page `page` (from 1) of the result of `find`: one query."""
    start = (page - 1) * PAGE_SIZE
    return page_of(rows(find(user, text)[start : start + PAGE_SIZE + 1]), page)


@planned_anew()
def first_patients(user: User, text: str) -> Page[Patient]:
    """The first page of the result of `find`, to choose one: one query."""
    return paged(find(user, text), 1)


def rows(patients: QuerySet[Patient]) -> list[PatientRow]:
    """One query."""
    return [PatientRow(*one) for one in values(patients)]


def values(patients: QuerySet[Patient]) -> QuerySet[Patient, tuple]:
    """The values of PatientRows."""
    return patients.values_list(
        "pk", "name", "date_of_birth", "birth_year_about", plain_phone("phone")
    )


def _has_digits(typed: str) -> Q:
    """In any of the patient's numbers. They are stored as +34…, without the 0 that is dialled
    before an area code, or the 00 before a country code."""
    dialled = re.sub("^00?", "", typed)
    searched = {typed, dialled} if len(dialled) >= _FEWEST_DIGITS else {typed}
    # Each table is searched by its own index; an OR over both would read all patients.
    first = _containing(Patient.objects.order_by(), "phone", searched).values("pk")
    further = _containing(PatientPhone.objects.order_by(), "number", searched).values("patient")
    return Q(pk__in=first.union(further))


def _containing(rows: QuerySet, name: str, searched: set[str]) -> QuerySet:
    condition = Q()
    for digits in sorted(searched):
        condition |= Q(number_parts__contains=digits)
    parts = WithoutIndex(name, output_field=CharField())
    return rows.alias(number_parts=parts).filter(condition)


def _has_letter(word: str) -> bool:
    return any(char.isalpha() for char in word)
