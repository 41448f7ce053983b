"""A day is closed while patients book on it and doctors add times to it (B03)."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from portal.appointments.services import appointments, obstacles
from portal.diary.services import availability, holidays
from portal.diary.services.closing_days import Decided
from portal.enums import SlotState
from portal.errors import ClosedDay, PortalError, StaleState
from portal.models import Appointment, Doctor, Holiday, Slot
from tests.factories import AdminFactory, DoctorFactory
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

A_WHILE = 1.0  # seconds, in which the other one would be done if nothing stopped it


def closing(doctor: Doctor, *, by) -> Callable[[], Decided]:
    """Closes the day of `grid_of`; looks again, as a person does, when something has changed."""
    day = (timezone.now() + timedelta(days=2)).date()
    values = {"day": day, "name": "Feast", "by": by}

    def close() -> Decided:
        while True:
            seen = holidays.close(doctor.office, confirmed=None, **values)
            try:
                return holidays.close(doctor.office, confirmed=seen.digest, **values)
            except StaleState:
                continue

    return close


def open_on_closed_days() -> int:
    [holiday] = Holiday.objects.all()
    free = Slot.objects.filter(state=SlotState.OPEN, despite_closure=False)
    return free.filter(starts_at__gte=holiday.begins_at, starts_at__lt=holiday.ends_at).count()


def unknown_bookings(decided: Decided) -> set[int]:
    """Slots that were booked on the day without whoever closed it having seen that."""
    booked = set(Appointment.objects.values_list("slot", flat=True))
    return booked - {slot.pk for slot in decided.booked}


def meanwhile(action: Callable[[], object]) -> Callable[[], None]:
    """Begins it in a thread of its own, which has a while to get ahead; `future` is its answer."""
    pool = ThreadPoolExecutor(1)

    def act():
        try:
            return action()
        finally:
            connection.close()  # this thread's own

    def begin():
        if not hasattr(begin, "future"):
            begin.future = pool.submit(act)
            time.sleep(A_WHILE)

    return begin


def test_B03_what_is_booked_on_a_closed_day_was_booked_and_shown_before(portal):
    doctor = DoctorFactory()
    declare(doctor, grid_of(doctor.office))
    slots = list(doctor.slots.all())
    patients = make_patients(len(slots))
    bookings = [booking(portal, *pair) for pair in zip(patients, slots, strict=True)]
    random.shuffle(bookings)
    close = closing(doctor, by=AdminFactory())

    decided, *answers = race([close, *bookings])

    assert set(statuses(answers)) <= {302, 409}, portal.log
    assert len(won(answers)) == Appointment.objects.count() == decided.kept
    assert unknown_bookings(decided) == set()
    assert open_on_closed_days() == 0
    assert wrong_slots() == []


def test_B03_no_time_comes_to_be_on_a_day_that_is_being_closed(portal):
    doctors = [DoctorFactory()]
    doctors += DoctorFactory.create_batch(3, office=doctors[0].office)
    starts = grid_of(doctors[0].office)
    close = closing(doctors[0], by=AdminFactory())

    def declaring(doctor) -> Callable[[], list]:
        def declare_ever_more():
            return [refusal_of(lambda n=n: declare(doctor, starts[:n])) for n in range(1, 8)]

        return declare_ever_more

    _decided, *refusals = race([close, *map(declaring, doctors)])

    found = {type(one) for some in refusals for one in some if one}
    assert found <= {ClosedDay}
    assert open_on_closed_days() == 0


def test_B03_closing_waits_for_a_booking_that_has_begun(database):
    doctor = DoctorFactory()
    declare(doctor, grid_of(doctor.office)[:1])
    slot, [patient] = doctor.slots.get(), make_patients(1)
    close = meanwhile(closing(doctor, by=AdminFactory()))

    with between(obstacles, "check_patient_is_free", close):
        appointments.book(slot.pk, patient_id=patient.pk, by=patient.user)
    decided = close.future.result(timeout=30)

    assert unknown_bookings(decided) == set()
    assert decided.kept == 1


def test_B03_closing_waits_for_a_time_that_is_being_added(database):
    doctor = DoctorFactory()
    close = meanwhile(closing(doctor, by=AdminFactory()))

    with between(availability, "closure_at", close):
        declare(doctor, grid_of(doctor.office)[:1])
    decided = close.future.result(timeout=30)

    assert decided.removed == 1
    assert open_on_closed_days() == 0


def test_proof_that_the_race_notices_a_booking_that_slips_in(database):
    doctor = DoctorFactory()
    declare(doctor, grid_of(doctor.office)[:1])
    slot, [patient] = doctor.slots.get(), make_patients(1)
    close = once(closing(doctor, by=AdminFactory()))

    with without("locks", "conditional take", between=close):
        appointments.book(slot.pk, patient_id=patient.pk, by=patient.user)

    assert unknown_bookings(close.result) == {slot.pk}


def test_proof_that_the_race_notices_a_time_that_slips_in(database):
    doctor = DoctorFactory()
    close = once(closing(doctor, by=AdminFactory()))

    with without("locks", between=lambda: None), between(availability, "closure_at", close):
        declare(doctor, grid_of(doctor.office)[:1])

    assert open_on_closed_days() == 1


def test_B03_without_locks_the_check_still_refuses_what_is_closed(database):
    """A time that slipped in can be booked by nobody."""
    doctor = DoctorFactory()
    [patient] = make_patients(1)
    close = once(closing(doctor, by=AdminFactory()))
    with without("locks", between=lambda: None), between(availability, "closure_at", close):
        declare(doctor, grid_of(doctor.office)[:1])

    with pytest.raises(PortalError, match="Feast"):
        appointments.book(doctor.slots.get().pk, patient_id=patient.pk, by=patient.user)
