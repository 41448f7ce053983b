"""The worker checks each row of an uploaded file, and writes nothing but what it found (A18)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal.clock.today import today_of_clinic
from portal.database.transactions import retried
from portal.enums import ImportState, RowOutcome
from portal.errors import PortalError
from portal.imports.fields import NUMBER
from portal.imports.guessing import reading_of
from portal.imports.queries.matches import Verdict, index_of
from portal.imports.reading import Read, read_row
from portal.imports.tables import data_rows, opened
from portal.models import ImportRow, PatientImport

BATCH = 500  # rows that are written in one short transaction, with the progress


@dataclass(slots=True)
class Seen:
    """The rows before, because a file may name the same person twice."""

    keys: dict[tuple[str, str, str], int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def judge(self, row: Read) -> Verdict | None:
        number = row.values.get(NUMBER, "")
        earlier = self.keys.setdefault(row.key, row.number)
        taken = self.numbers.setdefault(number, row.number) if number else row.number
        if earlier != row.number and (taken in (earlier, row.number) or not number):
            text = _("The same as row %(n)s.") % {"n": earlier}
            return Verdict(RowOutcome.SAME, None, text)
        if taken != row.number:
            text = _("Row %(n)s has the same number.") % {"n": taken}
            return Verdict(RowOutcome.REFUSED, None, text)
        return None


def check(upload_id: int, *, run: str, by: None) -> None:
    """Check the whole file from its beginning; a run that is not the import's last one stops.

    Writes ImportRows and the progress, 500 rows in a transaction. What cannot be read goes back to
    the choice of columns, with the reason. Source: requirement A18.
    """
    upload = PatientImport.objects.filter(pk=upload_id, run=run, state=ImportState.CHECKING).first()
    if upload is None:
        return
    try:
        _check(upload)
    except PortalError as error:
        _end(upload, state=ImportState.UPLOADED, error=str(error.message)[:300])
    except Exception:
        _end(upload, state=ImportState.UPLOADED, error=_("Checking has failed. Please try again."))
        raise


def _check(upload: PatientImport) -> None:
    content = bytes(upload.content)
    reading = reading_of(opened(content), upload.mapping, today=today_of_clinic())
    total = sum(1 for _row in data_rows(content))
    if not _begin(upload, total):
        return
    columns, seen, counts, done = upload.mapping["columns"], Seen(), Counter[str](), 0
    rows = (read_row(*row, columns, reading) for row in data_rows(content))
    while batch := list(islice(rows, BATCH)):
        done += len(batch)
        judged = list(_judged(upload, batch, seen))
        counts.update(row.outcome for row in judged)
        if not _write(upload, judged, done):
            return
    _end(upload, state=ImportState.CHECKED, counts=dict(counts))


def _judged(upload: PatientImport, batch: list[Read], seen: Seen) -> Iterator[ImportRow]:
    index = index_of([row for row in batch if not row.reasons], source=upload.source)
    for row in batch:
        verdict = Verdict(RowOutcome.REFUSED) if row.reasons else None
        verdict = verdict or seen.judge(row) or index.judge(row)
        yield ImportRow(
            upload=upload,
            number=row.number,
            cells=row.cells if verdict.outcome != RowOutcome.NEW else [],
            digest=row.digest,
            values=row.values,
            outcome=verdict.outcome,
            reasons=[*row.reasons, *([verdict.reason] if verdict.reason else [])],
            like_id=verdict.like,
        )


@retried
def _begin(upload: PatientImport, total: int) -> bool:
    with transaction.atomic():
        is_last = _own(upload).update(row_count=total, checked_rows=0, counts={})
        if is_last:
            ImportRow.objects.filter(upload=upload).delete()
    return bool(is_last)


@retried
def _write(upload: PatientImport, rows: Iterable[ImportRow], done: int) -> bool:
    with transaction.atomic():
        is_last = _own(upload).update(checked_rows=done)
        if is_last:
            ImportRow.objects.bulk_create(rows)
    return bool(is_last)


def _end(upload: PatientImport, **values: object) -> None:
    _own(upload).update(**values)


def _own(upload: PatientImport) -> QuerySet[PatientImport]:
    return PatientImport.objects.filter(pk=upload.pk, run=upload.run, state=ImportState.CHECKING)
