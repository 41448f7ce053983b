"""Two desks add an extra time to one doctor's day at the same moment (B21)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.desk.queries.walk_ins import next_full
from portal.desk.services import walk_ins
from portal.errors import SlotTaken
from portal.models import Appointment
from tests.factories import AdminFactory, DoctorFactory, PatientFactory
from tests.reliability.clinic import once, overlaps, refusal_of
from tests.reliability.unprotected import drop_constraints, without
from tests.servers.client import race


@pytest.fixture
def doctor(database):
    """At an office where it is about noon, so that the day does not end meanwhile."""
    return DoctorFactory(office__time_zone=f"Etc/GMT{timezone.now().hour - 12:+d}")


@pytest.fixture
def add(doctor):
    """`add(minutes=10)` books an extra time that begins so long from now for a new patient."""
    admin, now = AdminFactory(), next_full(timezone.now())

    def add(minutes: int = 10) -> Appointment:
        return walk_ins.book_extra(
            doctor,
            patient_id=PatientFactory(user=None).pk,
            starts_at=now + timedelta(minutes=minutes),
            minutes=20,
            reason="Toothache",
            confirmed=True,
            by=admin,
        )

    return add


def test_B21_extra_times_added_at_once_never_overlap(doctor, add):
    refusals = race([lambda n=n: refusal_of(lambda: add(10 + 5 * (n % 3))) for n in range(6)])

    assert sorted(refusal.status for refusal in refusals if refusal) == [409] * 5
    assert overlaps(doctor.slots.live()) == 0
    assert Appointment.objects.count() == doctor.slots.count() == 1


def add_between(add):
    """While one desk is between checking the diary and writing, another adds a time."""
    with without("locks", between=once(lambda: add(15))):
        add(10)


def test_the_database_alone_keeps_extra_times_apart(doctor, add):
    with pytest.raises(SlotTaken):
        add_between(add)

    assert overlaps(doctor.slots.live()) == 0


def test_proof_that_the_race_notices_when_nothing_protects_the_diary(doctor, add):
    drop_constraints()

    add_between(add)

    assert overlaps(doctor.slots.live()) == 1
