"""The own data as headings, tables and lines of text, which the template of the PDF prints."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.enums import Role
from portal.own_data.queries.everything import Everything
from portal.own_data.queries.section import Record, Section
from portal.own_data.services.labels import label_of

NOTHING = "–"
MOST_PRINTED = 300  # records of a section: many thousands take a gigabyte to lay out


def printed(made: Everything) -> dict[str, Any]:
    """What document.typ expects as its data; all texts are finished."""
    at = date_format(made.at.astimezone(made.zone), "j F Y, H:i")
    told = {"clinic": made.clinic.name, "when": at, "zone": made.zone.key}
    about = _(
        "Held by %(clinic)s on %(when)s. Times are those of %(zone)s unless another is named."
    )
    return {
        "lang": settings.LANGUAGE_CODE.partition("-")[0],
        "title": _("Your data: %(name)s") % {"name": _clean(made.user.name)},
        "about": _clean(about % told),
        "page": _("Page"),
        "clinic": _clean(made.clinic.name),
        "sections": [_section(made, one, read) for one, read in made.sections],
    }


def _section(made: Everything, section: Section, read: list[Record]) -> dict[str, Any]:
    words = _Words({key: dict(pairs) for key, pairs in section.words.items()}, made)
    found: dict[str, Any] = {"title": str(section.title), "tables": [], "blocks": []}
    if not read:
        found["note"] = _("Nothing is held.")
        return found
    if len(read) > MOST_PRINTED:
        told = _("These are the last %(shown)s of %(all)s. The JSON file has all of them.")
        found["note"] = told % {"shown": MOST_PRINTED, "all": len(read)}
        read = read[-MOST_PRINTED:]
    if section.columns:
        found["tables"] = [words.table(read, section.columns)]
    else:
        found["blocks"] = [words.block(one, section.heading) for one in read]
    return found


@dataclass(frozen=True)
class _Words:
    """Prints the values of one section's records. `zone`: of the record's own times."""

    choices: dict[str, dict[str, Any]]
    made: Everything
    zone: ZoneInfo | None = None

    def block(self, record: Record, heading: tuple[str, ...]) -> dict[str, Any]:
        words = self._in_zone(record)
        inner = {key: value for key, value in record.items() if _is_records(value)}
        texts = [
            [label_of(key), words.text(key, value)]
            for key, value in record.items()
            if key not in inner and value not in (None, "", [], {})
        ]
        told = [words.text(key, record[key]) for key in heading if record[key]]
        tables = [words.table(rows, _keys(rows), key) for key, rows in inner.items()]
        return {"title": ", ".join(told), "lines": texts, "tables": tables}

    def table(self, rows: list[Record], keys: Iterable[str], name: str = "") -> dict[str, Any]:
        """`name`: the key of records inside a record, as a title."""
        keys = list(keys)
        cells = [[self._in_zone(row).text(key, row.get(key)) for key in keys] for row in rows]
        title = label_of(name) if name else ""
        return {"title": title, "head": [label_of(key) for key in keys], "rows": cells}

    def text(self, key: str, value: Any) -> str:
        return _clean(self._text(key, value)) or NOTHING

    def _text(self, key: str, value: Any) -> str:
        if key in self.choices and value in self.choices[key]:
            return str(self.choices[key][value])
        if key.endswith("role") and value:
            return str(Role(value).label)
        if key == "what":
            return value.replace("_", " ").capitalize()
        if key.endswith("_cents") and value is not None:
            return f"{value / 100:.2f} {self.made.clinic.currency}"
        return self._by_type(value)

    def _by_type(self, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, datetime):
            return date_format(value.astimezone(self.zone or self.made.zone), "j M Y, H:i")
        if isinstance(value, date):
            return date_format(value, "j F Y")
        if isinstance(value, list):
            return ", ".join(map(self._by_type, value))
        if isinstance(value, dict):
            return "; ".join(f"{key}: {self._by_type(one)}" for key, one in value.items())
        return str(value)

    def _in_zone(self, record: Record) -> "_Words":
        name = record.get("time_zone")
        return replace(self, zone=ZoneInfo(name)) if name else self


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(one, dict) for one in value)


def _keys(rows: list[Record]) -> list[str]:
    """All keys of these records, in their order."""
    return list(dict.fromkeys(key for row in rows for key in row if key != "time_zone"))


def _clean(text: str) -> str:
    """Without characters that are no text: controls save line breaks, and halves of others."""
    kept = (char for char in text if char == "\n" or unicodedata.category(char) not in _NO_TEXT)
    return "".join(kept)


_NO_TEXT = {"Cc", "Cs", "Cn"}
