"""Another time zone of an office: what is ahead keeps its clock time (requirement B01)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from portal.clinic.services import offices
from portal.diary.services.hours_slots import keep_made
from portal.errors import NeedsConfirmation, PortalError
from portal.models import AuditEvent, Holiday, Notification, TimeOff, WeeklyHours
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    DoctorFactory,
    OfferFactory,
    OfficeFactory,
    PatientFactory,
    SlotFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 11, tzinfo=UTC)  # a Monday; clocks change on the 29th
NEW = "Atlantic/Canary"  # an hour behind Madrid
EAST = "Europe/Athens"  # an hour ahead


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin():
    return AdminFactory()


@pytest.fixture
def office():
    return OfficeFactory(time_zone="Europe/Madrid")


@pytest.fixture
def doctor(office):
    return DoctorFactory(office=office)


def wall(office, day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=office.zone).astimezone(UTC)


def change(office, zone, admin, **options):
    return offices.edit(office, time_zone=zone, by=admin, **options)


def clocks(rows, zone: str) -> list[str]:
    starts = rows.order_by("starts_at").values_list("starts_at", flat=True)
    return [f"{one.astimezone(ZoneInfo(zone)):%d %H:%M}" for one in starts]


def test_B01_an_office_without_times_just_gets_the_zone(office, admin):
    assert change(office, NEW, admin) == ["time_zone"]

    office.refresh_from_db()
    assert office.time_zone == NEW


def test_B01_while_something_is_ahead_it_says_what_would_move(office, doctor, admin):
    AppointmentFactory(doctor=doctor, starts_at=wall(office, 10, 9))
    SlotFactory(doctor=doctor, starts_at=wall(office, 10, 11))

    with pytest.raises(NeedsConfirmation, match="1 booked times and 1 free times"):
        change(office, NEW, admin)
    office.refresh_from_db()
    assert office.time_zone == "Europe/Madrid"


@pytest.mark.parametrize("zone", [NEW, EAST, "America/New_York", "Asia/Tokyo"])
def test_B01_all_keeps_its_clock_time_over_a_clock_change(office, doctor, admin, zone):
    """Back to back, so that each would overlap the next if they moved one by one."""
    for day, month in ((10, 3), (11, 3), (30, 3), (2, 11)):
        for hour in (9, 10, 11):
            starts_at = wall(office, day, hour, month=month)
            span = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)}
            (AppointmentFactory if hour == 10 else SlotFactory)(doctor=doctor, **span)
    before = clocks(doctor.slots, "Europe/Madrid")

    change(office, zone, admin, keep_wall_time=True)

    assert clocks(doctor.slots, zone) == before
    assert clocks(doctor.appointments, zone) == [one for one in before if "10:00" in one]
    for one in doctor.appointments.select_related("slot"):
        assert (one.starts_at, one.ends_at) == (one.slot.starts_at, one.slot.ends_at)
        assert one.version == 2
        assert one.ends_at - one.starts_at == timedelta(hours=1)
    assert not Notification.objects.exists()
    changes = AuditEvent.objects.get(verb="change_time_zone").changes
    assert (changes["slots"], changes["appointments"]) == (12, 4)
    assert (changes["before"], changes["after"]) == ("Europe/Madrid", zone)


def test_B01_a_patient_with_neighbouring_appointments(office, admin):
    patient = PatientFactory()
    for hour in (9, 10):
        starts_at = wall(office, 10, hour)
        AppointmentFactory(
            doctor=DoctorFactory(office=office),
            patient=patient,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
        )

    change(office, NEW, admin, keep_wall_time=True)

    assert clocks(patient.appointments, NEW) == ["10 09:00", "10 10:00"]


def test_B01_what_is_past_keeps_its_moment(office, doctor, admin):
    past = AppointmentFactory(doctor=doctor, starts_at=NOW - timedelta(days=2), state="completed")

    change(office, NEW, admin)

    past.refresh_from_db()
    assert past.starts_at == NOW - timedelta(days=2)


def test_B01_weekly_hours_make_nothing_twice_afterwards(office, doctor, admin):
    WeeklyHours.objects.create(
        doctor=doctor,
        office=office,
        weekday=1,
        starts=time(9),
        ends=time(13),
        valid_from=date(2026, 3, 1),
    )
    keep_made()
    removed = doctor.slots.first()  # by hand: it stays removed
    removed.state = "withdrawn"
    removed.save()
    count = doctor.slots.count()

    change(office, NEW, admin, keep_wall_time=True)

    assert keep_made() == 0
    assert doctor.slots.count() == count


def test_B01_closed_days_and_same_day_times_follow_the_clock(office, doctor, admin):
    Holiday.objects.create(office=office, day=date(2026, 3, 12), name="Feast", state="confirmed")
    slot = SlotFactory(doctor=doctor, starts_at=wall(office, 10, 9), audience="same_day")

    change(office, NEW, admin, keep_wall_time=True)

    holiday = Holiday.objects.get()
    office.refresh_from_db()
    assert holiday.begins_at == wall(office, 12, 0)
    assert holiday.ends_at == wall(office, 13, 0)
    slot.refresh_from_db()
    assert slot.released_at == wall(office, 10, 7)


def test_B01_times_off_of_its_doctors_follow_the_clock(office, doctor, admin):
    off = {"starts_at": wall(office, 12, 0), "ends_at": wall(office, 14, 0)}
    away = TimeOff.objects.create(doctor=doctor, **off)

    change(office, NEW, admin)

    away.refresh_from_db()
    office.refresh_from_db()
    assert (away.starts_at, away.ends_at) == (wall(office, 12, 0), wall(office, 14, 0))


def refused(office, zone, admin) -> str:
    with pytest.raises(PortalError) as refusal:
        change(office, zone, admin, keep_wall_time=True)
    office.refresh_from_db()
    assert office.time_zone == "Europe/Madrid"
    assert refusal.value.field == "time_zone"
    return str(refusal.value.message)


def test_B01_not_while_an_appointment_is_under_way(office, doctor, admin):
    AppointmentFactory(doctor=doctor, starts_at=NOW - timedelta(minutes=10))

    assert "under way" in refused(office, NEW, admin)


def test_B01_not_while_somebody_waits_for_an_answer(office, doctor, admin):
    AppointmentFactory(doctor=doctor, starts_at=wall(office, 10, 9), state="requested")

    assert "wait for an answer" in refused(office, NEW, admin)


def test_B01_not_while_a_time_is_on_offer(office, doctor, admin):
    offered = SlotFactory(doctor=doctor, starts_at=wall(office, 10, 9), state="offered")
    OfferFactory(slot=offered)

    assert "wait for an answer" in refused(office, NEW, admin)


def test_B01_not_if_a_booked_time_has_passed_there(office, doctor, admin):
    AppointmentFactory(doctor=doctor, starts_at=NOW + timedelta(minutes=30))

    assert "has passed there" in refused(office, EAST, admin)


def test_B01_not_if_the_clock_there_skips_a_booked_time(office, doctor, admin):
    AppointmentFactory(doctor=doctor, starts_at=wall(office, 8, 2, 30))

    assert "the clock changes" in refused(office, "America/New_York", admin)


def test_B01_not_if_a_doctor_would_be_at_two_places(office, doctor, admin):
    AppointmentFactory(doctor=doctor, starts_at=wall(office, 10, 9))
    there = OfficeFactory()
    SlotFactory(doctor=doctor, office=there, starts_at=wall(office, 10, 10))

    assert "would overlap" in refused(office, NEW, admin)


def test_B01_not_if_a_patient_would_be_at_two_places(office, doctor, admin):
    patient = PatientFactory()
    AppointmentFactory(doctor=doctor, patient=patient, starts_at=wall(office, 10, 9))
    AppointmentFactory(patient=patient, starts_at=wall(office, 10, 10))

    assert "would overlap" in refused(office, NEW, admin)


def test_B01_not_into_a_time_off(office, admin):
    visitor = DoctorFactory()
    SlotFactory(doctor=visitor, office=office, starts_at=wall(office, 10, 9))
    off = {"starts_at": wall(office, 10, 10), "ends_at": wall(office, 10, 12)}
    TimeOff.objects.create(doctor=visitor, **off)

    assert "time off" in refused(office, NEW, admin)
