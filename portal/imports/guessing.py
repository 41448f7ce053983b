"""Guesses what the columns of a file are, from their names and from what is in them."""

import re
from collections.abc import Sequence
from datetime import date

from django.conf import settings

from portal.imports.dates import DateOrder, day_in, guessed
from portal.imports.fields import FIELDS, FIRST, LAST, NAME, Reading
from portal.imports.tables import Table
from portal.models import Office
from portal.models.names import fold

_PHONE = re.compile(r"\+?[\d\s().\-/]{9,20}")


def mapping_of(table: Table, *, today: date) -> dict:
    """`columns` (a field for each, "" for none), `date_order`, and `region`: one query."""
    region = clinic_region()
    columns = _by_name(table.header)
    for place, name in enumerate(columns):
        if not name:
            guess = _by_content(_texts(table, place), today)
            columns[place] = guess if guess not in columns else ""
    if NAME in columns and (FIRST in columns) != (LAST in columns):
        # “Name, Vorname”: the surname stands in the column that is called just “Name”.
        columns[columns.index(NAME)] = LAST if FIRST in columns else FIRST
    if FIRST in columns and LAST not in columns and NAME not in columns:
        columns[columns.index(FIRST)] = NAME  # “Nombre” or “Nom” alone is all of it
    if LAST in columns and FIRST not in columns and NAME not in columns:
        columns[columns.index(LAST)] = NAME
    return {
        "columns": columns,
        "region": region,
        "date_order": order_of(table, columns, region, today),
    }


def order_of(table: Table, columns: Sequence[str], region: str, today: date) -> str:
    """The order of the dates in the column of birthdays; else that of the region."""
    if "date_of_birth" not in columns:
        return DateOrder.DAY_FIRST.value
    texts = _texts(table, list(columns).index("date_of_birth"))
    return str(guessed(texts, region=region, today=today))


def reading_of(table: Table, mapping: dict, *, today: date) -> Reading:
    """How the file's cells are read; “M” is a woman where “H” stands beside it."""
    columns = mapping["columns"]
    letters = set()
    if "gender" in columns:
        letters = {fold(text) for text in _texts(table, columns.index("gender"))}
    return Reading(
        mapping["date_order"],
        mapping["region"],
        today,
        m_is_female="h" in letters and letters <= {"h", "m", "d", "x", "o"},
    )


def clinic_region() -> str:
    """The country of the clinic's first office, or PHONE_REGION: one query."""
    first = Office.objects.exclude(country="").order_by("pk").values_list("country", flat=True)
    return first.first() or settings.PHONENUMBER_DEFAULT_REGION


def _by_name(header: list[str]) -> list[str]:
    columns: list[str] = []
    for text in header:
        words = fold(text.replace("_", " "))
        found = next((one for one in FIELDS.values() if words in one.known), None)
        is_free = found is not None and (found.is_joined or found.name not in columns)
        columns.append(found.name if found and is_free else "")
    return columns


def _by_content(texts: list[str], today: date) -> str:
    """A birthday lies in the past and repeats seldom; anything else needs a name to be known."""
    if not texts:
        return ""
    for order in (DateOrder.ISO, DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST):
        days = [day_in(text, order, today=today) for text in texts if not text.isdigit()]
        if days and len(days) == len(texts) and all(day and day < today for day in days):
            is_spread = len({day.year for day in days if day}) * 4 > len(days)
            return "date_of_birth" if is_spread else ""
    return "phone" if all(_PHONE.fullmatch(text) for text in texts) else ""


def _texts(table: Table, place: int) -> list[str]:
    cells = (cells[place] for _number, cells in table.sample if place < len(cells))
    return [text for text in cells if text]
