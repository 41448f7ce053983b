"""A series is booked whole or not at all, whoever else wants one of its times (B11)."""

from uuid import uuid4

import pytest

from portal.appointments.services import series
from portal.enums import SlotState
from portal.models import Appointment, Series, Slot
from tests.factories import AdminFactory, DoctorFactory, SlotFactory, in_days
from tests.reliability.clinic import booking, make_patients, once, statuses, won, wrong_slots
from tests.reliability.unprotected import without
from tests.servers.client import race

LENGTH = 4
ROUNDS = 8


def weekly(hour: int = 9):
    """Free slots of one doctor at the same time of four weeks."""
    doctor = DoctorFactory()
    return [
        SlotFactory(doctor=doctor, starts_at=in_days(7 * n, hour)) for n in range(1, LENGTH + 1)
    ]


def booking_series(portal, desk, patient, slots, *, token=None):
    client, first = portal.client(desk), slots[0]
    local = first.starts_at.astimezone(first.office.zone)
    form = {
        "doctor": first.doctor_id,
        "day": local.date().isoformat(),
        "wall": f"{local:%H:%M}",
        "every_weeks": "1",
        "times": str(len(slots)),
        "reason": "",
        "token": token or uuid4(),
        "book": "1",
    } | {f"choice-{number}": slot.pk for number, slot in enumerate(slots)}
    return lambda: client.post(f"/patients/{patient.pk}/series/new/", form)


def test_B11_a_series_is_whole_or_not_there(portal):
    """In each round somebody books one of its times at the same moment."""
    desk, courses = AdminFactory(), [weekly() for _round in range(ROUNDS)]
    patients, rivals = make_patients(ROUNDS), make_patients(ROUNDS, named="Rival")
    actions = []
    for number, slots in enumerate(courses):
        actions.append(booking_series(portal, desk, patients[number], slots))
        actions.append(booking(portal, rivals[number], slots[number % LENGTH]))

    answers = race(actions)

    assert set(statuses(answers)) == {302, 409}, portal.log
    assert wrong_slots() == []
    for slots, patient, rival in zip(courses, patients, rivals, strict=True):
        of_series, of_rival = patient.appointments.count(), rival.appointments.count()
        assert (of_series, of_rival) in {(LENGTH, 0), (0, 1)}, slots
    assert Series.objects.count() + len(won(answers)) == ROUNDS


def test_B11_two_series_on_the_same_times_do_not_lock_each_other_out(portal):
    """They name the slots in opposite orders."""
    desk, slots = AdminFactory(), weekly()
    patients = make_patients(8)
    actions = [
        booking_series(portal, desk, patient, slots[:: 1 if number % 2 else -1])
        for number, patient in enumerate(patients)
    ]

    answers = race(actions)

    assert statuses(answers) == {302: 1, 409: 7}, portal.log
    assert (Series.objects.count(), Appointment.objects.count()) == (1, LENGTH)
    assert wrong_slots() == []


def test_B11_the_same_form_sent_ten_times_books_one_series(portal):
    desk, slots, [patient] = AdminFactory(), weekly(), make_patients(1)
    token = uuid4()

    answers = race([booking_series(portal, desk, patient, slots, token=token) for _n in range(10)])

    assert statuses(answers) == {302: 10}, portal.log
    assert (Series.objects.count(), patient.appointments.count()) == (1, LENGTH)


@pytest.mark.usefixtures("database")
def test_proof_that_the_race_notices_half_a_series():
    """Without its transaction a series leaves behind what it took before it was refused."""
    slots, desk = weekly(), AdminFactory()
    [patient] = make_patients(1)

    def last_is_taken():
        slots[-1].state = SlotState.TAKEN
        slots[-1].save()

    with without("locks", between=once(last_is_taken)), pytest.raises(series.SeriesBroken):
        series.book_series(
            [slot.pk for slot in slots], patient_id=patient.pk, by=desk, every_days=7
        )

    taken = Slot.objects.filter(state=SlotState.TAKEN).values_list("pk", flat=True)
    assert sorted(taken) == sorted(slot.pk for slot in slots)
    assert not Appointment.objects.exists()
