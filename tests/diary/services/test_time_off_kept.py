"""Nothing comes to be in a time off, until it is taken back or ended early (requirement B19)."""

from datetime import date, time, timedelta

import pytest

from portal.appointments.services import appointments
from portal.clock.grid import local_day
from portal.desk.services import walk_ins
from portal.diary.services import hours_slots, slots, time_off, transfers
from portal.errors import Forbidden, NeedsConfirmation, Overlap, PortalError, SlotTaken, TooLate
from portal.models import AuditEvent, ClinicSettings, TimeOff
from tests.factories import AdminFactory, DoctorFactory, PatientFactory
from tests.setups.away import take
from tests.setups.diary import DAY, MADRID, NOW, at, book_at, copy_day, set_day, slot_at, times
from tests.setups.weekly import give

pytestmark = pytest.mark.django_db

NEXT = DAY + timedelta(1)


@pytest.fixture
def away(doctor):
    ClinicSettings.objects.create(pk=1, horizon_days=14)
    return take(doctor)


def end_early(away, ends_at, **options):
    return time_off.cancel_time_off(away, ends_at=ends_at, by=away.doctor.user, **options)


def test_B19_declaring_a_day_makes_no_slot_in_it(doctor, away):
    with pytest.raises(Overlap, match="away"):
        set_day(doctor, "10:00")

    assert times(doctor) == []


def test_B19_nor_does_copying_a_day(doctor, away):
    slot_at(doctor, "10:00", NEXT)

    copy_day(doctor, DAY, source=NEXT)

    assert times(doctor) == ["05 10:00"]


def test_B19_nor_does_a_single_slot(doctor, away):
    with pytest.raises(Overlap, match="away"):
        slots.create_slot(
            doctor,
            office=doctor.office,
            starts_at=at("10:00"),
            ends_at=at("10:30"),
            by=doctor.user,
        )

    assert times(doctor) == []


def test_B19_nor_does_moving_a_slot(doctor, away):
    slot = slot_at(doctor, "10:00", NEXT)

    with pytest.raises(Overlap, match="away"):
        slots.edit_slot(
            slot,
            office=slot.office,
            starts_at=at("10:00"),
            ends_at=at("10:30"),
            note="",
            audience=slot.audience,
            by=doctor.user,
        )

    assert times(doctor) == ["05 10:00"]


def test_B19_nor_do_weekly_hours_nor_their_job(doctor, away):
    give(doctor, "09:00–10:00")
    hours_slots.keep_made(by=None)

    assert times(doctor) == ["11 09:00", "11 09:30"]


def test_B19_nor_does_a_colleague_who_hands_something_over(doctor, away):
    appointment = book_at(DoctorFactory(office=doctor.office), "10:00")

    with pytest.raises(Overlap, match="away"):
        transfers.transfer(appointment, to=doctor, by=appointment.doctor.user)


def test_B19_a_walk_in_is_asked_about(doctor):
    take(doctor, starts_at=NOW, ends_at=NOW + timedelta(hours=2))

    with pytest.raises(NeedsConfirmation, match="away"):
        walk_ins.book_extra(
            doctor,
            patient_id=PatientFactory().pk,
            starts_at=NOW + timedelta(minutes=10),
            minutes=15,
            reason="Fever",
            by=AdminFactory(),
        )


def test_B19_a_free_time_in_it_cannot_be_booked(doctor):
    slot = slot_at(doctor, "10:00")

    take(doctor)

    with pytest.raises(SlotTaken):
        appointments.book(slot.pk, by=PatientFactory().user)


def test_B19_taken_back_it_is_free_and_the_job_makes_its_slots_again(doctor, away):
    give(doctor, "09:00–10:00")

    ended = time_off.cancel_time_off(away, by=doctor.user)
    before = times(doctor)
    hours_slots.keep_made(by=None)

    assert ended.cancelled_at == NOW
    assert before == ["11 09:00", "11 09:30"]
    assert times(doctor)[:2] == ["04 09:00", "04 09:30"]
    assert AuditEvent.objects.filter(verb="cancel_time_off", actor_id=doctor.user.pk).exists()


def test_B19_one_that_has_begun_ends_now(doctor):
    away = take(doctor, starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(days=9))

    ended = time_off.cancel_time_off(away, by=doctor.user)

    assert [ended.cancelled_at, ended.ends_at] == [None, NOW]
    assert AuditEvent.objects.filter(verb="shorten_time_off").exists()


def test_B19_it_can_end_early(doctor, away):
    end_early(away, at("12:00"))

    set_day(doctor, "12:00")
    with pytest.raises(Overlap):
        set_day(doctor, "11:30", "12:00")


def test_B19_what_cannot_be_ended(doctor, away):
    for ends_at in (away.ends_at, away.starts_at, away.ends_at + timedelta(1)):
        with pytest.raises(PortalError, match="present end"):
            end_early(away, ends_at)
    with pytest.raises(TooLate):
        end_early(away, NOW - timedelta(hours=1))
    with pytest.raises(Forbidden):
        time_off.cancel_time_off(away, by=DoctorFactory().user)
    over = TimeOff.objects.create(doctor=doctor, starts_at=NOW - timedelta(3), ends_at=NOW)
    with pytest.raises(TooLate, match="over"):
        time_off.cancel_time_off(over, by=doctor.user)
    time_off.cancel_time_off(away, by=doctor.user)
    with pytest.raises(PortalError, match="before"):
        time_off.cancel_time_off(away, by=doctor.user)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_B19_a_day_on_which_the_clocks_change_is_away_from_midnight_to_midnight(doctor, day, hours):
    book_at(doctor, "23:30", day - timedelta(1))
    slot_at(doctor, "00:00", day)
    slot_at(doctor, "23:30", day)
    slot_at(doctor, "00:00", day + timedelta(1))

    away = take(doctor, day=day)

    assert away.ends_at - away.starts_at == timedelta(hours=hours)
    assert (away.starts_at, away.ends_at) == local_day(day, MADRID)
    assert times(doctor) == [f"{day + timedelta(1):%d} 00:00"]
    assert times(doctor, "taken") == [f"{day - timedelta(1):%d} 23:30"]
    assert time(0) == away.starts_at.astimezone(MADRID).time()
