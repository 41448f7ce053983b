"""The worker imports the patients of a checked file in one transaction (A18)."""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import ImportState, RowChoice, RowOutcome
from portal.imports.fields import NUMBER, STORED
from portal.imports.queries.matches import index_of
from portal.imports.reading import Read
from portal.models import ImportRow, Patient, PatientImport, PatientOrigin, User, locks

BATCH = 1000


class Superseded(Exception):
    """The import was dismissed, or begun anew, meanwhile."""


def run_all(upload_id: int, *, run: str, by: None) -> None:
    """Import the new rows, and those of the duplicates that were chosen: all of them, or none.

    Whoever has been entered since the check is left out. Writes Patients, PatientOrigins and
    AuditEvents in the name of the admin who uploaded the file; removes the file. Locks the
    settings, so that two imports follow one another, then the patients to be filled in.
    """
    upload = _own(upload_id, run).select_related("made_by").first()
    if upload is None:
        return
    try:
        _import(upload, run=run)
    except Superseded:
        return
    except IntegrityError:
        _fail(upload, _("Somebody entered one of these patients meanwhile. Please check again."))
    except Exception:
        _fail(upload, _("Importing has failed. Nothing was imported. Please try again."))
        raise


@retried
def _import(upload: PatientImport, *, run: str) -> None:
    counts = {"imported": 0, "filled": 0}
    with transaction.atomic():
        locks.settings()
        if not _own(upload.pk, run).exists():
            raise Superseded
        for rows in _batches(_chosen(upload, RowChoice.FILL)):
            counts["filled"] += _fill(upload, rows)
        for rows in _batches(_new(upload)):
            counts["imported"] += _create(upload, rows)
        refused = upload.counts.get(RowOutcome.REFUSED, 0)
        counts["left_out"] = upload.row_count - sum(counts.values()) - refused
        counts["refused"] = refused
        over = {"state": ImportState.DONE, "content": b"", "finished_at": timezone.now()}
        if not _own(upload.pk, run).update(counts=counts, **over):
            raise Superseded
        ImportRow.objects.filter(upload=upload).exclude(outcome=RowOutcome.REFUSED).delete()
        audit.record("import", upload, by=upload.made_by, patient=None, **counts)


def _create(upload: PatientImport, rows: list[ImportRow]) -> int:
    """Those who are not here by now."""
    read = [Read(row.number, [], row.values) for row in rows]
    index = index_of(read, source=upload.source)
    wanted = [
        (row, Patient(**{name: row.values[name] for name in STORED if name in row.values}))
        for row, one in zip(rows, read, strict=True)
        if index.judge(one).outcome in (RowOutcome.NEW, RowOutcome.POSSIBLE)
    ]
    made = Patient.objects.bulk_create([patient for _row, patient in wanted])
    _remember(upload, zip((row for row, _patient in wanted), made, strict=True))
    audit.record_many("import", made, by=upload.made_by, upload=upload.pk)
    return len(made)


def _fill(upload: PatientImport, rows: list[ImportRow]) -> int:
    """The same person: what is empty is filled in, nothing is overwritten."""
    wanted = {row.like_id: row for row in rows if row.like_id}
    locks.hold_patients(wanted)
    there = Patient.objects.listed().in_bulk(list(wanted))
    filled = [
        patient
        for pk, patient in sorted(there.items())
        if _complete(patient, wanted[pk], by=upload.made_by)
    ]
    known = set(
        PatientOrigin.objects.filter(
            source=upload.source, number__in=[row.values.get(NUMBER, "") for row in rows]
        )
        .exclude(number="")
        .values_list("number", flat=True)
    )
    free = [
        row for pk, row in wanted.items() if pk in there and row.values.get(NUMBER, "") not in known
    ]
    _remember(upload, ((row, Patient(pk=row.like_id)) for row in free))
    return len(filled)


def _complete(patient: Patient, row: ImportRow, *, by: User) -> bool:
    empty = [name for name in STORED if row.values.get(name) and not getattr(patient, name)]
    for name in empty:
        setattr(patient, name, row.values[name])
    if empty:
        patient.save(update_fields=empty)
        audit.record("import", patient, by=by, patient=patient, fields=empty, upload=row.upload_id)
    return bool(empty)


def _remember(upload: PatientImport, pairs: Iterable[tuple[ImportRow, Patient]]) -> None:
    PatientOrigin.objects.bulk_create(
        [
            PatientOrigin(
                patient_id=patient.pk,
                upload=upload,
                source=upload.source,
                number=row.values.get(NUMBER, ""),
                digest=row.digest,
            )
            for row, patient in pairs
        ]
    )


def _new(upload: PatientImport) -> Iterator[ImportRow]:
    yield from _rows(upload, outcome=RowOutcome.NEW)
    yield from _chosen(upload, RowChoice.NEW)


def _chosen(upload: PatientImport, choice: RowChoice) -> Iterator[ImportRow]:
    # By patient: they are locked in the order of their ids.
    return _rows(upload, "like", outcome=RowOutcome.POSSIBLE, choice=choice)


def _rows(upload: PatientImport, *order: str, **which: str) -> Iterator[ImportRow]:
    found = ImportRow.objects.filter(upload=upload, **which).defer("cells", "reasons")
    return iter(found.order_by(*order, "number").iterator(BATCH))


def _batches(rows: Iterator[ImportRow]) -> Iterator[list[ImportRow]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _fail(upload: PatientImport, error: str) -> None:
    _own(upload.pk, str(upload.run)).update(state=ImportState.CHECKED, error=error)


def _own(pk: int, run: str) -> QuerySet[PatientImport]:
    return PatientImport.objects.filter(pk=pk, run=run, state=ImportState.IMPORTING)
