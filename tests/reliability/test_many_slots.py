"""Many patients want as many slots at the same moment: none is in another's way."""

from portal.enums import SlotState
from portal.models import Appointment, Slot
from tests.factories import DoctorFactory
from tests.reliability.clinic import (
    booking,
    make_patients,
    make_slots,
    statuses,
    won,
    wrong_slots,
)
from tests.servers.client import race

CLIENTS = 200


def test_200_patients_book_200_slots_at_once(portal):
    doctors = DoctorFactory.create_batch(5)
    slots = [slot for doctor in doctors for slot in make_slots(CLIENTS // 5, doctor=doctor)]
    pairs = zip(make_patients(CLIENTS), slots, strict=True)

    answers = race([booking(portal, patient, slot) for patient, slot in pairs])

    assert statuses(answers) == {302: CLIENTS}, portal.log
    assert len({answer.location for answer in won(answers)}) == CLIENTS
    assert Appointment.objects.count() == CLIENTS
    assert Slot.objects.filter(state=SlotState.TAKEN).count() == CLIENTS
    assert wrong_slots() == []
