"""Somebody books for a patient who asks to be erased, or who is being erased (requirement A19)."""

from functools import partial
from unittest.mock import patch

import pytest

from portal.appointments.services import appointments, leaving, obstacles
from portal.erasure.services import asking, erasing
from portal.errors import ErasedPatient, ErasureWaits, StaleState
from portal.models import LIVE, Appointment, ErasureRequest, Patient, locks
from tests.erasure.conftest import make_due
from tests.factories import AdminFactory, AppointmentFactory, PatientFactory, SlotFactory, in_days
from tests.reliability.pairs import counted, meet

pytestmark = pytest.mark.django_db(transaction=True)


class Leaving:
    """A patient with one appointment to come, a free time, and what is done with both."""

    def __init__(self):
        self.patient = PatientFactory()
        self.coming = AppointmentFactory(patient=self.patient, starts_at=in_days(2))
        self.slot = SlotFactory(starts_at=in_days(3))
        self.book = partial(
            appointments.book, self.slot.pk, patient_id=self.patient.pk, by=AdminFactory()
        )
        self.ask = partial(asking.ask, self.patient, seen=[self.coming.pk], by=self.patient.user)

    def wait(self) -> ErasureRequest:
        """The request is made, and its time is over."""
        made = self.ask()
        make_due(made)
        return ErasureRequest.objects.get(pk=made.pk)


def live() -> list[int]:
    return list(Appointment.objects.filter(state__in=LIVE).values_list("pk", flat=True))


def nothing(*_arguments, **_options) -> None:
    pass


def test_A19_a_booking_while_the_erasure_is_asked_for_is_refused():
    one = Leaving()

    with counted() as found:
        asked, booked = meet(one.ask, one.book, leaving, "cancel_coming")

    assert (type(asked), type(booked), found) == (ErasureRequest, ErasureWaits, [0])
    assert live() == []


def test_A19_a_booking_that_came_first_is_shown_before_it_is_cancelled():
    one = Leaving()

    with counted() as found:
        booked, asked = meet(one.book, one.ask, obstacles, "check_patient_is_free")

    assert (type(booked), type(asked), found) == (Appointment, StaleState, [0])
    assert sorted(live()) == sorted([one.coming.pk, booked.pk])
    assert not ErasureRequest.objects.exists()


def test_A19_a_booking_while_the_worker_erases_is_refused():
    one = Leaving()
    request = one.wait()

    with counted() as found:
        erased, booked = meet(
            partial(erasing.erase, request, by=None), one.book, erasing, "person_of"
        )

    assert (erased, type(booked), found) == (True, ErasedPatient, [0])
    assert live() == []
    assert Patient.objects.get(pk=one.patient.pk).erased_at


def test_A19_two_workers_erase_once():
    one = Leaving()
    erase = partial(erasing.erase, one.wait(), by=None)

    first, second = meet(erase, erase, erasing, "person_of")

    assert (first, second) == (True, False)


def test_A19_who_withdraws_while_the_worker_erases_is_too_late():
    one = Leaving()
    request = one.wait()

    erased, withdrawn = meet(
        partial(erasing.erase, request, by=None),
        partial(asking.withdraw, request, by=one.patient.user),
        erasing,
        "person_of",
    )

    assert (erased, type(withdrawn)) == (True, ErasedPatient)


def test_proof_that_a_booking_would_be_for_somebody_who_is_erased():
    """Without the check of the request and the look at the patient under the lock."""
    one = Leaving()
    request = one.wait()

    with (
        patch.object(obstacles, "check_stays", nothing),
        patch.object(locks, "_demand_there", nothing),
    ):
        meet(partial(erasing.erase, request, by=None), one.book, erasing, "person_of")

    assert Appointment.objects.get(pk__in=live()).patient == one.patient
    assert Patient.objects.get(pk=one.patient.pk).erased_at


def test_proof_that_a_request_would_wait_beside_an_appointment():
    one = Leaving()

    with patch.object(obstacles, "check_stays", nothing):
        meet(one.ask, one.book, leaving, "cancel_coming")

    assert len(live()) == 1
    assert ErasureRequest.objects.waiting().exists()
