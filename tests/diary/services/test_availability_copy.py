"""Copying a day to others (requirement B02)."""

from datetime import UTC, date, time

import pytest

from portal.errors import PortalError
from portal.models import AuditEvent, ClinicSettings
from tests.factories import (
    OfficeFactory,
)
from tests.setups.diary import DAY, at, book_at, copy_day, set_day, slot_at, times

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]


def test_B02_copy_day_gives_other_days_the_same_times(doctor):
    set_day(doctor, "09:00", "16:30")

    changes = copy_day(doctor, date(2026, 3, 11), date(2026, 3, 5))

    assert list(changes) == [date(2026, 3, 5), date(2026, 3, 11)]
    assert times(doctor) == ["04 09:00", "04 16:30", "05 09:00", "05 16:30", "11 09:00", "11 16:30"]


def test_copy_day_copies_booked_times_too(doctor):
    book_at(doctor, "10:00")

    copy_day(doctor, date(2026, 3, 5))

    assert times(doctor) == ["05 10:00"]


def test_copy_day_replaces_free_times_and_keeps_booked_ones(doctor):
    target = date(2026, 3, 5)
    set_day(doctor, "09:00")
    set_day(doctor, "15:00", day=target)
    book_at(doctor, "16:00", target)

    change = copy_day(doctor, target)[target]

    assert change.added == [at("09:00", target)]
    assert change.removed == [at("15:00", target)]
    assert change.kept_booked == [at("16:00", target)]


def test_copy_day_keeps_the_wall_clock_over_a_clock_change(doctor):
    set_day(doctor, "09:00", day=date(2026, 3, 28))

    copy_day(doctor, date(2026, 3, 29), source=date(2026, 3, 28))

    assert times(doctor) == ["28 09:00", "29 09:00"]
    assert times(doctor, zone=UTC) == ["28 08:00", "29 07:00"]


def test_copy_day_leaves_out_times_that_a_clock_change_skips(doctor):
    ClinicSettings(pk=1, day_starts_at=time(0), day_ends_at=time(23, 59)).save()
    set_day(doctor, "01:30", "02:00", "03:00", day=date(2026, 3, 28))

    copy_day(doctor, date(2026, 3, 29), source=date(2026, 3, 28))

    assert times(doctor)[3:] == ["29 01:30", "29 03:00"]


def test_copy_day_takes_the_first_of_a_repeated_time(doctor):
    ClinicSettings(pk=1, day_starts_at=time(0), day_ends_at=time(23, 59)).save()
    set_day(doctor, "02:30", day=date(2026, 10, 24))

    copy_day(doctor, date(2026, 10, 25), source=date(2026, 10, 24))

    assert doctor.slots.last().starts_at == at("02:30", date(2026, 10, 25))


def test_copy_day_leaves_out_what_has_passed_and_what_is_busy(doctor):
    today, tomorrow = date(2026, 3, 3), date(2026, 3, 5)
    set_day(doctor, "09:00", "15:00")
    slot_at(doctor, "15:00", tomorrow, office=OfficeFactory())

    changes = copy_day(doctor, today, tomorrow)

    assert changes[today].skipped == [at("09:00", today)]
    assert changes[today].added == [at("15:00", today)]
    assert changes[tomorrow].skipped == [at("15:00", tomorrow)]


def test_copy_day_onto_itself_does_nothing(doctor):
    set_day(doctor, "09:00")

    assert copy_day(doctor, DAY) == {}


def test_copy_day_writes_an_audit_event_for_each_changed_day(doctor):
    set_day(doctor, "09:00")
    set_day(doctor, "09:00", day=date(2026, 3, 5))
    before = AuditEvent.objects.count()

    copy_day(doctor, date(2026, 3, 5), date(2026, 3, 6))

    assert AuditEvent.objects.count() == before + 1
    assert AuditEvent.objects.first().changes["day"] == "2026-03-06"


def test_copy_day_refuses_an_empty_day(doctor):
    slot_at(doctor, "09:00", office=OfficeFactory())
    set_day(doctor, "10:00", day=date(2026, 3, 5))

    with pytest.raises(PortalError, match="no times"):
        copy_day(doctor, date(2026, 3, 5))

    assert "05 10:00" in times(doctor)
