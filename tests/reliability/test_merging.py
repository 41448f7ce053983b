"""A patient is merged while somebody books for them (requirement A17)."""

from functools import partial
from unittest.mock import patch

import pytest

from portal.appointments.services import appointments, obstacles
from portal.errors import MergedPatient, Overlap
from portal.models import Appointment, PatientMerge, locks
from portal.people.queries.merge_values import fingerprint
from portal.people.services import patient_merges
from tests.factories import AdminFactory, AppointmentFactory, PatientFactory, SlotFactory, in_days
from tests.reliability.pairs import counted, meet

pytestmark = pytest.mark.django_db(transaction=True)


class Two:
    """Two entries of one person, and what the desk does with them."""

    def __init__(self):
        self.kept, self.gone = PatientFactory(user=None), PatientFactory(user=None)
        self.slot = SlotFactory(starts_at=in_days(3))
        self.merge = partial(
            patient_merges.merge,
            self.kept,
            self.gone,
            choices={},
            seen=fingerprint(self.kept, self.gone),
            reason="Twice",
            by=AdminFactory(),
        )
        self.book = partial(
            appointments.book, self.slot.pk, patient_id=self.gone.pk, by=AdminFactory()
        )


def book_while_they_are_merged(two: Two) -> list:
    return meet(two.merge, two.book, patient_merges, "check_mergeable")


def merge_while_one_is_booked(two: Two) -> list:
    return meet(two.book, two.merge, obstacles, "check_patient_is_free")


def test_A17_a_booking_for_the_one_who_goes_is_refused():
    two = Two()

    with counted() as found:
        merged, booked = book_while_they_are_merged(two)

    assert (type(merged), type(booked), found) == (PatientMerge, MergedPatient, [0])
    assert not Appointment.objects.exists()


def test_A17_a_booking_that_came_first_moves_too():
    two = Two()

    with counted() as found:
        booked, merged = merge_while_one_is_booked(two)

    assert (type(booked), type(merged), found) == (Appointment, PatientMerge, [0])
    assert Appointment.objects.get().patient == two.kept


def test_A17_a_booking_that_came_first_and_overlaps_stands_in_the_way():
    two = Two()
    AppointmentFactory(patient=two.kept, starts_at=two.slot.starts_at)

    booked, merged = merge_while_one_is_booked(two)

    assert (type(booked), type(merged)) == (Appointment, Overlap)
    assert not PatientMerge.objects.exists()


def test_proof_that_a_booking_would_be_for_somebody_whom_no_list_shows():
    two = Two()

    with patch.object(locks, "_demand_there", lambda patient: None):
        book_while_they_are_merged(two)

    assert Appointment.objects.get().patient == two.gone
