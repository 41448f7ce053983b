"""The web process dies in the middle of a request: all is there or nothing is (D06).

Killed before each statement, before and after each commit, in turn: appointment, slot, audit event,
notifications and their task stand or fall together.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import count
from uuid import uuid4

import pytest
import urllib3
from django_tasks_db.models import DBTaskResult

from portal.models import Appointment, AuditEvent, Notification, Slot
from tests.factories import AppointmentFactory, DoctorFactory, in_days
from tests.reliability.clinic import make_patients, make_slots, wrong_slots
from tests.servers.client import Answer
from tests.servers.portal import Portal

STEPS = 60  # more than any of these requests has


@pytest.fixture
def start_mortal(start_portal, django_db_blocker):
    with ExitStack() as stack:

        def start(**environment: str) -> Portal:
            # Loaded once: a process that was killed is replaced within milliseconds.
            environment["GUNICORN_CMD_ARGS"] = "--preload"
            portal = start_portal("tests.reliability.killed_wsgi", **environment)
            stack.enter_context(portal.orm(django_db_blocker))
            return portal

        yield start


@dataclass(frozen=True)
class Change:
    """A request, and the traces that it leaves."""

    send: Callable[[int], Answer]
    traces: Callable[[], list[bool]]


def told(appointment: Appointment | None, event: str) -> list[bool]:
    """Whether its messages are there, and the task that sends them."""
    notifications = Notification.objects.filter(appointment=appointment, event=event)
    waiting = set(notifications.filter(state="queued").values_list("pk", flat=True))
    tasks = DBTaskResult.objects.values_list("args_kwargs", flat=True)
    in_tasks = {pk for one in tasks for pk in one["kwargs"].get("ids", [])}
    return [appointment is not None and bool(waiting), bool(waiting) and waiting <= in_tasks]


def audited(appointment: Appointment | None, verb: str) -> bool:
    if appointment is None:
        return False
    return AuditEvent.objects.filter(verb=verb, object_id=appointment.pk).exists()


def post(portal, user, path: str, form: dict) -> Callable[[int], Answer]:
    client = portal.client(user)
    return lambda step: client.post(path, form, **{"X-Die-At": str(step)})


def bookings(portal) -> Iterator[Change]:
    slots = make_slots(STEPS)
    for patient, slot in zip(make_patients(STEPS), slots, strict=True):
        form = {"reason": "", "mode": "in_person", "token": uuid4()}

        def traces(slot=slot) -> list[bool]:
            appointment = Appointment.objects.filter(slot=slot).first()
            is_taken = Slot.objects.get(pk=slot.pk).state == "taken"
            told_of_it = told(appointment, "appointment_confirmed")
            return [appointment is not None, is_taken, audited(appointment, "book"), *told_of_it]

        yield Change(post(portal, patient.user, f"/slots/{slot.pk}/book/", form), traces)


def held(doctor) -> Iterator[Appointment]:
    """A confirmed appointment of a patient of its own, again and again."""
    for number, patient in enumerate(make_patients(STEPS)):
        day, half_hour = divmod(number, 20)
        moment = in_days(10 + day, half_hour // 2, 30 * (half_hour % 2))
        yield AppointmentFactory(patient=patient, doctor=doctor, starts_at=moment)


def cancellations(portal) -> Iterator[Change]:
    for appointment in held(DoctorFactory()):
        form = {"reason": "health", "comment": ""}
        path = f"/appointments/{appointment.pk}/cancel/"

        def traces(appointment=appointment) -> list[bool]:
            now = Appointment.objects.get(pk=appointment.pk)
            return [
                now.state == "cancelled",
                Slot.objects.get(pk=appointment.slot_id).state == "open",
                audited(appointment, "cancel"),
                *told(appointment, "appointment_cancelled"),
            ]

        yield Change(post(portal, appointment.patient.user, path, form), traces)


def moves(portal) -> Iterator[Change]:
    doctor = DoctorFactory()
    for appointment, slot in zip(held(doctor), make_slots(STEPS, doctor=doctor), strict=True):
        path = f"/appointments/{appointment.pk}/reschedule/"

        def traces(appointment=appointment, slot=slot) -> list[bool]:
            return [
                Appointment.objects.get(pk=appointment.pk).slot_id == slot.pk,
                Slot.objects.get(pk=slot.pk).state == "taken",
                Slot.objects.get(pk=appointment.slot_id).state == "open",
                audited(appointment, "reschedule"),
                *told(appointment, "appointment_moved"),
            ]

        yield Change(post(portal, appointment.patient.user, path, {"slot": slot.pk}), traces)


def killed_at_each_step(changes: Iterator[Change]) -> Iterator[tuple[Answer | None, set[bool]]]:
    """What was answered, if anything, and whether the traces are there; until none is killed."""
    for step in count(1):
        change = next(changes)
        answer = answer_of(partial(change.send, step))
        yield answer, set(change.traces())
        if answer is not None:
            return


def answer_of(send: Callable[[], Answer]) -> Answer | None:
    try:
        return send()
    except urllib3.exceptions.ProtocolError:
        return None


@pytest.mark.parametrize("changes", [bookings, cancellations, moves])
def test_D06_a_killed_web_process_leaves_all_or_nothing(start_mortal, changes):
    outcomes = list(killed_at_each_step(changes(start_mortal())))

    *killed, (answer, last) = outcomes
    assert answer.status == 302, answer.text
    assert last == {True}
    assert [traces for _answer, traces in killed if len(traces) != 1] == []
    done = [traces == {True} for _answer, traces in killed]
    assert len(killed) > 10  # statements
    assert done == sorted(done)  # up to a certain step nothing, from then on all
    assert any(done)  # killed between the commit and the answer
    assert wrong_slots() == []


def test_proof_that_it_would_leave_halves_without_transactions(start_mortal):
    outcomes = killed_at_each_step(bookings(start_mortal(UNPROTECTED="transactions")))

    assert any(len(traces) > 1 for _answer, traces in outcomes)
