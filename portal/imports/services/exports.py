"""Patients leave as a file of contact data: CSV or XLSX (A18)."""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO

import openpyxl
from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.imports.cells import safe
from portal.imports.queries.exported import HEADER, exported, rows_of
from portal.models import ClinicSettings, Doctor, Office, User
from portal.permissions.authority import demand

CHUNK_BYTES = 2**16


@dataclass(frozen=True, slots=True)
class Export:
    count: int
    rows: Iterator[list[str]]


@retried
def export(
    *,
    office: Office | None = None,
    doctor: Doctor | None = None,
    since: date | None = None,
    form: str,
    by: User,
) -> Export:
    """The patients with their contact data; no clinical data.

    With `office`, `doctor` or `since` (a date at the office): only those with an appointment there,
    with them, on or after it. Writes an AuditEvent with the number. The rows are read while they
    are sent. Raises Forbidden. Source: requirement A18.
    """
    demand(by, "portal.move_patients", None)
    found = exported(office=office, doctor=doctor, since=since)
    with transaction.atomic():
        count = found.count()
        audit.record(
            "export_patients",
            ClinicSettings(pk=1),
            by=by,
            count=count,
            form=form,
            office=office.pk if office else None,
            doctor=doctor.pk if doctor else None,
            since=since.isoformat() if since else None,
        )
    return Export(count, rows_of(found))


class Echo:
    """A file that gives back what is written."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[list[str]], *, separator: str, by: User) -> Iterator[bytes]:
    """UTF-8 with the mark by which Excel knows it; `by` has been checked by `export`."""
    writer = csv.writer(Echo(), delimiter=separator)
    yield b"\xef\xbb\xbf"
    yield writer.writerow([safe(str(one)) for one in HEADER]).encode()
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row]).encode()


def workbook(rows: Iterable[list[str]], *, by: User) -> IO[bytes]:
    """An XLSX file on disk, written row by row; it goes when it is closed. All cells are text."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(_("Patients"))
    sheet.append([safe(str(one)) for one in HEADER])
    for row in rows:
        sheet.append([safe(cell) for cell in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    book.save(file)
    file.seek(0)
    return file
