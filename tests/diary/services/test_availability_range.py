"""Setting a stretch of a day (requirement B02)."""

from datetime import date, time

import pytest

from portal.appointments.services import appointments
from portal.errors import OutsideHours, PortalError
from portal.models import AuditEvent, ClinicSettings
from tests.factories import AdminFactory, OfficeFactory, PatientFactory
from tests.setups.diary import at, set_day, set_range, slot_at, times

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]


def test_B02_set_range_opens_every_half_hour_of_it(doctor):
    change = set_range(doctor, "09:00", "13:00")

    assert len(change.added) == 8
    assert times(doctor)[0] == "04 09:00"
    assert times(doctor)[-1] == "04 12:30"


def test_set_range_leaves_the_rest_of_the_day(doctor):
    set_day(doctor, "09:30", "15:00")

    change = set_range(doctor, "10:00", "11:00")

    assert change.removed == []
    assert times(doctor) == ["04 09:30", "04 10:00", "04 10:30", "04 15:00"]


@pytest.mark.parametrize(
    ("free", "expected"),
    [(True, ["04 09:30", "04 10:00", "04 10:30"]), (False, ["04 09:30"])],
)
def test_set_range_can_set_the_rest_of_the_day_too(doctor, free, expected):
    set_day(doctor, "10:00", "15:00")

    change = set_range(
        doctor, "10:00", "11:00", free=free, ticked=[at("09:30"), at("10:00"), at("03:00")]
    )

    assert times(doctor) == expected
    assert at("15:00") in change.removed
    assert AuditEvent.objects.filter(verb="declare_day").count() == 2


def test_set_range_takes_free_times_away_and_keeps_booked_ones(doctor):
    set_range(doctor, "09:00", "11:00")
    appointments.book(
        doctor.slots.get(starts_at=at("10:00")).pk,
        patient_id=PatientFactory().pk,
        by=AdminFactory(),
    )

    change = set_range(doctor, "09:30", "11:00", free=False)

    assert change.removed == [at("09:30"), at("10:30")]
    assert change.kept_booked == [at("10:00")]
    assert times(doctor) == ["04 09:00"]


def test_set_range_leaves_cells_that_reach_over_its_ends(doctor):
    set_range(doctor, "09:10", "10:40")

    assert times(doctor) == ["04 09:30", "04 10:00"]


def test_set_range_to_midnight_is_to_the_end_of_the_day(doctor):
    set_range(doctor, "20:00", "00:00")

    assert times(doctor) == ["04 20:00", "04 20:30"]


def test_set_range_of_today_skips_what_has_passed(doctor):
    change = set_range(doctor, "11:00", "13:00", day=date(2026, 3, 3))

    assert [f"{start:%H:%M}" for start in change.skipped] == ["10:00", "10:30", "11:00"]
    assert times(doctor) == ["03 12:30"]


def test_set_range_skips_times_at_another_office(doctor):
    slot_at(doctor, "10:00", office=OfficeFactory())

    change = set_range(doctor, "09:30", "11:00")

    assert change.added == [at("09:30"), at("10:30")]
    assert change.skipped == [at("10:00")]


@pytest.mark.parametrize(("first", "last"), [("13:00", "09:00"), ("09:00", "09:00")])
def test_set_range_refuses_an_end_before_the_start(doctor, first, last):
    with pytest.raises(PortalError) as refusal:
        set_range(doctor, first, last)

    assert refusal.value.field == "last"


@pytest.mark.parametrize(("first", "last"), [("06:00", "08:00"), ("09:10", "09:40")])
def test_set_range_refuses_a_range_without_a_half_hour(doctor, first, last):
    with pytest.raises(OutsideHours) as refusal:
        set_range(doctor, first, last)

    assert refusal.value.field == "first"


def test_set_range_refuses_a_day_that_has_passed(doctor):
    with pytest.raises(OutsideHours):
        set_range(doctor, "09:00", "13:00", day=date(2026, 3, 2))


def test_set_range_goes_by_the_wall_clock_when_clocks_change(doctor):
    ClinicSettings(pk=1, day_starts_at=time(0), day_ends_at=time(23, 59)).save()

    set_range(doctor, "02:00", "03:00", day=date(2026, 10, 25))
    with pytest.raises(OutsideHours):
        set_range(doctor, "02:00", "03:00", day=date(2026, 3, 29))

    assert times(doctor) == ["25 02:00", "25 02:30", "25 02:00", "25 02:30"]


def test_set_range_writes_one_audit_event(doctor):
    set_range(doctor, "09:00", "13:00")

    event = AuditEvent.objects.get()
    assert event.verb == "declare_day"
    assert len(event.changes["added"]) == 8
