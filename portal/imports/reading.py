"""Reads the cells of one row into the values of a patient."""

import hashlib
import json
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from portal.errors import PortalError
from portal.imports.fields import FIELDS, FIRST, LAST, NAME, Reading
from portal.models import Patient
from portal.models.lengths import longest
from portal.models.names import joined


@dataclass(slots=True)
class Read:
    """A row as it would be stored, or the sentences that say why it cannot be."""

    number: int
    cells: list[str]
    values: dict[str, str] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        text = json.dumps(self.values, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def key(self) -> tuple[str, str, str]:
        """What is the same in two rows about the same person."""
        values = self.values
        return joined(values[NAME]), values.get("date_of_birth", ""), values.get("phone", "")


def read_row(number: int, cells: list[str], columns: list[str], reading: Reading) -> Read:
    """The row's values by the names of fields; dates as YYYY-MM-DD, phones as E.164."""
    row = Read(number, cells)
    if any(cells[len(columns) :]):
        row.reasons.append(_("The row has more cells than there are columns."))
    for name, cell in zip(columns, cells, strict=False):
        if name and cell:
            _read_cell(row, name, cell, reading)
    _name(row)
    if len(row.values.get("address", "")) > longest(Patient, "address"):
        row.reasons.append(_("Address: longer than 200 characters"))
    return row


def _read_cell(row: Read, name: str, cell: str, reading: Reading) -> None:
    one = FIELDS[name]
    try:
        value = one.read(cell, reading)
    except PortalError as error:
        row.reasons.append(f"{one.label}: {error.message}: {cell[:60]}")
        return
    if value and one.is_joined and name in row.values:
        value = f"{row.values[name]}, {value}"
    if value:
        row.values[name] = value


def _name(row: Read) -> None:
    parts = [row.values.pop(name, "") for name in (FIRST, LAST)]
    name = row.values.get(NAME) or " ".join(filter(None, parts))
    if not joined(name):
        row.reasons.append(_("The name is missing."))
    elif len(name) > longest(Patient, "name"):
        row.reasons.append(_("The name is longer than 120 characters."))
    row.values[NAME] = name
