"""Cancelling at the same moment as somebody else cancels or books (B13)."""

from functools import partial

from portal.appointments.services import appointments
from portal.enums import AppointmentState, SlotState
from portal.models import Appointment, AuditEvent, Slot
from tests.factories import AppointmentFactory, in_days
from tests.reliability.clinic import (
    booking,
    cancelling,
    holders,
    make_patients,
    once,
    statuses,
    won,
    wrong_slots,
)
from tests.reliability.unprotected import without
from tests.servers.client import race


def cancellations():
    return AuditEvent.objects.filter(verb="cancel").count()


def test_B13_cancelled_from_ten_windows_at_once_it_is_cancelled_once(portal):
    held = AppointmentFactory(starts_at=in_days(3))
    users = [held.patient.user, held.doctor.user] * 5

    answers = race([cancelling(portal, user, held) for user in users])

    held.refresh_from_db()
    assert statuses(answers) == {302: 1, 409: 9}, portal.log
    assert (held.state, held.version, cancellations()) == (AppointmentState.CANCELLED, 2, 1)
    assert wrong_slots() == []


def test_B13_a_slot_cancelled_and_booked_at_once_never_has_two_holders(portal):
    held = [AppointmentFactory(starts_at=in_days(3, hour)) for hour in range(10)]
    patients = make_patients(len(held) * 4)
    actions = []
    for number, one in enumerate(held):
        rivals = patients[number * 4 : number * 4 + 4]
        actions += [cancelling(portal, one.patient.user, one)] * 2
        actions += [booking(portal, rival, one.slot) for rival in rivals]

    answers = race(actions)

    assert set(statuses(answers)) == {302, 409}, portal.log
    assert wrong_slots() == []
    assert max(holders(one.slot) for one in held) <= 1
    assert cancellations() == len(held)
    assert Appointment.objects.filter(state="confirmed").count() == len(won(answers))


def test_proof_that_the_race_notices_two_cancellations(portal):
    held = AppointmentFactory(starts_at=in_days(3))
    cancel = partial(appointments.cancel, held, by=held.doctor.user, reason="health")

    with without("locks", between=once(cancel)):
        cancel()

    assert cancellations() == 2


def test_proof_that_the_race_notices_a_slot_freed_under_its_new_holder(portal):
    """A cancellation, checked before another one but written after the booking that followed it."""
    held = AppointmentFactory(starts_at=in_days(3))
    [rival] = make_patients(1)
    first, book = cancelling(portal, held.doctor.user, held), booking(portal, rival, held.slot)
    cancel_and_book = once(lambda: [first(), book()])

    with without("locks", between=cancel_and_book):
        appointments.cancel(held, by=held.patient.user, reason="health")

    assert statuses(cancel_and_book.result) == {302: 2}, portal.log
    assert Slot.objects.get(pk=held.slot_id).state == SlotState.OPEN
    assert len(wrong_slots()) == 1
