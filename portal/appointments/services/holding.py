"""Taking and releasing a slot, inside the transaction of the caller, who has locked the slot."""

from portal.appointments.services import offering
from portal.enums import SlotState
from portal.errors import SlotTaken
from portal.models import Slot
from portal.slots.queries.closures import closure_of


def take_open(slot: Slot) -> None:
    """Take a free slot by a conditional update: if several try, one changes the row.

    Raises SlotTaken.
    """
    _take(slot, SlotState.OPEN)


def take_offered(slot: Slot) -> None:
    """Take a slot for the entry to which it is offered; otherwise like `take_open`."""
    _take(slot, SlotState.OFFERED)


def release(slot: Slot, *, withdraw: bool = False) -> None:
    """Free a locked slot. Withdraw it instead if it was made for a walk-in, if `withdraw` is set
    because the doctor will be away, or if the office is closed that day. A freed slot is offered to
    the waiting list, which locks a patient, so call this last (B15)."""
    goes = withdraw or slot.is_extra or closure_of(slot)
    left = SlotState.WITHDRAWN if goes else SlotState.OPEN
    if Slot.objects.filter(pk=slot.pk, state=SlotState.TAKEN).update(state=left):
        slot.state = left
        offering.offer(slot)


def _take(slot: Slot, state: str) -> None:
    if not Slot.objects.filter(pk=slot.pk, state=state).update(state=SlotState.TAKEN):
        raise SlotTaken
