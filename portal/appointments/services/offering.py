"""Offering a freed slot to the entries of the waiting list, one after the other (B15, B20).

Everything here runs inside the transaction of the caller, who has locked the slot. It never waits
for a lock: a patient who is locked by another booking is skipped. So it cannot deadlock, whatever
else the caller has locked.
"""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from portal.appointments.queries.waits import in_line
from portal.audit.services import audit
from portal.enums import DoctorState, OfferState, SlotState, WaitState
from portal.models import Appointment, ClinicSettings, Offer, Patient, Slot, User, Wait, locks
from portal.notifications.services import notifications
from portal.notifications.services.queue import later
from portal.slots.queries.absences import times_off
from portal.slots.queries.closures import closure_of

SHORTEST = timedelta(minutes=5)  # with less time no offer is made


def offer(slot: Slot, *, freed_at: datetime | None = None) -> Offer | None:
    """Reserve the slot, which is locked and open, for the first entry that it fits; None if there
    is none.

    `slot` has its doctor, doctor's user and office loaded. Entries that got an offer since
    `freed_at` (UTC) are left out; None means now. The offer lasts as long as the clinic's settings
    say, and at most half of the time until patients can no longer book the slot. Locks the patient.
    Writes the slot, an Offer, an AuditEvent and Notifications. One query if nobody waits. Source:
    requirements B15, B20.
    """
    now = timezone.now()
    if not _can_be_offered(slot, now):
        return None
    freed_at = freed_at or now
    waits = in_line(slot, freed_at=freed_at)
    first = waits.first()
    if first is None:
        return None
    settings = ClinicSettings.current()
    until = _until(slot, now, settings)
    if until is None or times_off(slot.doctor, slot.starts_at, slot.ends_at) or closure_of(slot):
        return None
    wait = first if _hold(first, waits) else _next_free(waits, first)
    return _make(wait, slot, freed_at, until, settings) if wait else None


def end(ended: Offer, *, slot: Slot, state: OfferState, by: User | None) -> Offer | None:
    """End an offer that is not accepted; it is locked, and so is its slot. The next entry gets an
    offer, or the slot becomes free for everyone. Returns the next offer.

    Writes the offer, the slot, AuditEvents and Notifications. Source: requirement B15.
    """
    ended.state = state
    ended.save(update_fields=["state"])
    audit.record(
        f"offer_{state}", ended, by=by, patient=ended.wait.patient, slot=slot.pk, wait=ended.wait_id
    )
    freed = Slot.objects.filter(pk=slot.pk, state=SlotState.OFFERED).update(state=SlotState.OPEN)
    if not freed:
        return None
    slot.state = SlotState.OPEN
    return offer(slot, freed_at=ended.freed_at)


def void_all(slots: list[Slot], *, by: User | None) -> None:
    """Withdraw the offers of these slots, which are locked, because the slots will not be
    available; notify the patients.

    Locks the waits and offers. Writes them, the slots, AuditEvents and Notifications; the slots are
    open afterwards.
    """
    offered = {slot.pk: slot for slot in slots}
    for found in locks.open_offers(offered):
        slot = offered[found.slot_id]
        end(found, slot=slot, state=OfferState.VOID, by=by)
        tell_gone("offer_withdrawn", found, slot=slot, by=by)


def leave_all(patient: Patient, slots: dict[int, Slot], *, by: User | None) -> None:
    """End all entries and offers of a patient, who is locked, as are the slots on offer to them.

    An offer of a slot that is not among `slots` ends with the next run of the job, as its entry is
    closed. Locks the waits and offers. Writes them, the slots, AuditEvents and Notifications.
    """
    for wait in Wait.objects.waiting().filter(patient=patient).order_by("pk"):
        close_wait(wait, WaitState.LEFT, by=by)
    for found in locks.open_offers(slots):
        if found.wait.patient_id == patient.pk:
            end(found, slot=slots[found.slot_id], state=OfferState.VOID, by=by)


def tell_gone(event: str, ended: Offer, *, slot: Slot, by: User | None) -> None:
    """Notify the patient, whose entry stays open, why the time is no longer offered. Writes
    Notifications."""
    ended.slot = slot  # its office and doctor are loaded
    notifications.tell(event, about=ended, by=by)


def end_waits(appointment: Appointment, *, by: User | None) -> None:
    """Close the entries for an earlier time of an appointment that was cancelled.

    Writes Waits and AuditEvents; one query if there are none. The next run of the job withdraws an
    open offer.
    """
    for wait in Wait.objects.waiting().filter(appointment=appointment.pk):
        close_wait(wait, WaitState.LEFT, by=by)


def close_wait(wait: Wait, state: WaitState, *, by: User | None) -> bool:
    """Close an open entry by a conditional update. Writes it and an AuditEvent."""
    closed = Wait.objects.filter(pk=wait.pk, state=WaitState.WAITING).update(state=state)
    if closed:
        wait.state = state
        patient = Patient(pk=wait.patient_id)
        audit.record(f"wait_{state}", wait, by=by, patient=patient)
    return bool(closed)


def facts_of(offer: Offer, slot: Slot) -> dict:
    """The facts of an offer that a message may contain: nothing clinical."""
    return {
        "offer": offer.pk,
        "starts_at": slot.starts_at.isoformat(),
        "ends_at": slot.ends_at.isoformat(),
        "expires_at": offer.expires_at.isoformat(),
        "zone": slot.office.time_zone,
        "office": slot.office.name,
        "phone": str(slot.office.phone),
        "doctor": slot.doctor.name,
        "patient": offer.wait.patient.name,
        "moves": offer.wait.appointment_id is not None,
    }


def _can_be_offered(slot: Slot, now: datetime) -> bool:
    """Slots of doctors who accept each request themselves are not offered; patients request
    them."""
    doctor = slot.doctor
    return (
        slot.state == SlotState.OPEN
        and slot.starts_at > now
        and slot.released_at is not None
        and slot.released_at <= now
        and doctor.state == DoctorState.APPROVED
        and doctor.user.is_active
        and not doctor.on_request
    )


def _until(slot: Slot, now: datetime, settings: ClinicSettings) -> datetime | None:
    """When an offer made now ends (UTC); None if the time is too short, or the slot too far
    ahead."""
    if slot.starts_at > now + settings.horizon:
        return None
    left = slot.starts_at - settings.minimum_notice - now
    lasts = min(settings.offer_lasts, left / 2)
    return now + lasts if lasts >= SHORTEST else None


def _hold(wait: Wait, waits: QuerySet[Wait]) -> bool:
    """Lock the patient without waiting, and check again: they may have got an offer or an
    appointment since the waiting list was read."""
    if not locks.patient_unless_busy(wait.patient_id):
        return False
    return waits.filter(pk=wait.pk).exists()


def _next_free(waits: QuerySet[Wait], first: Wait) -> Wait | None:
    return next((wait for wait in waits if wait.pk != first.pk and _hold(wait, waits)), None)


def _make(
    wait: Wait, slot: Slot, freed_at: datetime, until: datetime, settings: ClinicSettings
) -> Offer | None:
    if not Slot.objects.filter(pk=slot.pk, state=SlotState.OPEN).update(state=SlotState.OFFERED):
        return None
    slot.state = SlotState.OFFERED
    made = Offer.objects.create(wait=wait, slot=slot, freed_at=freed_at, expires_at=until)
    audit.record(
        "offer",
        made,
        by=None,
        patient=wait.patient,
        slot=slot.pk,
        starts_at=slot.starts_at.isoformat(),
        expires_at=until.isoformat(),
    )
    if settings.waitlist_books_at_once and _may_book(wait, slot):
        later("book_offered", offer_id=made.pk)
    else:
        notifications.tell("slot_offered", about=made, by=None)
    return made


def _may_book(wait: Wait, slot: Slot) -> bool:
    """The booking is made in the name of the user who made the entry. If that user has left the
    clinic, the patient is asked."""
    by = wait.made_by
    return by.has_perm("portal.book_slot", slot) and by.has_perm(
        "portal.book_for_patient", wait.patient
    )
