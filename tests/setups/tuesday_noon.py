"""The clock and the doctor of the tests around a diary."""

import pytest
import time_machine

from tests.factories import DoctorFactory
from tests.setups.diary import NOW


@pytest.fixture
def tuesday_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def doctor(tuesday_noon, db):
    return DoctorFactory()
