"""A person asks to be erased, or withdraws it (requirement A19)."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appointments.services import leaving, offering
from portal.audit.services import audit
from portal.clock.today import today_of_clinic
from portal.database.transactions import retried
from portal.enums import ErasureState
from portal.errors import PortalError, StaleState
from portal.models import ClinicSettings, ErasureRequest, Offer, Patient, User, locks
from portal.models.lengths import longest
from portal.notifications.services import notifications
from portal.permissions.authority import demand


@retried
def ask(patient: Patient, *, seen: Collection[int], reason: str = "", by: User) -> ErasureRequest:
    """Note that the patient is to be erased after the clinic's waiting time. What is to come is
    cancelled at once, entries of the waiting list and offers end, and nothing new can be booked.

    `seen`: the ids of the coming appointments that the page has listed. An admin who asks for
    somebody gives a reason. Locks slots, the patient, appointments, waits and offers. Writes them,
    an ErasureRequest, AuditEvents and Notifications. Raises StaleState if others are coming than
    were seen or a request waits already, PortalError if an appointment can no longer be cancelled
    or with the field at fault, Forbidden. Source: requirement A19.
    """
    demand(by, "portal.ask_erasure", patient)
    reason = _reason(reason, by=by)
    offered = Offer.objects.open().filter(wait__patient=patient.pk)
    with transaction.atomic():
        settings = ClinicSettings.current()
        patient, slots = leaving.cancel_coming(
            patient, seen=seen, offered=list(offered.values_list("slot", flat=True)), by=by
        )
        if ErasureRequest.objects.waiting().filter(patient=patient).exists():
            raise StaleState(_("A request to erase this patient waits already."))
        offering.leave_all(patient, slots, by=by)
        due = today_of_clinic() + timedelta(days=settings.erasure_wait_days)
        made = ErasureRequest.objects.create(
            patient=patient, asked_by=by, reason=reason, due_on=due
        )
        audit.record(
            "ask_erasure", made, by=by, patient=patient, due_on=due.isoformat(), reason=reason
        )
        notifications.tell("erasure_asked", about=made, by=by)
    return made


@retried
def withdraw(request: ErasureRequest, *, by: User) -> ErasureRequest:
    """Nothing is erased: by the person or an admin, until it is done. What was cancelled stays
    cancelled.

    Locks the patient. Writes the ErasureRequest, an AuditEvent and Notifications. Raises StaleState
    if it does not wait any more, Forbidden. Source: requirement A19.
    """
    demand(by, "portal.ask_erasure", request.patient)
    with transaction.atomic():
        request.patient = locks.patient(request.patient_id, by=by)
        ended = {"state": ErasureState.WITHDRAWN, "ended_at": timezone.now(), "ended_by": by}
        if not ErasureRequest.objects.waiting().filter(pk=request.pk).update(**ended):
            raise StaleState
        request.refresh_from_db(fields=list(ended))
        audit.record("withdraw_erasure", request, by=by, patient=request.patient)
        notifications.tell("erasure_withdrawn", about=request, by=by)
    return request


def _reason(text: str, *, by: User) -> str:
    """Of an admin; a person who asks for themself need not say why."""
    reason = text.strip()
    if not by.is_admin:
        return ""
    if not reason:
        raise PortalError(_("Say who has asked for it, and how."), field="reason")
    if len(reason) > longest(ErasureRequest, "reason"):
        raise PortalError(_("This is too long."), field="reason")
    return reason
