"""Answering an offer: accept the time, or decline it (requirements B15, B20)."""

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appointments.queries import waits
from portal.appointments.services import holding, making, moving, obstacles, offering
from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import OfferState, SlotState, WaitState
from portal.errors import OfferGone, PortalError
from portal.models import Appointment, ClinicSettings, Offer, Office, Slot, User, Wait, locks
from portal.permissions.authority import demand

AT_A_TIME = 500  # offers that one run of the job ends, and entries for which it searches times
TRIES = 20  # times that one run checks for one entry


def accept(offer: Offer, *, by: User) -> Appointment:
    """The patient accepts the offered time. For an entry for an earlier time the appointment moves
    there, and the time that it leaves is offered to the next entry.

    The clinic proposed it, so neither the cut-off nor the maximum number of moves applies. Locks
    the slots, the patient, the appointment, the wait, the offer. Writes them, AuditEvents and
    Notifications. Raises OfferGone, SlotTaken, Overlap, TooLate, LimitReached, Forbidden. Source:
    requirements B15, B20.
    """
    return _accepted(offer, by=by, is_asked=True)


@retried
def decline(offer: Offer, *, by: User) -> Offer:
    """The patient declines; the next entry gets the offer. An entry for exactly this slot is
    closed.

    Locks the slot, the wait, the offer. Writes them. Raises OfferGone, Forbidden. Source:
    requirement B15.
    """
    with transaction.atomic():
        slot = locks.slot(offer.slot_id)
        offer = locks.offer(offer.pk)
        demand(by, "portal.book_for_patient", offer.wait.patient)
        demand(by, "portal.book_slot", slot)
        _check_good(offer)
        if offer.wait.slot_id:
            offering.close_wait(offer.wait, WaitState.LEFT, by=by)
        offering.end(offer, slot=slot, state=OfferState.DECLINED, by=by)
    return offer


def book_at_once(offer_id: int, *, by: User | None) -> Appointment | None:
    """Book the offered slot for the patient, if the clinic's settings say to book without asking.

    The appointment is booked in the name of the user who made the entry. If it cannot be booked,
    the next entry gets the offer, and None is returned. Safe to run again. Source: requirement B15.
    """
    offer = Offer.objects.select_related("wait__made_by").get(pk=offer_id)
    try:
        return _accepted(offer, by=offer.wait.made_by, is_asked=False)
    except PortalError:
        _end(offer.pk, offer.slot_id, by=by, anyway=True)
    return None


def pass_on(*, by: User | None) -> int:
    """The periodic job: end offers that have expired, or cannot be accepted any more, and make the
    next offer. Each is a transaction of its own; a second parallel run finds them ended.

    Returns how many were ended. Source: requirements B15, B20.
    """
    moot = ~Q(slot__state=SlotState.OFFERED) | ~Q(wait__state=WaitState.WAITING)
    over = Offer.objects.open().filter(Q(expires_at__lte=timezone.now()) | moot)
    due = list(over.order_by("expires_at", "pk").values_list("pk", "slot_id")[:AT_A_TIME])
    return sum(_end(pk, slot_id, by=by) for pk, slot_id in due)


def offer_new(*, by: User | None) -> int:
    """The periodic job: offer times that became bookable since an entry was made, without being
    freed; see `queries.waits.new_times`. Freed times are offered by the services that free them.

    Each is a transaction of its own that locks the slot; the order of entries for that slot decides
    who gets the offer. Returns how many offers were made. Source: requirement B15.
    """
    settings, offices, made = ClinicSettings.current(), list(Office.objects.all()), 0
    for wait in waits.waiting_for_any()[:AT_A_TIME]:
        slots = waits.new_times(wait, settings, offices).values_list("pk", flat=True)
        for slot_id in slots[:TRIES]:
            offer = _offer_new(slot_id)
            made += offer is not None
            if offer and offer.wait_id == wait.pk:
                break
    return made


@retried
def _offer_new(slot_id: int) -> Offer | None:
    with transaction.atomic():
        slot = locks.slot(slot_id)
        return offering.offer(slot, freed_at=slot.released_at)


@retried
def _accepted(offer: Offer, *, by: User, is_asked: bool) -> Appointment:
    try:
        with transaction.atomic():
            return _accept(offer, by=by, is_asked=is_asked)
    except IntegrityError as error:
        raise obstacles.refusal_of(error) from error


def _accept(offer: Offer, *, by: User, is_asked: bool) -> Appointment:
    wait = Wait.objects.select_related("appointment").get(pk=offer.wait_id)
    left = [wait.appointment.slot_id] if wait.appointment else []
    slots = locks.slots(offer.slot_id, *left)
    slot, settings = slots[offer.slot_id], ClinicSettings.current()
    patient = locks.patient(wait.patient_id, by=by)
    earlier = locks.appointment(wait.appointment.pk) if wait.appointment else None
    offer = locks.offer(offer.pk)
    demand(by, "portal.book_for_patient", patient)
    demand(by, "portal.book_slot", slot)
    _check_good(offer)
    if earlier:
        _check_earlier(earlier, wait, slot, slots)
    obstacles.check_bookable(slot, by=by, settings=settings, is_offered=True)
    obstacles.check_patient_is_free(
        patient, slot, by=by, settings=settings, leaving=earlier.pk if earlier else None
    )
    holding.take_offered(slot)
    _served(offer, by=by if is_asked else None)
    if not earlier:
        return making.make_confirmed(slot, patient=patient, by=by, reason=wait.reason)
    earlier.moves -= by.is_patient  # what the clinic proposes is none of the patient's own moves
    return moving.move_to_slot(earlier, slots[earlier.slot_id], slot, by=by)


def _check_good(offer: Offer) -> None:
    if offer.state == OfferState.ACCEPTED:
        raise OfferGone(_("This time has been taken up already."))
    if offer.state == OfferState.DECLINED:
        raise OfferGone(_("This time was declined, and has gone to the next in line."))
    if offer.state == OfferState.EXPIRED or offer.expires_at <= timezone.now():
        raise OfferGone(_("The time for answering is over, so this time goes to the next in line."))
    if not offer.is_good or offer.wait.state != WaitState.WAITING:
        raise OfferGone


def _check_earlier(
    appointment: Appointment, wait: Wait, slot: Slot, slots: dict[int, Slot]
) -> None:
    is_its_slot = appointment.slot_id in slots
    if not is_its_slot or not appointment.can("reschedule") or appointment.has_started:
        raise OfferGone(_("The appointment that was to be moved has changed meanwhile."))
    if appointment.starts_at <= slot.starts_at and not wait.slot_id:
        raise OfferGone(_("The appointment is earlier than this time by now."))


def _served(offer: Offer, *, by: User | None) -> None:
    offer.state = OfferState.ACCEPTED
    offer.save(update_fields=["state"])
    audit.record(
        "offer_accepted",
        offer,
        by=by,
        patient=offer.wait.patient,
        slot=offer.slot_id,
        wait=offer.wait_id,
    )
    offering.close_wait(offer.wait, WaitState.SERVED, by=by)


@retried
def _end(pk: int, slot_id: int, *, by: User | None, anyway: bool = False) -> bool:
    with transaction.atomic():
        slot = locks.slot(slot_id)
        offer = locks.offer(pk)
        if offer.state != OfferState.OPEN:
            return False
        is_over = offer.expires_at <= timezone.now()
        is_moot = slot.state != SlotState.OFFERED or offer.wait.state != WaitState.WAITING
        if not (is_over or is_moot or anyway):
            return False
        state = OfferState.VOID if is_moot or anyway else OfferState.EXPIRED
        offering.end(offer, slot=slot, state=state, by=by)
        if state == OfferState.EXPIRED:
            offering.tell_gone("offer_expired", offer, slot=slot, by=by)
        elif is_moot and offer.wait.state == WaitState.WAITING:
            offering.tell_gone("offer_withdrawn", offer, slot=slot, by=by)
    return True
