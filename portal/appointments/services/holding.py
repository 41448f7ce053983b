"""Taking a slot and letting it go, inside the caller's transaction, which holds the slot."""

from portal.appointments.services import offering
from portal.enums import SlotState
from portal.errors import SlotTaken
from portal.models import Slot
from portal.slots.queries.closures import closure_of


def take_open(slot: Slot) -> None:
    """Take a free slot. Conditional: of any number who try, one changes the row.

    Raises SlotTaken.
    """
    _take(slot, SlotState.OPEN)


def take_offered(slot: Slot) -> None:
    """Take a slot for the one to whom it is on offer; as `take_open`."""
    _take(slot, SlotState.OFFERED)


def release(slot: Slot, *, withdraw: bool = False) -> None:
    """The slot, which is locked, is free again; one that was made for a walk-in goes, and so does
    one whose doctor will not be there (`withdraw`), or whose office is closed that day. A free one
    is kept for whoever waits for it, who is locked by that: so it is best done last (B15)."""
    goes = withdraw or slot.is_extra or closure_of(slot)
    left = SlotState.WITHDRAWN if goes else SlotState.OPEN
    if Slot.objects.filter(pk=slot.pk, state=SlotState.TAKEN).update(state=left):
        slot.state = left
        offering.offer(slot)


def _take(slot: Slot, state: str) -> None:
    if not Slot.objects.filter(pk=slot.pk, state=state).update(state=SlotState.TAKEN):
        raise SlotTaken
