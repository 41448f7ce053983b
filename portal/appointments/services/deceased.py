"""A patient has died: nothing more is sent, offered or waited for (requirement A16)."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.appointments.queries.deceased import still_to_cancel
from portal.appointments.services import appointments, offering
from portal.audit.services import audit
from portal.clock.today import today_of_clinic
from portal.database.transactions import retried
from portal.enums import NotificationState, Role
from portal.errors import PortalError, StaleState
from portal.models import Appointment, Notification, Offer, Patient, User, locks
from portal.permissions.authority import demand


@retried
def record(patient: Patient, *, on: date, today: date | None = None, by: User) -> Patient:
    """Record that a patient died on a date. Their entries of the waiting list and offers end at
    once, and what was to be sent to them is not sent. Appointments stay until they are cancelled.

    `today` is the date at the office, or else at the clinic's first. Locks the slots on offer to
    them, the patient, the waits and offers. Writes them, the patient, queued Notifications and
    AuditEvents. Raises PortalError with the field at fault, Forbidden. Source: requirement A16.
    """
    demand(by, "portal.edit_patient", patient)
    if on > (today or today_of_clinic()):
        raise PortalError(_("The date cannot be in the future."), field="deceased_on")
    if patient.date_of_birth and on < patient.date_of_birth:
        raise PortalError(_("The date is before the date of birth."), field="deceased_on")
    offered = Offer.objects.open().filter(wait__patient=patient.pk)
    with transaction.atomic():
        slots = locks.slots(*offered.values_list("slot", flat=True))
        patient = locks.patient(patient.pk, by=by)
        before, patient.deceased_on = patient.deceased_on, on
        patient.save(update_fields=["deceased_on"])
        _audit("record_death", patient, before, by=by)
        offering.leave_all(patient, slots, by=by)
        _unsend(patient)
    return patient


@retried
def take_back(patient: Patient, *, by: User) -> Patient:
    """The patient was recorded as deceased by mistake. Nothing that had ended begins again.

    Locks the patient. Writes it and an AuditEvent. Raises StaleState, Forbidden. Source: A16.
    """
    demand(by, "portal.edit_patient", patient)
    with transaction.atomic():
        patient = locks.patient(patient.pk, by=by)
        before, patient.deceased_on = patient.deceased_on, None
        if before is None:
            raise StaleState
        patient.save(update_fields=["deceased_on"])
        _audit("take_back_death", patient, before, by=by)
    return patient


@retried
def cancel_coming(patient: Patient, *, by: User) -> list[Appointment]:
    """Cancel all appointments and requests to come of a deceased patient that `by` may cancel. The
    doctors are told; nobody writes to the patient.

    Locks the slots in the order of their ids, the patient, the appointments. Writes slots,
    appointments, AuditEvents and Notifications. Raises StaleState if the patient is not recorded as
    deceased or one has just changed, Forbidden. Source: requirement A16.
    """
    demand(by, "portal.edit_patient", patient)
    with transaction.atomic():
        seen = dict(still_to_cancel(by, patient).values_list("pk", "slot_id"))
        slots = locks.slots(*seen.values())
        patient = locks.patient(patient.pk, by=by)
        held = locks.appointments(seen, of=slots)
        if patient.deceased_on is None or len(held) < len(seen):
            raise StaleState
        for one in held:
            demand(by, "portal.cancel_appointment", one)
            if not one.can("cancel"):
                raise StaleState
        for one in held:
            slot, comment = slots[one.slot_id], _("The patient has died.")
            appointments.cancel_held(one, slot, comment=comment, by=by)
    return held


def _unsend(patient: Patient) -> None:
    """What waits to be sent to the patient; staff are still told of the patient's appointments."""
    to_patient = Q(user=None) | Q(user__role=Role.PATIENT)
    queued = Notification.objects.filter(to_patient, patient=patient)
    pks = list(queued.filter(state=NotificationState.QUEUED).values_list("pk", flat=True))
    still = Notification.objects.filter(pk__in=pks, state=NotificationState.QUEUED)
    still.update(state=NotificationState.VOID)


def _audit(verb: str, patient: Patient, before: date | None, *, by: User) -> None:
    after = patient.deceased_on
    audit.record(
        verb,
        patient,
        by=by,
        patient=patient,
        before=before.isoformat() if before else None,
        after=after.isoformat() if after else None,
    )
