"""Reads CSV files as other systems write them: encoding and separator are found out."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _

from portal.errors import PortalError
from portal.imports.cells import plain

SEPARATORS = (";", ",", "\t", "|")
_LOOKED_AT = 40  # rows, to find the separator
_FIRST_CHARACTERS = 200_000
_NO_TEXT = re.compile("[\0-\x08\x0e-\x1f\ufffe\uffff]")
_NAMES_IT = re.compile(r"\A\"?sep=(.)\"?\r?\n", re.IGNORECASE)  # Excel does, in a line of its own


def rows_of(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of each row; numbers begin at 1. Raises PortalError with a sentence."""
    text = _text(content)
    named = _NAMES_IT.match(text)
    if named:
        text = text[named.end() :]
    rows = _read(text, named[1] if named else _separator(text))
    number = 0
    while True:
        number += 1
        try:
            cells = next(rows, None)
        except csv.Error as error:
            raise PortalError(
                _("Row %(n)s cannot be read: a quotation mark is open, or a cell is too long.")
                % {"n": number},
                field="file",
            ) from error
        if cells is None:
            return
        yield number, [plain(cell) for cell in cells]


def _text(content: bytes) -> str:
    """UTF-8 or UTF-16, with or without a mark at the beginning; else Windows-1252, or Latin-1."""
    text = content.decode(_encoding(content), errors="replace").removeprefix("\ufeff")
    if _NO_TEXT.search(text):
        raise PortalError(
            _("This is not a text file. Choose a CSV file, or an Excel workbook (.xlsx)."),
            field="file",
        )
    return text


def _encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = content[:2000]
    zeros = start.count(0)
    if zeros and zeros * 3 > len(start):
        return "utf-16-be" if start[0] == 0 else "utf-16-le"
    for encoding in ("utf-8", "cp1252"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"


def _separator(text: str) -> str:
    """The one that divides the first rows into the most columns, equally many in each."""

    def fit(separator: str) -> tuple[float, int]:
        widths = Counter(_widths(text, separator))
        if not widths:
            return 0, 0
        width, times = widths.most_common(1)[0]
        return (times / widths.total() if width > 1 else 0), width

    return max(SEPARATORS, key=fit)


def _widths(text: str, separator: str) -> list[int]:
    try:
        first = islice(_read(text[:_FIRST_CHARACTERS], separator), _LOOKED_AT)
        return [len(row) for row in first if any(row)]
    except csv.Error:
        return []


def _read(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
