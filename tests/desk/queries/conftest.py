"""A day at the front desk."""

from datetime import datetime

import pytest
import time_machine

from tests.factories import AppointmentFactory


@pytest.fixture
def noon():
    with time_machine.travel("2026-03-04 12:00 +0100", tick=False) as clock:
        yield clock


def today(doctor, hour: int, **values):
    return AppointmentFactory(
        doctor=doctor,
        starts_at=datetime(2026, 3, 4, hour, tzinfo=doctor.office.zone),
        **values,
    )
