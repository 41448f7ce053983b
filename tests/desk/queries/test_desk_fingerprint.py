"""What tells a front desk that its sheet has changed."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.appointments.services import attendance, presence
from portal.desk.queries.desk import day_sheet, free_slots
from portal.desk.queries.desk_fingerprint import Fingerprint, fingerprint, fingerprint_of
from portal.enums import SlotAudience, SlotState
from tests.desk.queries.conftest import today
from tests.factories import DoctorFactory, OfferFactory, OfficeFactory, SlotFactory

pytestmark = pytest.mark.django_db


def tag(offices, *, doctor=None, with_free=False) -> Fingerprint:
    """What the small query says, which is always what the rows of the sheet say."""
    told = fingerprint(offices, None, doctor=doctor, with_free=with_free)
    free = free_slots(offices, None, doctor=doctor) if with_free else []
    assert fingerprint_of(day_sheet(offices, None, doctor=doctor), free) == told
    return told


def both(doctor):
    return tag([doctor.office]), tag([doctor.office], with_free=True)


@pytest.mark.parametrize("mark", ["arrive", "no_show"])
def test_the_fingerprint_changes_with_every_mark(noon, mark):
    doctor = DoctorFactory()
    appointment = today(doctor, 11)
    before = both(doctor)

    getattr(presence, mark)(appointment, by=doctor.user)

    assert all(one.what != other.what for one, other in zip(before, both(doctor), strict=True))


def test_the_fingerprint_changes_when_a_patient_says_that_they_are_coming(noon):
    doctor = DoctorFactory()
    appointment = today(doctor, 15)
    before = both(doctor)

    attendance.confirm(appointment)

    assert all(one.what != other.what for one, other in zip(before, both(doctor), strict=True))


def test_the_fingerprint_changes_when_one_comes_for_another(noon):
    """As many appointments with as many versions as before."""
    doctor = DoctorFactory()
    gone = today(doctor, 15)
    before = both(doctor)
    gone.starts_at += timedelta(days=1)
    gone.ends_at += timedelta(days=1)
    gone.save()

    today(doctor, 16)

    assert all(one.what != other.what for one, other in zip(before, both(doctor), strict=True))


def test_the_fingerprint_of_columns_knows_the_free_slots(noon):
    doctor = DoctorFactory()
    before = both(doctor)
    slot = SlotFactory(doctor=doctor, starts_at=datetime(2026, 3, 4, 17, tzinfo=UTC))

    added = both(doctor)
    slot.audience = SlotAudience.DESK
    slot.save()
    kept = both(doctor)
    slot.state = SlotState.OFFERED
    slot.save()
    OfferFactory(slot=slot)
    offered = both(doctor)

    of_columns = [one[1].what for one in (before, added, kept, offered)]
    assert len(set(of_columns)) == 4
    assert {one[0].what for one in (before, added, kept, offered)} == {before[0].what}


def test_the_fingerprint_tells_the_minute_only_while_somebody_waits(noon):
    doctor = DoctorFactory()
    appointment = today(doctor, 15)
    quiet = tag([doctor.office])
    noon.shift(timedelta(minutes=5))
    later = tag([doctor.office])
    presence.arrive(appointment, by=doctor.user)
    arrived = tag([doctor.office])
    noon.shift(timedelta(minutes=1))
    waiting = tag([doctor.office])

    assert later == quiet
    assert waiting.what == arrived.what
    assert waiting.clock != arrived.clock


@pytest.mark.parametrize("minutes", [180, 195, 210])
def test_the_fingerprint_knows_when_one_begins_is_late_and_is_over(noon, minutes):
    doctor = DoctorFactory()
    today(doctor, 15)
    noon.shift(timedelta(minutes=minutes - 1))
    before = tag([doctor.office])

    noon.shift(timedelta(minutes=1))

    after = tag([doctor.office])
    assert after.what == before.what
    assert after.clock != before.clock


def test_the_fingerprint_is_of_those_offices_and_that_doctor(noon):
    doctor, colleague = DoctorFactory(), DoctorFactory()
    before = tag([doctor.office])
    colleague_before = tag([doctor.office], doctor=colleague.pk)

    today(colleague, 15)
    same = tag([doctor.office])
    today(doctor, 15)

    assert same == before
    assert tag([doctor.office]) != before
    assert tag([doctor.office], doctor=colleague.pk) == colleague_before


@pytest.mark.parametrize("with_free", [True, False])
def test_the_fingerprint_is_one_query(django_assert_num_queries, with_free):
    offices = [OfficeFactory(), OfficeFactory(time_zone="Atlantic/Canary")]

    with django_assert_num_queries(1):
        fingerprint(offices, None, with_free=with_free)


def test_no_offices_are_told_as_an_empty_day():
    assert fingerprint([], None) == fingerprint_of([], []) == tag([OfficeFactory()])


def test_rows_and_the_small_query_say_the_same_of_a_full_day(noon):
    doctor = DoctorFactory()
    rows = [today(doctor, hour) for hour in range(9, 17)]
    presence.no_show(rows[0], by=doctor.user)
    presence.arrive(rows[1], by=doctor.user)
    presence.call_in(rows[1], by=doctor.user)
    presence.arrive(rows[4], by=doctor.user)
    attendance.confirm(rows[6])
    for number, audience in enumerate(SlotAudience.values):
        for hour in (6, 17):
            at = datetime(2026, 3, 4, hour, tzinfo=UTC) + timedelta(minutes=30 * number)
            SlotFactory(doctor=doctor, starts_at=at, audience=audience)

    told = tag([doctor.office], with_free=True)

    assert told.what.split(".")[0] == "8"
    assert told.what.split(".")[3:5] == ["1", "1"], "one is coming, one waits"
    assert told.clock.split(".")[3] == "3", "three free slots are in the past"
