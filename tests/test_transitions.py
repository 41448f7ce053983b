"""The transition table, every state × action × role: nothing undeclared is possible, and what is
declared is on a page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import time_machine

from portal.appointments.services import appointments, presence, requests
from portal.diary.services import transfers
from portal.enums import AppointmentState as State
from portal.errors import PortalError
from portal.models import GONE, TRANSITIONS, Appointment, ClinicSettings
from portal.worker.periodic import JOBS
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    PatientFactory,
    SlotFactory,
)

pytestmark = pytest.mark.django_db

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


@pytest.fixture
def clock():
    with time_machine.travel("2026-03-04 09:00 +0100", tick=False) as clock:
        yield clock


@pytest.fixture
def in_state(clock):
    """`in_state(state)`: an appointment at noon that has come to that state."""
    ClinicSettings.objects.create(pk=1, cancel_cutoff_hours=0)
    doctor = DoctorFactory()
    starts_at = datetime(2026, 3, 4, 12, tzinfo=doctor.office.zone)
    arrived_at = starts_at - timedelta(minutes=10)

    def make(state: str) -> Appointment:
        values = {}
        if state == State.REQUESTED:
            values["answer_by"] = starts_at - timedelta(hours=1)
        if state in (State.ARRIVED, State.COMPLETED):
            values["arrived_at"] = arrived_at
        if state in GONE:
            values["cancelled_at"] = arrived_at - timedelta(hours=4)
        return AppointmentFactory(doctor=doctor, starts_at=starts_at, state=state, **values)

    return make


def person(role: str, one: Appointment):
    make = {
        "its patient": lambda: one.patient.user,
        "its doctor": lambda: one.doctor.user,
        "assistant": lambda: AssistantFactory(offices=[one.office]).user,
        "admin": AdminFactory,
        "another patient": lambda: PatientFactory().user,
        "another doctor": lambda: DoctorFactory().user,
        "assistant elsewhere": lambda: AssistantFactory(offices=[DoctorFactory().office]).user,
    }
    return make[role]()


def test_every_verb_of_the_table_is_tried_here():
    """“expire” is the program’s own; tests/services/test_requests.py tries it."""
    tried = [verb for action in ACTIONS.values() for verb in action.verbs]

    assert sorted([*tried, "expire"]) == sorted(TRANSITIONS)
    assert requests.expire_due in [job.run for job in JOBS.values()]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("name", ACTIONS)
def test_only_what_the_table_declares_is_possible(in_state, clock, name, state, role):
    action, one = ACTIONS[name], in_state(state)
    by = person(role, one)
    clock.move_to(one.starts_at + action.at)
    target = target_of(action, state) if role in action.who else None

    try:
        action.act(one, by)
        refused = False
    except PortalError:
        refused = True

    one.refresh_from_db()
    assert refused == (target is None)
    assert one.state == (target or state)


@pytest.mark.parametrize("role", sorted(ANY_OF_ITS))
@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("name", ACTIONS)
def test_what_is_possible_is_on_the_page_of_the_appointment(
    client, in_state, clock, name, state, role
):
    action, one = ACTIONS[name], in_state(state)
    client.force_login(person(role, one))
    late = timedelta(minutes=15) if name == "no_show" else timedelta()  # offered a while later
    clock.move_to(one.starts_at + action.at + late)

    page = client.get(one.get_absolute_url()).content.decode()

    is_possible = target_of(action, state) is not None and role in action.who
    in_room_first = name == "complete" and state in (State.CONFIRMED, State.ARRIVED)
    if not in_room_first:  # the page leads through “in the room”, by one button at a time
        assert (action.link in page) == is_possible
