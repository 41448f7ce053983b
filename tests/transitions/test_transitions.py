"""The transition table, every state × action × role: nothing undeclared is possible, and what is
declared is on a page."""

from datetime import timedelta

import pytest
import time_machine

from portal.appointments.services import requests
from portal.enums import AppointmentState as State
from portal.errors import PortalError
from portal.models import TRANSITIONS
from portal.worker.periodic import JOBS
from tests.setups.undone import undone
from tests.transitions.actions import ACTIONS, ANY_OF_ITS, ROLES, target_of

pytestmark = pytest.mark.django_db


def test_every_verb_of_the_table_is_tried_here():
    """“expire” is the program’s own; tests/services/test_requests.py tries it."""
    tried = [verb for action in ACTIONS.values() for verb in action.verbs]

    assert sorted([*tried, "expire"]) == sorted(TRANSITIONS)
    assert requests.expire_due in [job.run for job in JOBS.values()]


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("name", ACTIONS)
def test_only_what_the_table_declares_is_possible(world, name, state):
    action, wrong = ACTIONS[name], []
    for role in ROLES:
        one = world.appointment(state)
        by = world.person(role, one)
        target = target_of(action, state) if role in action.who else None
        with undone(), time_machine.travel(one.starts_at + action.at, tick=False):
            refused = _is_refused(action, one, by)
            one.refresh_from_db()
        if refused != (target is None) or one.state != (target or state):
            wrong.append(f"{role}: {one.state} instead of {target or 'a refusal'}")
    assert not wrong, "\n".join(wrong)


def _is_refused(action, one, by) -> bool:
    try:
        action.act(one, by)
    except PortalError:
        return True
    return False


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("name", ACTIONS)
def test_what_is_possible_is_on_the_page_of_the_appointment(world, name, state):
    if name == "complete" and state in (State.CONFIRMED, State.ARRIVED):
        return  # the page leads through “in the room”, by one button at a time
    action, wrong = ACTIONS[name], []
    late = timedelta(minutes=15) if name == "no_show" else timedelta()  # offered a while later
    for role in sorted(ANY_OF_ITS):
        one = world.appointment(state)
        with time_machine.travel(one.starts_at + action.at + late, tick=False):
            client = world.client_of(world.person(role, one))
            with undone():
                page = client.get(one.get_absolute_url()).content.decode()
        is_possible = target_of(action, state) is not None and role in action.who
        if (action.link in page) != is_possible:
            wrong.append(f"{role}: {'no ' if is_possible else ''}link {action.link}")
    assert not wrong, "\n".join(wrong)
