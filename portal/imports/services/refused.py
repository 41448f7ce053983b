"""The refused rows as a file, with the reason in each (A18)."""

import csv
from collections.abc import Iterator

from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.enums import RowOutcome
from portal.imports.cells import safe
from portal.imports.services.exports import Echo
from portal.models import ImportRow, PatientImport, User
from portal.permissions.authority import demand


def refused_lines(upload: PatientImport, *, by: User) -> Iterator[bytes]:
    """A CSV file with the columns of the uploaded one, and “reason”. Writes an AuditEvent.

    UTF-8 with a mark, separated by semicolons. Raises Forbidden. Source: requirement A18.
    """
    demand(by, "portal.move_patients", upload)
    audit.record("download_refused", upload, by=by)
    return _lines(upload)


def _lines(upload: PatientImport) -> Iterator[bytes]:
    writer = csv.writer(Echo(), delimiter=";")
    width = len(upload.header)
    yield b"\xef\xbb\xbf"
    yield writer.writerow([*map(safe, upload.header), _("Reason")]).encode()
    found = ImportRow.objects.filter(upload=upload, outcome=RowOutcome.REFUSED)
    for cells, reasons in found.order_by("number").values_list("cells", "reasons").iterator(2000):
        cells = [*cells, *[""] * width][: max(width, len(cells))]
        yield writer.writerow([*map(safe, cells), safe(" ".join(reasons))]).encode()
