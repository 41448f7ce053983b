"""Rows of an uploaded file as they would be stored, for the page of the columns."""

from datetime import date

from django.utils.formats import date_format
from phonenumber_field.phonenumber import PhoneNumber

from portal.enums import Gender
from portal.errors import PortalError
from portal.imports.fields import FIELDS, NUMBER, STORED
from portal.imports.guessing import reading_of
from portal.imports.reading import read_row
from portal.imports.tables import opened

SHOWN_ROWS = 10


def preview_of(content: bytes, mapping: dict, *, today: date) -> dict:
    """`heads`, `previews` (number, cells, reasons) of the first rows, an example of each column."""
    try:
        table = opened(content)
    except PortalError:
        return {"heads": [], "previews": [], "examples": []}
    reading = reading_of(table, mapping, today=today)
    chosen = {"name" if one in ("first_name", "last_name") else one for one in mapping["columns"]}
    names = [name for name in (NUMBER, *STORED) if name in chosen]
    read = [read_row(*row, mapping["columns"], reading) for row in table.sample[:SHOWN_ROWS]]
    return {
        "heads": [FIELDS[name].label for name in names],
        "previews": [
            (row.number, [_shown(name, row.values.get(name, "")) for name in names], row.reasons)
            for row in read
        ],
        "examples": [_example(table.sample, place) for place in range(len(table.header))],
    }


def shown_values(values: dict[str, str]) -> dict[str, str]:
    """What would be stored, as people read it."""
    return {name: _shown(name, value) for name, value in values.items() if name in FIELDS}


def shown_phone(number: str) -> str:
    """A number in E.164 as people read it; "" stays so."""
    return PhoneNumber.from_string(number).as_international if number else ""


def _shown(name: str, value: str) -> str:
    if not value:
        return ""
    if name == "date_of_birth":
        return date_format(date.fromisoformat(value), "j F Y")
    if name == "gender":
        return str(Gender(value).label)
    if name in ("phone", "emergency_phone"):
        return shown_phone(value)
    return value


def _example(sample: list, place: int) -> str:
    cells = (cells[place] for _number, cells in sample if place < len(cells))
    return next(filter(None, cells), "")[:60]
