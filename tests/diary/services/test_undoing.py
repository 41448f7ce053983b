"""A change of many days is undone as one (B02, B03, B19)."""

from datetime import timedelta

import pytest

from portal.diary.services import holidays, hours, slots, time_off, undoing
from portal.enums import BulkChangeKind, HolidayState, SlotState
from portal.errors import Forbidden, StaleState
from portal.models import AuditEvent, BulkChange, ClinicSettings, Holiday, Slot, TimeOff
from tests.diary.services.test_holidays import decide, holiday
from tests.factories import AdminFactory, AppointmentFactory, DoctorFactory
from tests.setups.away import cancel, take
from tests.setups.diary import DAY, at, book_at, copy_day, slot_at, times
from tests.setups.weekly import WEDNESDAY, confirmed, give, set_exception

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]
NEXT = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def fortnight(tuesday_noon, db):
    return ClinicSettings.objects.create(pk=1, horizon_days=14)


def last(kind: BulkChangeKind) -> BulkChange:
    return BulkChange.objects.filter(kind=kind).first()


def book(slot: Slot):
    Slot.objects.filter(pk=slot.pk).update(state=SlotState.TAKEN)
    place = {"starts_at": slot.starts_at, "ends_at": slot.ends_at, "doctor": slot.doctor}
    return AppointmentFactory(slot=slot, **place)


def test_B03_new_hours_are_undone(doctor):
    give(doctor, "09:00–10:00")

    undone = undoing.undo(last(BulkChangeKind.HOURS), by=doctor.user)

    assert (undone.gone, undone.back) == (4, 0)
    assert times(doctor) == []
    assert all(block.valid_until < block.valid_from for block in doctor.weekly_hours.all())
    assert AuditEvent.objects.filter(verb="undo").count() == 1


def test_B03_a_change_of_hours_is_undone_and_what_was_booked_stays(doctor):
    [block] = give(doctor, "09:00–10:00")
    before = times(doctor)
    values = {"first_day": WEDNESDAY, "by": doctor.user, "starts": at("15:00").time()}
    values |= {"starts": block.starts.replace(hour=15), "ends": block.ends.replace(hour=16)}
    confirmed(hours.change, block, **values)
    booked = book(doctor.slots.get(starts_at=at("15:00")))

    undone = undoing.undo(last(BulkChangeKind.HOURS), by=doctor.user)

    assert undone.booked == [booked.slot]
    assert times(doctor) == before
    assert times(doctor, SlotState.TAKEN) == ["04 15:00"]
    block.refresh_from_db()
    assert block.valid_until is None


def test_B03_an_exception_is_undone_to_the_one_before(doctor):
    give(doctor, "09:00–10:00")
    set_exception(doctor, WEDNESDAY, "09:00–09:30", "15:00–15:30")
    before = times(doctor)
    set_exception(doctor, WEDNESDAY, "09:00–09:30", "18:00–18:30")

    undoing.undo(last(BulkChangeKind.HOURS), by=doctor.user)

    assert times(doctor) == before
    assert doctor.hours_exceptions.count() == 2


def test_B03_hours_that_were_changed_again_are_not_undone(doctor):
    give(doctor, "09:00–10:00")
    first = last(BulkChangeKind.HOURS)
    give(doctor, "15:00–16:00")

    with pytest.raises(StaleState, match="changed again since"):
        undoing.undo(first, by=doctor.user)


def test_B19_time_off_is_undone_and_its_free_times_come_back(doctor):
    slot_at(doctor, "09:00")
    appointment = book_at(doctor, "10:00")
    away = take(doctor, cancel(appointment))
    assert times(doctor) == []

    undoing.undo(last(BulkChangeKind.TIME_OFF), by=doctor.user)

    away.refresh_from_db()
    appointment.refresh_from_db()
    assert away.cancelled_at
    assert times(doctor) == ["04 09:00"]
    assert appointment.state == "cancelled", "the patient has been told"


def test_B19_time_off_that_was_taken_back_by_hand_is_not_undone(doctor):
    away = take(doctor)
    time_off.cancel_time_off(away, by=doctor.user)

    with pytest.raises(StaleState):
        undoing.undo(last(BulkChangeKind.TIME_OFF), by=doctor.user)


def test_B02_what_something_else_has_taken_the_place_of_does_not_come_back(doctor):
    slot_at(doctor, "09:00", NEXT)
    slot_at(doctor, "10:00")
    copy_day(doctor, DAY, source=NEXT)
    place = {"starts_at": at("10:10"), "ends_at": at("10:40"), "office": doctor.office}
    slots.create_slot(doctor, by=doctor.user, **place)

    undone = undoing.undo(last(BulkChangeKind.COPY_DAY), by=doctor.user)

    assert (undone.gone, undone.back, undone.lost) == (1, 0, 1)
    assert times(doctor) == ["04 10:10", "05 09:00"]


def test_B02_nothing_comes_back_into_a_time_off_or_on_a_closed_day(doctor):
    slot_at(doctor, "09:00", NEXT)
    for hour in ("10:00", "15:00"):
        slot_at(doctor, hour)
    copy_day(doctor, DAY, source=NEXT)
    TimeOff.objects.create(doctor=doctor, starts_at=at("14:00"), ends_at=at("16:00"))

    undone = undoing.undo(last(BulkChangeKind.COPY_DAY), by=doctor.user)

    assert (undone.back, undone.lost) == (1, 1)
    assert times(doctor) == ["04 10:00", "05 09:00"]


def test_B03_closing_is_undone_for_days_that_nobody_decided_about_since(doctor):
    admin, office = AdminFactory(), doctor.office
    for day in (DAY, NEXT):
        slot_at(doctor, "09:00", day)
    rows = [holiday(office, DAY), holiday(office, NEXT)]
    decide(office, *rows, by=admin)
    change = last(BulkChangeKind.HOLIDAYS)
    decide(office, rows[0], state=HolidayState.IGNORED, by=admin)
    assert times(doctor) == ["04 09:00"], "what closing took comes back when the day is opened"

    undone = undoing.undo(change, by=admin)

    assert undone.back == 1
    assert times(doctor) == ["04 09:00", "05 09:00"]
    assert list(office.holidays.values_list("state", flat=True)) == ["ignored", "proposed"]


def test_B03_opening_a_day_is_undone(doctor):
    admin, office = AdminFactory(), doctor.office
    give(doctor, "09:00–10:00")
    feast = holiday(office)
    decide(office, feast, by=admin)
    decide(office, feast, state=HolidayState.IGNORED, by=admin)
    booked = book(doctor.slots.get(starts_at=at("09:00"), state=SlotState.OPEN))

    undone = undoing.undo(last(BulkChangeKind.HOLIDAYS), by=admin)

    assert (undone.gone, undone.booked) == (1, [booked.slot])
    assert Holiday.objects.get().state == HolidayState.CONFIRMED
    assert times(doctor) == ["11 09:00", "11 09:30"]


def test_B03_closing_writes_nothing_before_it_is_confirmed(doctor):
    slot_at(doctor, "09:00")
    feast, before = holiday(doctor.office), AuditEvent.objects.count()
    values = {"holidays": [feast.pk], "state": HolidayState.CONFIRMED, "by": AdminFactory()}

    seen = holidays.decide(doctor.office, confirmed=None, **values)

    assert seen.removed == 1
    assert times(doctor) == ["04 09:00"]
    assert Holiday.objects.get().state == HolidayState.PROPOSED
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("kind", ["copy", "hours", "holidays"])
def test_B02_strangers_undo_nothing(doctor, kind):
    stranger = DoctorFactory().user
    slot_at(doctor, "09:00")
    if kind == "copy":
        copy_day(doctor, NEXT, source=DAY)
    elif kind == "hours":
        give(doctor, "15:00–16:00")
    else:
        decide(doctor.office, holiday(doctor.office), by=AdminFactory())
    before = times(doctor)

    with pytest.raises(Forbidden):
        undoing.undo(BulkChange.objects.first(), by=stranger)

    assert times(doctor) == before
    assert BulkChange.objects.first().undone_at is None
