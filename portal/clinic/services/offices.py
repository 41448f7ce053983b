"""The clinic's offices: created, edited, closed and opened again (requirement B01)."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.clinic.queries import standing
from portal.clinic.services import zone_moves
from portal.database.transactions import retried
from portal.errors import PortalError, StaleState
from portal.models import Doctor, Office, User, locks
from portal.permissions.authority import demand

FIELDS = ("name", "address", "phone", "time_zone", "reply_to")
OF_ITS_DOCTOR = ("address", "phone")


@retried
def add(*, by: User, **values: Any) -> Office:
    """Add an office; `values` are FIELDS, `time_zone` an IANA name, `phone` E.164.

    Writes an Office and an AuditEvent. Raises PortalError (the name is taken), Forbidden. Source:
    requirement B01.
    """
    try:
        with transaction.atomic():
            demand(by, "portal.change_clinic", None)
            office = Office.objects.create(**values)
            audit.record("create", office, by=by, time_zone=office.time_zone)
    except IntegrityError as error:
        raise _taken() from error
    return office


@retried
def edit(office: Office, *, keep_wall_time: bool = False, by: User, **values: Any) -> list[str]:
    """Change some of FIELDS; returns the names of those that changed.

    Another time zone moves what is ahead so that its clock time stays: see zone_moves, which says
    what is locked and refused. While anything is ahead it needs `keep_wall_time`. Locks the office,
    and with another zone more. Writes the office and AuditEvents. Raises PortalError,
    NeedsConfirmation, Forbidden. Source: requirement B01.
    """
    try:
        with transaction.atomic():
            office = locks.office(office.pk)
            demand(by, "portal.change_clinic", office)
            zone = values.pop("time_zone", office.time_zone)
            changed = _write(office, values, by=by)
            if zone != office.time_zone:
                zone_moves.move(office, zone, keep_wall_time=keep_wall_time, by=by)
                changed.append("time_zone")
    except IntegrityError as error:
        raise _overlap(error) or _taken() from error
    return changed


@retried
def edit_contact(office: Office, *, by: User, **values: Any) -> list[str]:
    """A doctor changes how to find and reach their own office; `values` are OF_ITS_DOCTOR.

    Locks the office. Writes it and an AuditEvent. Raises Forbidden. Source: requirement B01.
    """
    with transaction.atomic():
        office = locks.office(office.pk)
        demand(by, "portal.change_own_office", office)
        return _write(office, {name: values[name] for name in OF_ITS_DOCTOR}, by=by)


@retried
def close(office: Office, *, doctors_to: Office | None = None, by: User) -> Office:
    """Close the office: it is listed nowhere, and no time is made there. Past appointments keep it.

    `doctors_to`: the open office to which the doctors belong from then on whose own it was. Locks
    the offices, then all doctors, so nobody adds a time meanwhile. Writes the office, doctors and
    AuditEvents. Raises PortalError while anything stands there, StaleState, Forbidden. Source:
    requirement B01.
    """
    with transaction.atomic():
        pks = {office.pk} | ({doctors_to.pk} if doctors_to else set())
        found = {pk: locks.office(pk) for pk in sorted(pks)}
        office, target = found[office.pk], found.get(doctors_to.pk) if doctors_to else None
        demand(by, "portal.change_clinic", office)
        if not office.is_open:
            raise StaleState
        locks.doctors(*Doctor.objects.values_list("pk", flat=True))
        here = standing.at_office(office)
        if not here.is_empty:
            raise PortalError(_("The office cannot be closed yet: see below what stands there."))
        if here.doctors:
            _move_doctors(here.doctors, _other(target, office), by=by)
        office.closed_at = timezone.now()
        office.save(update_fields=["closed_at"])
        audit.record("close", office, by=by)
    return office


@retried
def reopen(office: Office, *, by: User) -> Office:
    """Open a closed office again. Locks and writes it, with an AuditEvent. Raises StaleState,
    Forbidden. Source: requirement B01."""
    with transaction.atomic():
        office = locks.office(office.pk)
        demand(by, "portal.change_clinic", office)
        if office.is_open:
            raise StaleState
        office.closed_at = None
        office.save(update_fields=["closed_at"])
        audit.record("reopen", office, by=by)
    return office


def _write(office: Office, values: dict[str, Any], *, by: User) -> list[str]:
    changed = [name for name, value in values.items() if getattr(office, name) != value]
    for name in changed:
        setattr(office, name, values[name])
    if changed:
        office.save(update_fields=[*changed, "search_name"])
        audit.record("update", office, by=by, fields=changed)
    return changed


def _other(target: Office | None, office: Office) -> Office:
    if target is None or target == office or not target.is_open:
        raise PortalError(_("Choose the office of its doctors."), field="doctors_to")
    return target


def _move_doctors(doctors: list[Doctor], target: Office, *, by: User) -> None:
    Doctor.objects.filter(pk__in=[doctor.pk for doctor in doctors]).update(office=target)
    for doctor in doctors:
        audit.record("change_office", doctor, by=by, before=doctor.office_id, after=target.pk)


def _taken() -> PortalError:
    return PortalError(_("An office of that name exists already."), field="name")


def _overlap(error: IntegrityError) -> PortalError | None:
    """Of times that the database refused; None if the error is about something else."""
    if not any(name in str(error) for name in ("no_overlap", "slot", "appointment")):
        return None
    sentence = _(
        "In that zone some times would overlap others of the same doctor or patient, such as "
        "those at another office. Move these first."
    )
    return PortalError(sentence, field="time_zone")
