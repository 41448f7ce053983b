"""What can be done to an appointment, by whom, when, and what its page shows for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from portal.appointments.services import appointments, presence, requests
from portal.diary.services import transfers
from portal.models import TRANSITIONS
from tests.factories import (
    DoctorFactory,
    SlotFactory,
)

DESK = {"its doctor", "assistant", "admin"}
ANY_OF_ITS = DESK | {"its patient"}
ROLES = sorted(ANY_OF_ITS | {"another patient", "another doctor", "assistant elsewhere"})
BEFORE, DURING = timedelta(hours=-2), timedelta(minutes=5)  # from the start of the appointment


@dataclass(frozen=True)
class Action:
    """`verbs` are those of the table; `link` is what the appointment's page shows for it."""

    verbs: tuple[str, ...]
    act: Callable
    who: set[str]
    at: timedelta
    link: str


def _cancel(one, by):
    return appointments.cancel(one, by=by, reason="personal")


def _reschedule(one, by):
    later = one.ends_at + timedelta(hours=3)
    slot = SlotFactory(doctor=one.doctor, starts_at=later)
    return appointments.reschedule(one, slot_id=slot.pk, by=by)


def _transfer(one, by):
    colleague = DoctorFactory(office=one.office, specialty=one.doctor.specialty)
    return transfers.transfer(one, to=colleague, by=by)


def _mark(verb):
    return lambda one, by: getattr(presence, verb)(one, by=by)


ACTIONS = {
    "accept": Action(
        ("accept",), lambda one, by: requests.accept(one, by=by), DESK, BEFORE, "accept/"
    ),
    "decline": Action(
        ("decline",),
        lambda one, by: requests.decline(one, by=by, reason="Fully booked"),
        DESK,
        BEFORE,
        "decline/",
    ),
    "cancel": Action(("cancel",), _cancel, ANY_OF_ITS, BEFORE, "cancel/"),
    "reschedule": Action(("reschedule",), _reschedule, ANY_OF_ITS, BEFORE, "reschedule/"),
    "transfer": Action(("transfer",), _transfer, DESK, BEFORE, "transfer/"),
    "arrive": Action(("arrive",), _mark("arrive"), DESK, DURING, "mark/arrive/"),
    "complete": Action(("complete",), _mark("complete"), DESK, DURING, "mark/complete/"),
    "no_show": Action(("no_show",), _mark("no_show"), DESK, DURING, "mark/no-show/"),
    "undo": Action(
        ("undo_arrive", "undo_complete", "undo_no_show"),
        _mark("undo"),
        DESK,
        DURING,
        "mark/undo/",
    ),
}


def target_of(action: Action, state: str) -> str | None:
    """Where the table lets the action lead from `state`; None if it does not start there."""
    ways = [TRANSITIONS[verb] for verb in action.verbs]
    return next((target for starts, target in ways if state in starts), None)
