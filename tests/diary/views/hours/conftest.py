"""Tuesday noon, a doctor in Madrid, a fortnight's horizon."""

import pytest
import time_machine

from portal.models import ClinicSettings
from tests.plugins.people import signed_in
from tests.setups.diary import NOW


@pytest.fixture(autouse=True)
def _tuesday_noon(db):
    with time_machine.travel(NOW, tick=False):
        ClinicSettings.objects.create(pk=1, horizon_days=14)
        yield


@pytest.fixture
def doctor(_tuesday_noon, doctor):
    return doctor


@pytest.fixture
def as_doctor(doctor):
    return signed_in(doctor.user)
