"""Checks before a slot is taken, and the translation of database errors into refusals.

Everything here is called inside the transaction of the caller, who has locked the slot and the
patient.
"""

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.enums import DoctorState, SlotState
from portal.errors import (
    Deceased,
    ErasureWaits,
    LimitReached,
    OutsideHours,
    Overlap,
    PortalError,
    SlotTaken,
    StaleState,
    TooLate,
)
from portal.models import ClinicSettings, ErasureRequest, Patient, Slot, User
from portal.slots.services import closures


def check_bookable(
    slot: Slot, *, by: User, settings: ClinicSettings, is_offered: bool = False
) -> None:
    """The doctor accepts patients, and the slot is free, in the future, on an open day, and within
    notice and horizon. One query.

    `is_offered` is set for the entry to which the slot is offered.

    Raises SlotTaken, TooLate, OutsideHours, ClosedDay.
    """
    now = timezone.now()
    if slot.doctor.state != DoctorState.APPROVED or not slot.doctor.user.is_active:
        raise SlotTaken(_("This doctor takes no appointments at present."))
    if slot.starts_at <= now:
        raise TooLate(_("That time has passed."))
    if slot.state != (SlotState.OFFERED if is_offered else SlotState.OPEN):
        raise why_not_free(slot)
    closures.check_slot(slot)
    if by.is_staff:
        return
    if slot.released_at is None or slot.released_at > now:
        raise SlotTaken(_("That time cannot be booked online. Please call the office."))
    if slot.starts_at < now + settings.minimum_notice:
        raise TooLate(_("That time is too soon to be booked online. Please call the office."))
    if slot.starts_at > now + settings.horizon:
        raise OutsideHours(_("That time is too far ahead to be booked yet."))


def why_not_free(slot: Slot) -> SlotTaken:
    """Why a slot that is not open cannot be booked: one query if it is reserved by an offer."""
    offer = slot.state == SlotState.OFFERED and slot.offers.open().first()
    if not offer:
        return SlotTaken()
    until = offer.expires_at.astimezone(slot.office.zone)
    text = _("That time is kept until %(until)s for somebody who waits for it.")
    return SlotTaken(text % {"until": f"{until:%H:%M}"})


def check_patient_is_free(
    patient: Patient,
    slot: Slot,
    *,
    by: User,
    settings: ClinicSettings,
    leaving: int | None = None,
) -> None:
    """The patient is alive and stays, and is free then: checks their live appointments that are not
    over, without the one to be moved. Two queries.

    Raises Overlap, LimitReached, Deceased, ErasureWaits.
    """
    check_lives(patient)
    check_stays(patient, by=by)
    others = patient.appointments.upcoming()
    if leaving:
        others = others.exclude(pk=leaving)
    held = list(others.values_list("starts_at", "ends_at", "slot"))
    if any(starts < slot.ends_at and ends > slot.starts_at for starts, ends, _slot in held):
        if slot.has_requests and any(asked == slot.pk for _starts, _ends, asked in held):
            raise Overlap(_asked_before(patient, by=by))
        raise Overlap(
            _("You already have an appointment at that time.")
            if by.pk == patient.user_id
            else _("%(patient)s already has an appointment at that time.")
            % {"patient": patient.name}
        )
    if by.is_patient and len(held) >= settings.max_upcoming_per_patient:
        text = _(
            "You have %(count)s upcoming appointments, which is as many as can be held at once."
        )
        if by.pk != patient.user_id:
            text = _("%(patient)s has as many upcoming appointments as can be held at once.")
        raise LimitReached(text % {"count": len(held), "patient": patient.name})


def check_lives(patient: Patient) -> None:
    """Nothing is booked, requested or waited for in the name of a dead patient; no query (A16).

    Raises Deceased.
    """
    if patient.deceased_on:
        text = _("%(patient)s is recorded as deceased, so nothing can be booked.")
        raise Deceased(text % {"patient": patient.name})


def check_stays(patient: Patient, *, by: User) -> None:
    """Nothing is begun for a patient who waits to be erased; one query (A19). The patient is
    locked: so a request for erasure sees what was booked before, or this sees the request.

    Raises ErasureWaits.
    """
    if ErasureRequest.objects.waiting().filter(patient=patient).exists():
        own = _("You have asked to be erased. Withdraw that in your profile before you book again.")
        raise ErasureWaits(own if by.is_patient else "")


def refusal_of(error: IntegrityError) -> PortalError:
    """The refusal for an error of the database. The checks come before; this is the last
    protection."""
    text = str(error)
    if "form_token" in text:
        return StaleState(_("This form has been sent before. Please start again."))
    if "patient" in text or "appointment_no_overlap" in text:
        return Overlap(_("There is already an appointment at that time."))
    if "slot" in text:
        return SlotTaken()
    raise error


def _asked_before(patient: Patient, *, by: User) -> str:
    if by.pk == patient.user_id:
        return _("You have already requested this time.")
    if by.is_patient:
        return _("%(patient)s has already requested this time.") % {"patient": patient.name}
    return _("%(patient)s has requested this time: accept the request.") % {"patient": patient.name}
