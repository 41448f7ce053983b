"""Pairs of changes that once waited for each other in a circle, or lost sight of their row.

PostgreSQL breaks such a circle by refusing one of the two, who would see an error. Each proof takes
away what protects the pair, and finds the deadlock, which `retried` alone then hides.
"""

from functools import partial

import pytest
import time_machine

from portal.accounts.services import accounts
from portal.appointments.services import appointments, obstacles, presence, waitlist
from portal.diary.services import transfers
from portal.errors import StaleState
from portal.models import Appointment, Doctor, Patient, User, Wait, locks
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    DoctorFactory,
    PatientFactory,
    SlotFactory,
    in_days,
)
from tests.reliability.pairs import counted, meet, on_postgresql, without

pytestmark = pytest.mark.django_db(transaction=True)


def join_while_the_desk_cancels() -> list:
    held = AppointmentFactory(starts_at=in_days(3))
    cancel = partial(appointments.cancel, held, by=AdminFactory(), reason="health")
    join = partial(waitlist.join_for_earlier, held, by=held.patient.user)
    return meet(cancel, join, appointments, "_check_cancellable")


def cancel_while_the_patient_joins() -> list:
    held = AppointmentFactory(starts_at=in_days(3))
    cancel = partial(appointments.cancel, held, by=AdminFactory(), reason="health")
    join = partial(waitlist.join_for_earlier, held, by=held.patient.user)
    return meet(join, cancel, waitlist, "_check_movable")


def save_profile_while_the_desk_books() -> list:
    patient, slot = PatientFactory(), SlotFactory(starts_at=in_days(3))
    book = partial(appointments.book, slot.pk, patient_id=patient.pk, by=AdminFactory())
    save = partial(
        accounts.update_profile, patient.user, by=patient.user, username="ana", name="Ana"
    )
    return meet(book, save, obstacles, "check_patient_is_free")


def save_profile_while_the_desk_hands_over() -> list:
    """The profile of the doctor who gets the appointment, and is told so."""
    held = AppointmentFactory(starts_at=in_days(3))
    to = DoctorFactory(office=held.office)
    save = partial(accounts.update_profile, to.user, by=to.user, username="ruiz", name="Dr Ruiz")
    hand_over = partial(transfers.transfer, held, to=to, by=AdminFactory())
    return meet(hand_over, save, transfers, "_check_colleague")


def mark_while_the_desk_hands_over() -> list:
    """An hour ahead, on the day itself."""
    with time_machine.travel(in_days(0, 11)):
        held = AppointmentFactory(starts_at=in_days(0, 12))
        to = DoctorFactory(office=held.office)
        mark = partial(presence.complete, held, by=AdminFactory())
        hand_over = partial(transfers.transfer, held, to=to, by=AdminFactory())
        return meet(hand_over, mark, transfers, "_check_colleague")


def test_B15_joining_waits_until_the_cancellation_is_done():
    with counted() as found:
        cancelled, joined = join_while_the_desk_cancels()

    assert (cancelled.state, type(joined), found) == ("cancelled", StaleState, [0])


def test_B15_a_cancellation_waits_until_the_patient_has_joined():
    with counted() as found:
        joined, cancelled = cancel_while_the_patient_joins()

    assert (type(joined), cancelled.state, found) == (Wait, "cancelled", [0])
    assert Wait.objects.get().state == "left"


def test_A05_a_profile_is_saved_while_the_desk_books():
    with counted() as found:
        booked, saved = save_profile_while_the_desk_books()

    assert (type(booked), saved, found) == (Appointment, None, [0])
    assert (User.objects.get(username="ana").name, Patient.objects.get().name) == ("Ana", "Ana")


def test_A05_a_doctors_profile_is_saved_while_the_desk_hands_over():
    with counted() as found:
        handed, saved = save_profile_while_the_desk_hands_over()

    assert (type(handed), saved, found) == (Appointment, None, [0])
    assert Doctor.objects.get(user__username="ruiz") == handed.doctor


def test_B14_a_mark_finds_the_appointment_that_was_handed_over():
    with counted() as found:
        handed, marked = mark_while_the_desk_hands_over()

    assert (type(handed), type(marked), found) == (Appointment, Appointment, [0])
    assert (marked.state, marked.doctor) == ("completed", handed.doctor)


@on_postgresql
def test_proof_that_joining_and_cancelling_would_lock_each_other_out():
    with without(), counted() as found:
        join_while_the_desk_cancels()

    assert found[0] >= 1


@on_postgresql
def test_proof_that_a_profile_and_a_booking_would_lock_each_other_out():
    with without((accounts, "_lock_profile", _own_patient)), counted() as found:
        save_profile_while_the_desk_books()

    assert found[0] >= 1


@on_postgresql
def test_proof_that_a_profile_and_a_handing_over_would_lock_each_other_out():
    unlocked = (accounts, "_lock_profile", lambda user: Doctor.objects.get(user=user))
    with without(unlocked), counted() as found:
        save_profile_while_the_desk_hands_over()

    assert found[0] >= 1


@on_postgresql
def test_proof_that_a_mark_would_not_find_what_it_locks_and_joins_at_once():
    def lock_and_join(pk):
        rows = Appointment.objects.select_for_update(of=("self",), no_key=True)
        return rows.select_related("patient", "doctor", "office").get(pk=pk)

    with without((locks, "appointment", lock_and_join)):
        _handed, marked = mark_while_the_desk_hands_over()

    assert isinstance(marked, Appointment.DoesNotExist)


def _own_patient(user):
    return Patient.objects.get(user=user)
