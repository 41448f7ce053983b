"""One patient, signed in several times, wants two doctors at the same moment (B09)."""

from tests.reliability.clinic import (
    booking,
    live_appointments,
    make_patients,
    make_slots,
    overlaps,
    statuses,
    won,
    wrong_slots,
)
from tests.servers.client import race


def race_for_two_doctors(portal, sessions):
    """The patient, and what each session was answered; the doctors' slots are at one time."""
    [patient] = make_patients(1)
    [[first], [second]] = [make_slots(1), make_slots(1)]
    answers = race(
        [booking(portal, patient, slot) for slot in (first, second) for _session in range(sessions)]
    )
    return patient, answers


def test_B09_a_patient_gets_one_of_two_doctors_at_the_same_time(portal):
    patient, answers = race_for_two_doctors(portal, 10)

    assert statuses(answers) == {302: 1, 409: 19}, portal.log
    assert len(won(answers)) == live_appointments(patient).count() == 1
    assert wrong_slots() == []


def test_the_database_alone_lets_a_patient_be_in_one_place(start_unprotected):
    portal = start_unprotected("locks", constraints=True)

    patient, answers = race_for_two_doctors(portal, 1)

    assert len(won(answers)) == live_appointments(patient).count() == 1
    assert statuses(answers) == {302: 1, 409: 1}, portal.log


def test_proof_that_the_race_notices_when_nothing_protects_the_patient(start_unprotected):
    portal = start_unprotected("locks")

    patient, answers = race_for_two_doctors(portal, 1)

    assert len(won(answers)) == live_appointments(patient).count() == 2
    assert overlaps(live_appointments(patient)) == 1
