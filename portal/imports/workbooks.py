"""Reads the first sheet of an Excel workbook (.xlsx) row by row."""

import io
import warnings
import zipfile
from collections.abc import Iterator

import openpyxl
from django.utils.translation import gettext as _

from portal.errors import PortalError
from portal.imports.cells import typed

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_UNPACKED_BYTES = 150 * 2**20
MOST_COLUMNS = 200
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def is_workbook(content: bytes) -> bool:
    return content.startswith((ZIP, OLE))


def rows_of(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of each row; numbers begin at 1. Raises PortalError with a sentence."""
    _demand_safe(content)
    try:
        yield from _rows(content)
    except PortalError:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged file makes it meet
        raise _refused(
            _("This workbook is damaged. Open it in Excel, and save it again.")
        ) from error


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    with warnings.catch_warnings(action="ignore"):  # about styles that it leaves out
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        if not book.worksheets:
            raise _refused(_("This workbook has no sheet."))
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # they are what the file says, which may be wrong
        rows = sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True)
        for number, row in enumerate(rows, 1):
            cells = [typed(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            yield number, cells
    finally:
        book.close()


def _demand_safe(content: bytes) -> None:
    """Refuse what is locked, an old format, too large once it is unpacked, or declares entities.

    zipfile never unpacks more of a part than its header says, so the sizes in it can be trusted.
    """
    if content.startswith(OLE):
        if _ENCRYPTED in content:
            raise _refused(_("This workbook has a password. Save it without one."))
        raise _refused(_("This is an old Excel file (.xls). Save it as .xlsx or CSV."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if any(part.flag_bits & 1 for part in parts):
                raise _refused(_("This workbook has a password. Save it without one."))
            if sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
                raise _refused(_("This workbook is too large once it is unpacked. Divide it."))
            if "xl/workbook.xml" not in packed.namelist():
                raise _refused(_("This is no Excel workbook. Choose a .xlsx or a CSV file."))
            if any(_declares(packed, part) for part in parts if part.filename.endswith(".xml")):
                raise _refused(_("This workbook is damaged. Open it in Excel, and save it again."))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise _refused(
            _("This workbook is damaged. Open it in Excel, and save it again.")
        ) from error


def _declares(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """A document type, by which XML can refer to files or grow without end; Excel writes none."""
    with packed.open(part) as opened:
        return b"<!DOCTYPE" in opened.read(4096).replace(b"\0", b"")


def _refused(sentence: str) -> PortalError:
    return PortalError(sentence, field="file")
