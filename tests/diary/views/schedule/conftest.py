"""The doctor of these pages works in Madrid; it is Tuesday 3 March 2026, noon there."""

import pytest
import time_machine

from tests.factories import OfficeFactory
from tests.plugins.people import signed_in
from tests.setups.diary import NOW


@pytest.fixture(autouse=True)
def _tuesday_noon(db):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def doctor(_tuesday_noon, doctor):
    return doctor


@pytest.fixture
def as_doctor(doctor):
    return signed_in(doctor.user)


@pytest.fixture
def canary(doctor):
    """A second office, an hour behind."""
    return OfficeFactory(name="Canary office", time_zone="Atlantic/Canary")
