"""A patient asks for a copy of their data; the worker makes it, and removes it in time (A13)."""

import json
import logging
import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import OwnDataState
from portal.models import OwnDataExport, Patient, User, locks
from portal.models.own_data import OwnDataExportQuerySet
from portal.notifications.services.notifications import tell
from portal.notifications.services.queue import later
from portal.own_data.queries.everything import everything_about
from portal.own_data.services import document
from portal.permissions.authority import demand

logger = logging.getLogger("portal.own_data")

KEPT = timedelta(hours=24)
GIVEN_UP = timedelta(hours=1)  # after which nobody is at it any more
MOST_BYTES = 20_000_000  # of each file


@retried
def prepare(*, seen: str = "", by: User) -> OwnDataExport:
    """Have the worker make the files of everything that is held about `by`.

    `seen`: the `run` that the page knew, "" for none. If there is another by now, the button was
    pressed twice: that one is returned. So it is while one is being made. Locks the user. Writes
    the OwnDataExport (files made before go), an AuditEvent, and a task. Raises Forbidden. Source:
    requirement A13.
    """
    demand(by, "portal.have_own_data", None)
    with transaction.atomic():
        locks.user(by.pk)
        known = _known(by)
        if known and (known.is_preparing or str(known.run) != seen):
            return known
        export = known or OwnDataExport(user=by)
        for name, value in _NO_FILES.items():
            setattr(export, name, value)
        export.run, export.asked_at = uuid.uuid4(), timezone.now()
        export.save()
        audit.record("prepare_own_data", export, by=by, patient=_patient_of(by))
        later("prepare_own_data", export_id=export.pk, run=str(export.run))
    return export


def _known(user: User) -> OwnDataExport | None:
    return OwnDataExport.objects.without_files().filter(user=user).first()


_NO_FILES = {
    "state": OwnDataState.PREPARING,
    "ready_at": None,
    "ready_until": None,
    "as_json": b"",
    "as_pdf": b"",
}


def make(export_id: int, *, run: str, by: None) -> None:
    """Read everything, make both files, and tell the owner. Runs in the worker; twice does no harm.

    Nothing is locked while it reads. Writes the OwnDataExport, an AuditEvent and Notifications, if
    this `run` is still the one that is wanted.
    """
    export = _wanted(export_id, run).without_files().select_related("user").first()
    if export is None:
        return
    try:
        made = everything_about(export.user, at=timezone.now())
        as_json = json.dumps(made.plain(), ensure_ascii=False, indent=1).encode()
        as_pdf = document.pdf(made)
    except Exception:
        _wanted(export_id, run).update(state=OwnDataState.FAILED)
        raise
    if max(len(as_json), len(as_pdf)) > MOST_BYTES:
        logger.error("Own data of user %s: %s bytes are too many", export.user_id, len(as_json))
        _wanted(export_id, run).update(state=OwnDataState.FAILED)
        return
    _keep(export, as_json=as_json, as_pdf=as_pdf, zone=made.zone.key)


@retried
def _keep(export: OwnDataExport, *, as_json: bytes, as_pdf: bytes, zone: str) -> None:
    now = timezone.now()
    files = {"as_json": as_json, "as_pdf": as_pdf}
    until = {"ready_at": now, "ready_until": now + KEPT}
    with transaction.atomic():
        wanted = _wanted(export.pk, str(export.run))
        if not wanted.update(state=OwnDataState.READY, **files, **until):
            return
        audit.record("own_data_ready", export, by=None, patient=_patient_of(export.user))
        tell(
            "own_data_ready",
            about=export,
            by=None,
            until=until["ready_until"].isoformat(),
            zone=zone,
        )


def forget(*, by: None) -> None:
    """Remove the files whose time is over, and give up what no worker is at any more: two
    statements."""
    now = timezone.now()
    OwnDataExport.objects.filter(state=OwnDataState.READY, ready_until__lte=now).update(
        state=OwnDataState.EXPIRED, as_json=b"", as_pdf=b""
    )
    OwnDataExport.objects.filter(state=OwnDataState.PREPARING, asked_at__lte=now - GIVEN_UP).update(
        state=OwnDataState.FAILED
    )


def _wanted(pk: int, run: str) -> OwnDataExportQuerySet:
    return OwnDataExport.objects.filter(pk=pk, run=run, state=OwnDataState.PREPARING)


def _patient_of(user: User) -> Patient | None:
    return Patient.objects.filter(user=user).first()
