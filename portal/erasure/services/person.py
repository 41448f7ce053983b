"""Who is erased: a patient, the entries that were merged into them, and their login."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from portal.enums import ImportState, RowOutcome
from portal.models import ImportRow, Patient, PatientOrigin, PatientPhone, User
from portal.models.names import joined
from portal.people.queries.duplicates import orders_of


@dataclass(frozen=True)
class Person:
    """`patients`: ids, ascending. The rest is by what rows of other systems are recognised."""

    patients: list[int]
    user: User | None
    names: frozenset[str]  # joined, in any order of the words
    births: frozenset[date]
    phones: frozenset[str]  # digits without the first, which may be dialled differently
    emails: frozenset[str]
    numbers: frozenset[tuple[str, str]]  # (other system, number there)

    @property
    def users(self) -> list[int]:
        return [self.user.pk] if self.user else []


def person_of(patients: Iterable[Patient], user: User | None) -> Person:
    """Two queries. The patients are locked."""
    all_of_them = sorted(patients, key=lambda one: one.pk)
    ids = [one.pk for one in all_of_them]
    further = PatientPhone.objects.filter(patient__in=ids).order_by()
    phones = [number for one in all_of_them for number in (one.phone, one.emergency_phone)]
    phones += further.values_list("number", flat=True)
    emails = {one.email.lower() for one in all_of_them} | ({user.email.lower()} if user else set())
    names = {order for one in all_of_them for order in orders_of(one.name)}
    origins = PatientOrigin.objects.filter(patient__in=ids).exclude(number="").order_by()
    return Person(
        patients=ids,
        user=user,
        names=frozenset(names | (orders_of(user.name) if user else set())),
        births=frozenset(one.date_of_birth for one in all_of_them if one.date_of_birth),
        phones=frozenset(_digits(number.as_e164)[-8:] for number in phones if number),
        emails=frozenset(emails - {""}),
        numbers=frozenset(origins.values_list("upload__source", "number")),
    )


def rows_of_files(person: Person) -> QuerySet[ImportRow]:
    """The rows of uploaded files that are kept and are surely about the person: found by the check,
    or with their address or their number there, or with their name and their phone or date of
    birth. One query that reads the kept rows."""
    kept = ~Q(upload__state__in=[ImportState.DONE, ImportState.DISMISSED])
    kept |= Q(outcome=RowOutcome.REFUSED)
    found = ImportRow.objects.filter(kept).order_by()
    read = found.values_list("pk", "upload__source", "cells", "values").iterator(2000)
    theirs = [pk for pk, source, cells, values in read if _is_about(person, source, cells, values)]
    return ImportRow.objects.filter(Q(pk__in=theirs) | Q(like__in=person.patients))


def _is_about(person: Person, source: str, cells: list, values: dict) -> bool:
    texts = [str(one) for one in (*cells, *values.values()) if one]
    if any(text.strip().lower() in person.emails for text in texts):
        return True
    if any((source, text.strip()) in person.numbers for text in texts):
        return True
    if not any(joined(text) in person.names for text in texts):
        return False
    return any(_is_their_phone(person, text) or _is_their_birthday(person, text) for text in texts)


def _is_their_phone(person: Person, text: str) -> bool:
    digits = _digits(text)
    return len(digits) >= 8 and digits[-8:] in person.phones


def _is_their_birthday(person: Person, text: str) -> bool:
    """In any order of day, month and year."""
    parts = sorted(map(int, re.findall(r"\d{1,4}", text)[:3]))
    return any(parts == sorted((born.year, born.month, born.day)) for born in person.births)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
