"""A doctor who wants to be asked, and those who ask."""

import pytest

from portal.appointments.services import appointments
from tests.factories import PatientFactory, SlotFactory, in_days


@pytest.fixture
def slot(doctor):
    doctor.on_request = True
    doctor.save()
    return SlotFactory(doctor=doctor, starts_at=in_days(5))


@pytest.fixture
def ask(slot):
    """`ask()`: a new patient's request for the slot."""

    def request(slot=slot, patient=None, **values):
        return appointments.book(slot.pk, by=(patient or PatientFactory()).user, **values)

    return request
