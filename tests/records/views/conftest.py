"""A visit that is over, of the doctor and the patient who are signed in."""

import pytest

from tests.factories import AppointmentFactory, in_days


@pytest.fixture
def visit(doctor, patient):
    return AppointmentFactory(
        doctor=doctor, patient=patient, state="completed", starts_at=in_days(-1)
    )
