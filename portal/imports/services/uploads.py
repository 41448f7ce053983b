"""An admin uploads a file, says what its columns are, decides on duplicates, dismisses it (A18)."""

import hashlib
import uuid
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.clock.today import today_of_clinic
from portal.database.transactions import retried
from portal.enums import ImportState, RowChoice, RowOutcome
from portal.errors import PortalError, StaleState
from portal.imports.fields import FIELDS, FIRST, LAST, NAME
from portal.imports.guessing import mapping_of
from portal.imports.tables import opened
from portal.models import ImportRow, PatientImport, User
from portal.models.names import one_line
from portal.notifications.services.queue import later
from portal.permissions.authority import demand

OPEN = (ImportState.UPLOADED, ImportState.CHECKED)
RUNNING = (ImportState.CHECKING, ImportState.IMPORTING)


@retried
def upload(content: bytes, *, file_name: str, source: str, by: User) -> PatientImport:
    """Keep the file until the import is over, with a guess of what its columns are.

    Writes a PatientImport and an AuditEvent. Raises Forbidden, and PortalError if the file cannot
    be read. Source: requirement A18.
    """
    demand(by, "portal.move_patients", None)
    table = opened(content)
    with transaction.atomic():
        made = PatientImport.objects.create(
            made_by=by,
            file_name=one_line(file_name)[-200:],
            source=one_line(source)[:60],
            digest=hashlib.sha256(content).hexdigest(),
            content=content,
            header=table.header,
            mapping=mapping_of(table, today=today_of_clinic()),
        )
        audit.record("upload_import", made, by=by, columns=len(table.header))
    return made


@retried
def check(upload: PatientImport, *, mapping: dict, by: User) -> None:
    """Have the worker check each row with these columns; also again, with others.

    `mapping`: `columns` (a field or "" for each column), `date_order`, `region`. Changes the
    PatientImport and enqueues a task. Raises Forbidden, PortalError, StaleState.
    """
    demand(by, "portal.move_patients", upload)
    _demand_columns(upload, mapping["columns"])
    run = uuid.uuid4()
    with transaction.atomic():
        _move(upload, OPEN, state=ImportState.CHECKING, run=run, mapping=mapping, error="")
        later("check_import", upload_id=upload.pk, run=str(run))


@retried
def start(upload: PatientImport, *, by: User) -> None:
    """Have the worker import what was checked. A second press raises StaleState.

    Changes the PatientImport and enqueues a task. Raises Forbidden, StaleState.
    """
    demand(by, "portal.move_patients", upload)
    run = uuid.uuid4()
    with transaction.atomic():
        _move(upload, (ImportState.CHECKED,), state=ImportState.IMPORTING, run=run, error="")
        later("run_import", upload_id=upload.pk, run=str(run))


@retried
def choose(upload: PatientImport, *, choices: Mapping[int, str], by: User) -> None:
    """What is to become of possible duplicates: row id → RowChoice. Others stay as they are.

    Writes ImportRows. Raises Forbidden, StaleState.
    """
    demand(by, "portal.move_patients", upload)
    with transaction.atomic():
        _move(upload, (ImportState.CHECKED,), state=ImportState.CHECKED)
        rows = ImportRow.objects.filter(upload=upload, outcome=RowOutcome.POSSIBLE)
        for choice in RowChoice:
            pks = [pk for pk, chosen in choices.items() if chosen == choice]
            rows.filter(pk__in=pks).update(choice=choice)


@retried
def dismiss(upload: PatientImport, *, by: User) -> None:
    """Remove the file and its rows; nothing of it is imported, even if that has just begun.

    Writes the PatientImport and an AuditEvent. Raises Forbidden, StaleState if it is over.
    """
    demand(by, "portal.move_patients", upload)
    with transaction.atomic():
        over = {"state": ImportState.DISMISSED, "content": b"", "finished_at": timezone.now()}
        _move(upload, (*OPEN, *RUNNING), **over)
        ImportRow.objects.filter(upload=upload).delete()
        audit.record("dismiss_import", upload, by=by)


def _move(upload: PatientImport, states: tuple, **values: object) -> None:
    """One conditional update, so that of two clicks only one moves it."""
    if not PatientImport.objects.filter(pk=upload.pk, state__in=states).update(**values):
        raise StaleState


def _demand_columns(upload: PatientImport, columns: list[str]) -> None:
    known = all(name in FIELDS or not name for name in columns)
    if len(columns) != len(upload.header) or not known:
        raise StaleState
    if not {NAME, FIRST, LAST} & set(columns):
        raise PortalError(_("Choose the column of the name."))
    for name, one in FIELDS.items():
        if columns.count(name) > 1 and not one.is_joined:
            text = _("Two columns are chosen for “%(field)s”. Choose one.")
            raise PortalError(text % {"field": one.label})
