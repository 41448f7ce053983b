"""Two patients who look like one person are marked as two, and the mark is taken back (A17)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.errors import MergedPatient, PortalError, StaleState
from portal.models import DistinctPatients, Patient, User, locks
from portal.permissions.authority import demand


@retried
def mark(one: Patient, other: Patient, *, by: User) -> DistinctPatients:
    """Say that these two are not the same person: they are no longer offered as likely duplicates.
    If somebody has said so before, that mark is returned.

    Locks both patients. Writes a DistinctPatients and AuditEvents. Raises MergedPatient if one of
    them was merged, PortalError, Forbidden. Source: requirement A17.
    """
    with transaction.atomic():
        _hold(one, other, by=by)
        standing = DistinctPatients.objects.standing().of_both(one, other).first()
        if standing:
            return standing
        first, second = sorted((one.pk, other.pk))
        made = DistinctPatients.objects.create(first_id=first, second_id=second, by=by)
        _record("mark_distinct", made, one, other, by=by)
    return made


@retried
def take_back(one: Patient, other: Patient, *, by: User) -> None:
    """Take the mark back: the two may be offered again.

    Locks both patients. Writes the DistinctPatients and AuditEvents. Raises StaleState if there is
    no mark any more, MergedPatient, PortalError, Forbidden. Source: requirement A17.
    """
    with transaction.atomic():
        _hold(one, other, by=by)
        standing = DistinctPatients.objects.standing().of_both(one, other).first()
        if standing is None:
            raise StaleState(_("This mark was taken back before."))
        standing.taken_back_at, standing.taken_back_by = timezone.now(), by
        standing.save(update_fields=["taken_back_at", "taken_back_by"])
        _record("take_back_distinct", standing, one, other, by=by)


def _hold(one: Patient, other: Patient, *, by: User) -> None:
    if one.pk == other.pk:
        raise PortalError(_("Choose two patients."))
    for patient in (one, other):
        demand(by, "portal.merge_patients", patient)
    held = locks.patients(one.pk, other.pk)
    if any(patient.merged_into_id for patient in held.values()):
        raise MergedPatient


def _record(verb: str, mark: DistinctPatients, *both: Patient, by: User) -> None:
    numbers = {"first": mark.first_id, "second": mark.second_id}
    for patient in both:
        audit.record(verb, mark, by=by, patient=patient, **numbers)
