"""Which day it is, and where."""

from datetime import date

import pytest
import time_machine

from portal.clock.today import latest_today, today_at, today_for, today_of_clinic
from tests.factories import (
    AdminFactory,
    AssistantFactory,
    DoctorFactory,
    OfficeFactory,
    PatientFactory,
)

pytestmark = pytest.mark.django_db

LATE = "2026-06-01T22:30Z"
FIRST, SECOND = date(2026, 6, 1), date(2026, 6, 2)


@pytest.fixture
def los_angeles():
    return OfficeFactory(time_zone="America/Los_Angeles")


@pytest.fixture
def auckland(los_angeles):
    return OfficeFactory(time_zone="Pacific/Auckland")


@time_machine.travel(LATE)
def test_each_office_has_a_day_of_its_own(los_angeles, auckland):
    assert today_at(los_angeles) == FIRST
    assert today_at(auckland) == SECOND
    assert today_of_clinic() == FIRST  # at the office that was first
    assert latest_today() == SECOND


@time_machine.travel(LATE)
def test_the_day_is_that_of_the_office_where_somebody_works(los_angeles, auckland):
    assert today_for(DoctorFactory(office=auckland).user) == SECOND
    assert today_for(AssistantFactory(offices=[auckland]).user) == SECOND
    assert today_for(AssistantFactory(all_offices=True).user) == FIRST
    assert today_for(AdminFactory()) == FIRST
    assert today_for(PatientFactory().user) == FIRST


def test_without_an_office_it_is_that_of_greenwich():
    with time_machine.travel(LATE):
        assert today_of_clinic() == FIRST
