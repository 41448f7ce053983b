"""The day of an appointment: arrived, in the room, completed, did not attend, undo (B14)."""

from datetime import datetime, timedelta

import pytest
import time_machine

from portal.appointments.services import presence
from portal.errors import Forbidden, Overlap, PortalError, StaleState, TooLate
from portal.models import AuditEvent
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    PatientFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def appointment():
    """Wednesday 4 March 2026, 12:00 in Madrid."""
    doctor = DoctorFactory()
    return AppointmentFactory(
        doctor=doctor, starts_at=datetime(2026, 3, 4, 12, tzinfo=doctor.office.zone)
    )


@pytest.fixture
def noon():
    with time_machine.travel("2026-03-04 12:00 +0100", tick=False) as clock:
        yield clock


def state_of(appointment) -> str:
    appointment.refresh_from_db()
    return appointment.state


@pytest.mark.parametrize("who", ["doctor", "assistant", "admin"])
def test_B14_from_the_door_to_the_end(appointment, noon, who):
    by = {
        "doctor": appointment.doctor.user,
        "assistant": AssistantFactory(offices=[appointment.office]).user,
        "admin": AdminFactory(),
    }[who]

    arrived = presence.arrive(appointment, by=by)
    noon.shift(timedelta(minutes=10))
    seen = presence.call_in(arrived, by=by)
    completed = presence.complete(seen, by=by)

    assert state_of(appointment) == "completed"
    assert completed.in_room_at - completed.arrived_at == timedelta(minutes=10)
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["arrive", "call_in", "complete"]
    appointment.slot.refresh_from_db()
    assert appointment.slot.state == "taken"


def test_B14_each_mark_can_be_taken_back_the_same_day(appointment, noon):
    by = appointment.doctor.user
    now = appointment
    for mark in (presence.arrive, presence.call_in, presence.complete):
        now = mark(now, by=by)

    steps = []
    for _step in range(3):
        now = presence.undo(now, by=by)
        steps.append((now.state, bool(now.in_room_at), bool(now.arrived_at)))

    assert steps == [
        ("arrived", True, True),
        ("arrived", False, True),
        ("confirmed", False, False),
    ]
    with pytest.raises(StaleState):
        presence.undo(now, by=by)


def test_B14_completed_at_once_means_they_had_come(appointment, noon):
    completed = presence.complete(appointment, by=appointment.doctor.user)

    assert completed.arrived_at is not None
    assert presence.undo(completed, by=appointment.doctor.user).state == "arrived"


def test_B14_no_show_only_after_the_start(appointment, noon):
    noon.shift(timedelta(minutes=-1))
    with pytest.raises(PortalError, match="has not started"):
        presence.no_show(appointment, by=appointment.doctor.user)

    noon.shift(timedelta(minutes=20))
    missed = presence.no_show(appointment, by=appointment.doctor.user)

    assert missed.state == "no_show"
    assert presence.undo(missed, by=appointment.doctor.user).state == "confirmed"


def test_B14_not_on_another_day(appointment):
    by = appointment.doctor.user
    with time_machine.travel("2026-03-03 23:59 +0100", tick=False), pytest.raises(TooLate):
        presence.arrive(appointment, by=by)
    with time_machine.travel("2026-03-05 00:01 +0100", tick=False):
        with pytest.raises(TooLate):
            presence.arrive(appointment, by=by)
        missed = presence.no_show(appointment, by=by)  # forgotten on the day, noted later
        with pytest.raises(TooLate):
            presence.undo(missed, by=by)


def test_B14_the_day_is_the_offices(noon):
    doctor = DoctorFactory(office__time_zone="Pacific/Auckland")
    starts_at = datetime(2026, 3, 5, 1, tzinfo=doctor.office.zone)  # 13:00 of the 4th in Madrid
    appointment = AppointmentFactory(doctor=doctor, starts_at=starts_at)

    assert presence.arrive(appointment, by=doctor.user).state == "arrived"


def test_B14_not_twice(appointment, noon):
    by = appointment.doctor.user
    presence.arrive(appointment, by=by)

    with pytest.raises(StaleState):
        presence.arrive(appointment, by=by)


def test_B14_call_in_needs_an_arrival(appointment, noon):
    with pytest.raises(StaleState):
        presence.call_in(appointment, by=appointment.doctor.user)


@pytest.mark.parametrize(
    "mark", [presence.arrive, presence.call_in, presence.complete, presence.undo]
)
def test_B14_patients_and_strangers_may_not(appointment, noon, mark):
    presence.arrive(appointment, by=appointment.doctor.user)
    appointment.refresh_from_db()

    for stranger in (appointment.patient.user, PatientFactory().user, DoctorFactory().user):
        with pytest.raises(Forbidden):
            mark(appointment, by=stranger)


def test_B14_undo_of_a_no_show_whose_time_is_taken_again(appointment, noon):
    noon.shift(timedelta(minutes=20))
    missed = presence.no_show(appointment, by=appointment.doctor.user)
    AppointmentFactory(patient=appointment.patient, starts_at=appointment.starts_at)

    with pytest.raises(Overlap):
        presence.undo(missed, by=appointment.doctor.user)

    assert state_of(appointment) == "no_show"
