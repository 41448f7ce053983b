"""Many patients want one slot at the same moment (B09)."""

from portal.enums import SlotState
from portal.models import Appointment, AuditEvent
from tests.reliability.clinic import (
    booking,
    holders,
    make_patients,
    make_slots,
    statuses,
    won,
    wrong_slots,
)
from tests.servers.client import race

CLIENTS = 200


def race_for_one_slot(portal, clients):
    """The slot that they raced for, and what each was answered."""
    slot, *_others = make_slots(6)
    patients = make_patients(clients)
    return slot, race([booking(portal, patient, slot) for patient in patients])


def test_B09_one_of_200_gets_the_slot_and_199_get_three_other_times(portal):
    slot, answers = race_for_one_slot(portal, CLIENTS)

    slot.refresh_from_db()
    lost = [answer for answer in answers if answer.status == 409]
    assert statuses(answers) == {302: 1, 409: CLIENTS - 1}, portal.log
    assert len(won(answers)) == 1
    assert {answer.text.count("data-other-time") for answer in lost} == {3}
    assert slot.state == SlotState.TAKEN
    assert Appointment.objects.count() == AuditEvent.objects.filter(verb="book").count() == 1
    assert won(answers)[0].location == f"/appointments/{Appointment.objects.get().pk}/booked/"
    assert wrong_slots() == []


def test_the_database_alone_lets_one_win(start_unprotected):
    portal = start_unprotected("locks", "conditional take", constraints=True)

    slot, answers = race_for_one_slot(portal, 6)

    assert holders(slot) == len(won(answers)) == 1
    assert statuses(answers) == {302: 1, 409: 5}, portal.log


def test_the_conditional_take_alone_lets_one_win(start_unprotected):
    portal = start_unprotected("locks")

    slot, answers = race_for_one_slot(portal, 6)

    assert holders(slot) == len(won(answers)) == 1
    assert statuses(answers) == {302: 1, 409: 5}, portal.log


def test_proof_that_the_race_notices_when_nothing_protects_the_slot(start_unprotected):
    portal = start_unprotected("locks", "conditional take")

    slot, answers = race_for_one_slot(portal, 6)

    assert holders(slot) == len(won(answers)) >= 2
    assert wrong_slots() != []
