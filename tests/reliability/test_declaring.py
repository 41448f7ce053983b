"""A doctor declares times in several windows at the same moment (B02, B04)."""

import pytest

from portal.errors import Overlap
from portal.models import AuditEvent
from tests.factories import DoctorFactory, OfficeFactory
from tests.reliability.clinic import declare, grid_of, once, overlaps, refusal_of
from tests.reliability.unprotected import drop_constraints, without
from tests.servers.client import race


def declare_at_once(doctor, offices):
    """What each window was told; each saves a whole day at one of the offices."""
    windows = [(grid_of(office), office) for office in offices]
    return race(
        [
            lambda starts=starts, office=office: refusal_of(
                lambda: declare(doctor, starts, office=office)
            )
            for starts, office in windows
        ]
    )


@pytest.fixture
def doctor(database):
    return DoctorFactory(office__time_zone="Europe/Madrid")


@pytest.fixture
def far_office(database):
    """Its clock is a quarter of an hour off, so its half hours overlap two of the doctor's."""
    return OfficeFactory(time_zone="Asia/Kathmandu")


def test_B02_a_day_saved_in_eight_windows_at_once_is_declared_once(doctor):
    refusals = declare_at_once(doctor, [doctor.office] * 8)

    assert refusals == [None] * 8
    assert doctor.slots.live().count() == 24
    assert overlaps(doctor.slots.live()) == 0
    assert AuditEvent.objects.filter(verb="declare_day").count() == 1


def test_B04_days_at_two_offices_saved_at_once_do_not_overlap(doctor, far_office):
    refusals = declare_at_once(doctor, [doctor.office, far_office] * 4)

    told = [refusal.status for refusal in refusals if refusal]
    assert told == [409] * 4
    assert overlaps(doctor.slots.live()) == 0
    assert doctor.slots.live().values("office").distinct().count() == 1


@pytest.fixture(params=["one office", "two offices"])
def other_office(request, doctor, far_office):
    return doctor.office if request.param == "one office" else far_office


def declare_between(doctor, other_office):
    """While one window is between checking and writing a day, the other one saves it."""
    other = once(lambda: declare(doctor, grid_of(other_office), office=other_office))
    with without("locks", between=other):
        declare(doctor, grid_of(doctor.office))


def test_the_database_alone_keeps_a_diary_free_of_overlaps(doctor, other_office):
    with pytest.raises(Overlap):
        declare_between(doctor, other_office)

    assert doctor.slots.live().count() == 24
    assert overlaps(doctor.slots.live()) == 0


def test_proof_that_the_race_notices_when_nothing_protects_a_diary(doctor, other_office):
    drop_constraints()

    declare_between(doctor, other_office)

    assert doctor.slots.live().count() == 48
    assert overlaps(doctor.slots.live()) > 0
