"""A doctor withdraws times while patients book them (B05)."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import connection

from portal.appointments.services import appointments, obstacles
from portal.diary.services import availability
from portal.enums import SlotState
from portal.models import Appointment, Slot
from tests.factories import DoctorFactory
from tests.reliability.clinic import (
    booking,
    declare,
    grid_of,
    make_patients,
    once,
    refusal_of,
    statuses,
    won,
    wrong_slots,
)
from tests.reliability.unprotected import between, without
from tests.servers.client import race


def test_B05_a_time_is_either_booked_or_withdrawn_when_the_day_is_saved(portal):
    doctor = DoctorFactory()
    starts = grid_of(doctor.office)
    declare(doctor, starts)
    slots = list(doctor.slots.all())
    changes = []

    def save_ever_less():
        changes.extend(declare(doctor, starts[:kept]) for kept in (20, 16, 12, 8, 4, 0))

    patients = make_patients(2 * len(slots))
    bookings = [
        booking(portal, patient, slot) for patient, slot in zip(patients, 2 * slots, strict=True)
    ]
    random.shuffle(bookings)
    answers = race([save_ever_less, *bookings])[1:]

    assert set(statuses(answers)) <= {302, 409}, portal.log
    assert wrong_slots() == []
    assert Slot.objects.filter(state=SlotState.OPEN).count() == 0
    withdrawn = doctor.slots.filter(state=SlotState.WITHDRAWN)
    assert {slot.starts_at for slot in withdrawn} == {
        start for change in changes for start in change.removed
    }
    assert set(changes[-1].kept_booked) | {slot.starts_at for slot in withdrawn} == set(starts)
    assert len(won(answers)) == Appointment.objects.count() == len(changes[-1].kept_booked)


def test_B05_a_time_is_either_booked_or_withdrawn_when_each_is_removed(portal):
    doctor = DoctorFactory()
    declare(doctor, grid_of(doctor.office))
    slots = list(doctor.slots.all())

    def remove_each():
        remove = partial(availability.remove, by=doctor.user)
        return [refusal_of(partial(remove, slot)) for slot in reversed(slots)]

    patients = make_patients(len(slots))
    bookings = [
        booking(portal, patient, slot) for patient, slot in zip(patients, slots, strict=True)
    ]
    refusals, *answers = race([remove_each, *bookings])

    assert set(statuses(answers)) <= {302, 409}, portal.log
    assert wrong_slots() == []
    assert Slot.objects.filter(state=SlotState.OPEN).count() == 0
    assert len(won(answers)) == len(list(filter(None, refusals)))
    assert {refusal.status for refusal in refusals if refusal} <= {409}


def test_saving_a_day_and_booking_in_it_do_not_wait_for_each_other(database):
    """The day is saved while the booking holds the slot and has yet to refer to the doctor."""
    doctor = DoctorFactory()
    declare(doctor, grid_of(doctor.office)[:1])
    slot, [patient] = doctor.slots.get(), make_patients(1)

    def save():
        try:
            return declare(doctor, [])
        finally:
            connection.close()  # this thread's own

    with ThreadPoolExecutor(1) as pool:

        def save_meanwhile():
            save_meanwhile.change = pool.submit(save)
            time.sleep(0.5)  # until it has locked the doctor and waits for the slot

        with between(obstacles, "check_patient_is_free", save_meanwhile):
            appointments.book(slot.pk, patient_id=patient.pk, by=patient.user)
        change = save_meanwhile.change.result(timeout=30)

    assert change.kept_booked == [slot.starts_at]
    assert wrong_slots() == []


def test_proof_that_the_race_notices_an_unconditional_withdrawal(portal):
    doctor = DoctorFactory()
    declare(doctor, grid_of(doctor.office)[:1])
    [patient] = make_patients(1)
    book = once(booking(portal, patient, doctor.slots.get()))

    with without("locks", "conditional withdrawal", between=book):
        declare(doctor, [])

    assert won([book.result])
    assert len(wrong_slots()) == 1
