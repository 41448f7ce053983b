"""An uploaded file as a table: the names of its columns, and its rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from portal.errors import PortalError
from portal.imports import csv_files, workbooks
from portal.models.names import fold

MOST_BYTES = 20 * 2**20
MOST_ROWS = 100_000
MOST_COLUMNS = workbooks.MOST_COLUMNS
MOST_CHARACTERS = 5_000  # in a cell
SAMPLE_ROWS = 500  # from which fields and the order of dates are guessed
# What no column is named: a date, or the digits of a phone number.
_DATA = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*|\+?[\d\s().-]{7,}|[^\s@]+@[^\s@]+\.\w+")

Row = tuple[int, list[str]]  # the number in the file, and the cells


@dataclass(frozen=True, slots=True)
class Table:
    header: list[str]
    sample: list[Row]


def opened(content: bytes) -> Table:
    """The names of the columns and the first SAMPLE_ROWS. Raises PortalError with a sentence."""
    if len(content) > MOST_BYTES:
        raise _refused(_("This file is larger than 20 MB. Divide it."))
    if not content.strip():
        raise _refused(_("This file is empty."))
    rows = _filled(content)
    header = _named(next(rows, (0, []))[1])
    sample = list(islice(rows, SAMPLE_ROWS))
    if not sample:
        raise _refused(_("This file names its columns, but has no further rows."))
    for number, cells in sample:
        demand_fitting(number, cells)
    return Table(header, sample)


def data_rows(content: bytes) -> Iterator[Row]:
    """Every row below the names of the columns that is not empty. Raises PortalError."""
    rows = _filled(content)
    next(rows, None)
    for count, (number, cells) in enumerate(rows, 1):
        if count > MOST_ROWS:
            raise _refused(_("This file has more than 100,000 rows. Divide it."))
        demand_fitting(number, cells)
        yield number, cells


def demand_fitting(number: int, cells: list[str]) -> None:
    """Raise PortalError if the row has too many columns, or too long a cell."""
    if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
        raise _refused(_("Row %(n)s has more than 200 columns.") % {"n": number})
    if any(len(cell) > MOST_CHARACTERS for cell in cells):
        raise _refused(_("Row %(n)s has a cell of more than 5,000 characters.") % {"n": number})


def _filled(content: bytes) -> Iterator[Row]:
    reader = workbooks if workbooks.is_workbook(content) else csv_files
    return (row for row in reader.rows_of(content) if any(row[1]))


def _named(cells: list[str]) -> list[str]:
    if not cells:
        raise _refused(_("This file is empty."))
    demand_fitting(1, cells)
    if any(_DATA.fullmatch(cell) for cell in cells):
        raise _refused(_("The first row must name the columns, such as “Name” and “Phone”."))
    seen: dict[str, str] = {}
    for cell in filter(None, cells):
        if fold(cell) in seen:
            raise _refused(_("Two columns are named “%(name)s”. Rename one.") % {"name": cell[:60]})
        seen[fold(cell)] = cell
    return [cell[:100] or _("Column %(n)s") % {"n": n} for n, cell in enumerate(cells, 1)]


def _refused(sentence: str) -> PortalError:
    return PortalError(sentence, field="file")
