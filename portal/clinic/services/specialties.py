"""The clinic's specialties: created, renamed, closed and opened again (requirement B01)."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.clinic.queries import standing
from portal.database.transactions import retried
from portal.errors import PortalError, StaleState
from portal.models import Doctor, Specialty, User, locks
from portal.permissions.authority import demand


@retried
def add(*, name: str, by: User) -> Specialty:
    """Add a specialty. Writes it and an AuditEvent. Raises PortalError (the name is taken),
    Forbidden. Source: requirement B01."""
    try:
        with transaction.atomic():
            demand(by, "portal.change_clinic", None)
            specialty = Specialty.objects.create(name=name)
            audit.record("create", specialty, by=by)
    except IntegrityError as error:
        raise _taken() from error
    return specialty


@retried
def rename(specialty: Specialty, *, name: str, by: User) -> Specialty:
    """Give it another name, also for what was before. Writes it and an AuditEvent; the name that
    was saved last holds. Raises PortalError, Forbidden. Source: requirement B01."""
    demand(by, "portal.change_clinic", specialty)
    try:
        with transaction.atomic():
            specialty = Specialty.objects.get(pk=specialty.pk)
            before, specialty.name = specialty.name, name
            if before != name:
                specialty.save(update_fields=["name", "search_name"])
                audit.record("update", specialty, by=by, before=before, after=name)
    except IntegrityError as error:
        raise _taken() from error
    return specialty


@retried
def close(specialty: Specialty, *, by: User) -> Specialty:
    """Close it: no doctor and no entry of the waiting list can be in it any more.

    Locks all doctors. Writes it and an AuditEvent. Raises PortalError while doctors or entries are
    in it, StaleState, Forbidden. Source: requirement B01.
    """
    with transaction.atomic():
        demand(by, "portal.change_clinic", specialty)
        locks.doctors(*Doctor.objects.values_list("pk", flat=True))
        if not standing.in_specialty(specialty).is_empty:
            raise PortalError(_("The specialty cannot be closed yet: see below what is in it."))
        return _set_closed(specialty, is_closed=True, by=by)


@retried
def reopen(specialty: Specialty, *, by: User) -> Specialty:
    """Open a closed one again. Writes it and an AuditEvent. Raises StaleState, Forbidden."""
    with transaction.atomic():
        demand(by, "portal.change_clinic", specialty)
        return _set_closed(specialty, is_closed=False, by=by)


def _set_closed(specialty: Specialty, *, is_closed: bool, by: User) -> Specialty:
    """One conditional update, so of two who do it at once one is told that it is done."""
    rows = Specialty.objects.filter(pk=specialty.pk, closed_at__isnull=is_closed)
    if not rows.update(closed_at=timezone.now() if is_closed else None):
        raise StaleState
    audit.record("close" if is_closed else "reopen", specialty, by=by)
    return specialty


def _taken() -> PortalError:
    return PortalError(_("A specialty of that name exists already."), field="name")
