"""Closing an account, with the appointments that are still to come (requirement A11)."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.services import standing
from portal.appointments.services import appointments
from portal.database.transactions import retried
from portal.enums import AppointmentState, CancelReason
from portal.errors import Forbidden, PortalError, StaleState
from portal.models import LIVE, Appointment, ClinicSettings, Doctor, Patient, Slot, User, locks


def coming(user: User) -> list[Appointment]:
    """What has to be settled before the account closes, the next one first: one query."""
    who = {"patient__user": user} if user.is_patient else {"doctor__user": user}
    return _coming(**who)


def coming_of(patient: Patient) -> list[Appointment]:
    """The same of a patient, with a login or without: one query."""
    return _coming(patient=patient)


def _coming(**who: Any) -> list[Appointment]:
    found = Appointment.objects.filter(**who, state__in=LIVE, ends_at__gt=timezone.now())
    return list(found.select_related("doctor", "office", "patient").order_by("starts_at", "pk"))


@retried
def close_account(user: User, *, seen: Collection[int], by: User) -> User:
    """Close the account. A patient's coming appointments are cancelled with it.

    `seen`: the ids of those that the page has listed. A doctor must have none: they are handed over
    or cancelled first. Locks doctor, slots, patient, appointments, users. Writes them, AuditEvents
    and Notifications. Raises StaleState if others are coming than were seen, PortalError if one can
    no longer be cancelled, Forbidden. Source: requirement A11.
    """
    if by.pk != user.pk and not by.has_perm("portal.manage_people"):
        raise Forbidden
    with transaction.atomic():
        if user.is_doctor:
            _demand_none_coming(user)
        if user.is_patient:
            _cancel_all(user, seen=seen, by=by)
        return standing.close(user, by=by)


def _demand_none_coming(user: User) -> None:
    """With the free times locked nobody books one meanwhile."""
    doctor = Doctor.objects.filter(user=user).values_list("pk", flat=True).first()
    if doctor is None:
        return
    locks.doctor(doctor)
    free = Slot.objects.filter(doctor=doctor, ends_at__gt=timezone.now())
    locks.hold_slots(list(free.values_list("pk", flat=True)))
    if coming(user):
        raise PortalError(_("Appointments are still to come. Hand them over or cancel first."))


def _cancel_all(user: User, *, seen: Collection[int], by: User) -> None:
    patient = Patient.objects.filter(user=user).first()
    if patient:
        cancel_coming(patient, seen=seen, by=by)


def cancel_coming(
    patient: Patient, *, seen: Collection[int], offered: Collection[int] = (), by: User
) -> tuple[Patient, dict[int, Slot]]:
    """Cancel what is to come of a patient, for use within a larger transaction; returns the patient
    and the slots, which are locked then. `offered`: ids of further slots that are locked with them.

    `seen`: the ids of those that the page has listed. Locks slots, patient, appointments. Writes
    slots, appointments, AuditEvents and Notifications. Raises StaleState if others are coming than
    were seen, PortalError if one can no longer be cancelled.
    """
    expected = {one.pk: one.slot_id for one in coming_of(patient)}
    slots = locks.slots(*expected.values(), *offered)
    patient = locks.patient(patient.pk, by=by)
    held = locks.appointments(expected, of=[slots[pk].pk for pk in expected.values()])
    if {one.pk for one in held} != set(seen) or {one.pk for one in coming_of(patient)} != set(seen):
        raise StaleState
    settings = ClinicSettings.current()
    for one in held:
        if not appointments.can_change(one, by=by, settings=settings):
            said = _("It is too late to cancel %(reference)s online. Please call the office.")
            raise PortalError(said % {"reference": one.reference})
        was_request = one.state == AppointmentState.REQUESTED
        reason = "" if was_request else CancelReason.OTHER
        appointments.cancel_held(one, slots[one.slot_id], reason=reason, by=by)
    return patient, slots
