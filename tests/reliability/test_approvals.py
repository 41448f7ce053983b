"""Two decide about a doctor at once, and a patient books while an approval is withdrawn (A02)."""

from functools import partial

import pytest

from portal.appointments.services import appointments, obstacles
from portal.diary.services import approvals as withdrawals
from portal.enums import DoctorState
from portal.errors import PortalError, StaleState, Unsettled
from portal.models import Appointment, Doctor, Notification, locks
from portal.people.services import approvals
from tests.factories import AdminFactory, DoctorFactory, PatientFactory, SlotFactory, in_days
from tests.reliability.pairs import counted, meet, on_postgresql, without

pytestmark = pytest.mark.django_db(transaction=True)


def approve_while_another_declines() -> tuple[list, Doctor]:
    doctor = DoctorFactory(state=DoctorState.PENDING)
    approve = partial(approvals.approve, doctor, by=AdminFactory())
    decline = partial(approvals.decline, doctor, note="No licence", by=AdminFactory())
    return meet(approve, decline, approvals, "has_confirmed_address"), doctor


def book_and_withdraw() -> tuple[partial, partial, Doctor]:
    doctor, patient = DoctorFactory(), PatientFactory()
    slot = SlotFactory(doctor=doctor, starts_at=in_days(3))
    book = partial(appointments.book, slot.pk, by=patient.user)
    withdraw = partial(withdrawals.withdraw, doctor, choices={}, reason="Left", by=AdminFactory())
    return book, withdraw, doctor


def state_of(doctor: Doctor) -> str:
    return Doctor.objects.get(pk=doctor.pk).state


def test_A02_the_first_of_two_decisions_holds():
    with counted() as found:
        (approved, declined), doctor = approve_while_another_declines()

    assert (type(approved), type(declined), found) == (Doctor, StaleState, [0])
    assert state_of(doctor) == DoctorState.APPROVED
    assert set(Notification.objects.values_list("event", flat=True)) == {"doctor_approved"}


@on_postgresql
def test_proof_that_both_would_be_told_without_the_lock():
    def read_only(pk):
        return Doctor.objects.select_related("user", "office", "specialty").get(pk=pk)

    with without((locks, "doctor", read_only)):
        approve_while_another_declines()

    events = set(Notification.objects.values_list("event", flat=True))
    assert events == {"doctor_approved", "doctor_declined"}


def test_A02_what_is_booked_first_has_to_be_settled():
    book, withdraw, doctor = book_and_withdraw()

    with counted() as found:
        booked, refused = meet(book, withdraw, obstacles, "check_patient_is_free")

    assert (type(booked), type(refused), found) == (Appointment, Unsettled, [0])
    assert state_of(doctor) == DoctorState.APPROVED


def test_A02_nothing_is_booked_once_the_approval_goes():
    book, withdraw, doctor = book_and_withdraw()

    with counted() as found:
        withdrawn, refused = meet(withdraw, book, withdrawals, "_check")

    assert (type(withdrawn), found) == (Doctor, [0])
    assert isinstance(refused, PortalError)
    assert state_of(doctor) == DoctorState.WITHDRAWN
    assert not Appointment.objects.exists()
