"""Weekly hours become slots; a change shows what it does, and leaves booked times alone (B03)."""

from datetime import date, time

import pytest

from portal.appointments.services import appointments
from portal.clinic.services import clinic
from portal.diary.queries.hours_page import conflicts
from portal.diary.queries.hours_plan import Obstacle
from portal.diary.services import availability, hours, hours_slots
from portal.enums import AppointmentState, SlotAudience, SlotState
from portal.errors import StaleState
from portal.models import AuditEvent, ClinicSettings, Slot, TimeOff, WeeklyHours
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    DoctorFactory,
    OfficeFactory,
    PatientFactory,
)
from tests.setups.diary import NOW, at, slot_at, times
from tests.setups.weekly import TODAY, WEDNESDAY, block, confirmed, give

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]


@pytest.fixture(autouse=True)
def fortnight(tuesday_noon, db):
    """Slots are made for today and the fourteen days after it: Wednesdays 4 and 11 March."""
    return ClinicSettings.objects.create(pk=1, horizon_days=14)


def booked(doctor, text: str, day: date = WEDNESDAY):
    """An appointment on the slot that is there."""
    slot = doctor.slots.open().get(starts_at=at(text, day))
    Slot.objects.filter(pk=slot.pk).update(state=SlotState.TAKEN)
    slot.refresh_from_db()
    return AppointmentFactory(
        doctor=doctor, slot=slot, starts_at=slot.starts_at, ends_at=slot.ends_at
    )


def test_B03_hours_become_slots_up_to_the_horizon(doctor):
    give(doctor, "09:00–10:00")

    assert times(doctor) == ["04 09:00", "04 09:30", "11 09:00", "11 09:30"]
    slot = doctor.slots.first()
    assert (slot.weekly_hours, slot.audience, slot.released_at) == (
        WeeklyHours.objects.get(),
        SlotAudience.PUBLIC,
        NOW,
    )
    assert slot.wall_hour == 9


def test_B03_slots_are_made_on_the_last_day_of_the_horizon_and_not_after_it(doctor):
    ClinicSettings.objects.update(horizon_days=8)

    give(doctor, "09:00–09:30")

    assert times(doctor) == ["04 09:00", "11 09:00"]
    ClinicSettings.objects.update(horizon_days=7)
    assert hours_slots.keep_made() == 0
    give(doctor, "11:00–11:30")
    assert times(doctor) == ["04 09:00", "04 11:00", "11 09:00"]


def test_B03_several_blocks_a_day_have_their_own_length_and_audience(doctor):
    give(doctor, "09:00–10:00", minutes=20)
    give(doctor, "15:00–15:45", minutes=45, audience=SlotAudience.DESK)

    assert times(doctor)[:4] == ["04 09:00", "04 09:20", "04 09:40", "04 15:00"]
    desk = doctor.slots.get(starts_at=at("15:00"))
    assert (desk.ends_at, desk.audience, desk.released_at) == (at("15:45"), "desk", None)


def test_B24_same_day_slots_are_released_at_the_hour_of_their_day(doctor):
    give(doctor, "09:00–09:30", audience=SlotAudience.SAME_DAY)

    released = doctor.slots.values_list("released_at", flat=True)
    assert list(released) == [at("07:00"), at("07:00", date(2026, 3, 11))]


def test_B03_every_second_week_is_counted_from_the_week_of_its_first_day(doctor):
    ClinicSettings.objects.update(horizon_days=60)

    give(doctor, "09:00–09:30", every_weeks=2, valid_from=date(2026, 3, 5))

    # The week of 5 March counts, but its Wednesday is over by then.
    wednesdays = [slot.starts_at.date().isoformat() for slot in doctor.slots.all()]
    assert wednesdays == ["2026-03-18", "2026-04-01", "2026-04-15", "2026-04-29"]


def test_B03_hours_hold_from_their_first_to_their_last_day(doctor):
    ClinicSettings.objects.update(horizon_days=60)

    give(doctor, "09:00–09:30", valid_from=date(2026, 3, 11), valid_until=date(2026, 3, 25))

    assert times(doctor) == ["11 09:00", "18 09:00", "25 09:00"]


def test_B03_until_midnight_means_the_end_of_the_day(doctor):
    give(doctor, "23:00–00:00")

    assert times(doctor)[:2] == ["04 23:00", "04 23:30"]


def test_B03_the_times_of_today_that_have_passed_are_not_made(doctor):
    give(doctor, "11:30–13:00", weekday=1)

    assert times(doctor)[:2] == ["03 12:30", "10 11:30"]


def test_B03_a_preview_changes_nothing(doctor):
    plan = hours.add(doctor, blocks=[block(doctor.office)], confirmed=None, by=doctor.user)

    assert [one.starts_at for one in plan.added][:2] == [at("09:00"), at("09:30")]
    assert Slot.objects.count() == WeeklyHours.objects.count() == AuditEvent.objects.count() == 0


def test_B03_what_differs_from_what_was_shown_is_refused(doctor):
    one = block(doctor.office)
    plan = hours.add(doctor, blocks=[one], confirmed=None, by=doctor.user)
    slot_at(doctor, "09:30")

    with pytest.raises(StaleState):
        hours.add(doctor, blocks=[one], confirmed=plan.digest, by=doctor.user)

    assert WeeklyHours.objects.count() == 0
    assert times(doctor) == ["04 09:30"]


def test_B03_shorter_hours_remove_free_times_and_keep_booked_ones(doctor):
    (hours_of_doctor,) = give(doctor, "09:00–11:00")
    appointment = booked(doctor, "10:30")

    plan = confirmed(hours.change, hours_of_doctor, first_day=TODAY, ends=time(10), by=doctor.user)

    assert times(doctor) == ["04 09:00", "04 09:30", "11 09:00", "11 09:30"]
    assert [slot.pk for slot in plan.kept] == [appointment.slot_id]
    assert conflicts(doctor) == [appointment]
    appointment.refresh_from_db()
    assert (appointment.state, appointment.starts_at) == (AppointmentState.CONFIRMED, at("10:30"))
    assert (len(plan.added), len(plan.removed)) == (0, 3)


def test_B03_a_booked_time_outside_the_hours_is_not_free_again_when_it_is_given_back(doctor):
    (one,) = give(doctor, "09:00–11:00")
    appointment = booked(doctor, "10:30")
    confirmed(hours.change, one, first_day=TODAY, ends=time(10), by=doctor.user)

    appointments.cancel(appointment, reason="health", by=doctor.user)

    assert "04 10:30" not in times(doctor)
    assert conflicts(doctor) == []


def test_B03_longer_hours_again_take_a_booked_time_back_in(doctor):
    (one,) = give(doctor, "09:00–11:00")
    appointment = booked(doctor, "10:30")
    confirmed(hours.change, one, first_day=TODAY, ends=time(10), by=doctor.user)
    shorter = doctor.weekly_hours.get(ends=time(10))

    confirmed(hours.change, shorter, first_day=TODAY, ends=time(12), by=doctor.user)

    assert conflicts(doctor) == []
    appointment.slot.refresh_from_db()
    assert not appointment.slot.is_extra
    expected = [f"{day} {hour}" for day in ("04", "11") for hour in HALF_HOURS[:6]]
    assert times(doctor) == [text for text in expected if text != "04 10:30"]


HALF_HOURS = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]


def test_B03_another_length_leaves_what_is_booked_within_the_hours(doctor):
    (one,) = give(doctor, "09:00–10:00")
    booked(doctor, "09:00")

    plan = confirmed(hours.change, one, first_day=TODAY, minutes=20, by=doctor.user)

    assert plan.kept == []
    assert times(doctor) == ["04 09:40", "11 09:00", "11 09:20", "11 09:40"]
    assert [(one.wall.time(), why) for one, why in plan.skipped] == [
        (time(9), Obstacle.OTHER_SLOT),
        (time(9, 20), Obstacle.OTHER_SLOT),
    ]


def test_B03_a_slot_on_offer_stays(doctor):
    (one,) = give(doctor, "09:00–09:30")
    doctor.slots.filter(starts_at=at("09:00")).update(state=SlotState.OFFERED)

    plan = confirmed(hours.end, one, last_day=TODAY, by=doctor.user)

    assert times(doctor, SlotState.OFFERED) == ["04 09:00"]
    assert times(doctor) == []
    assert len(plan.kept) == len(plan.removed) == 1
    doctor.slots.filter(state=SlotState.OFFERED).update(state=SlotState.OPEN)
    hours_slots.keep_made()
    assert times(doctor) == []


def test_B03_a_change_from_a_later_day_leaves_the_time_until_then(doctor):
    (one,) = give(doctor, "09:00–09:30")

    confirmed(
        hours.change, one, first_day=date(2026, 3, 9), starts=time(8), ends=time(9), by=doctor.user
    )

    assert times(doctor) == ["04 09:00", "11 08:00", "11 08:30"]
    old, new = WeeklyHours.objects.order_by("valid_from")
    assert (old.valid_until, new.valid_from) == (date(2026, 3, 8), date(2026, 3, 9))


def test_B03_changed_hours_of_every_second_week_keep_to_their_weeks(doctor):
    ClinicSettings.objects.update(horizon_days=40)
    (one,) = give(doctor, "09:00–09:30", every_weeks=2)
    before = times(doctor)

    confirmed(hours.change, one, first_day=date(2026, 3, 9), minutes=15, by=doctor.user)

    assert before == ["04 09:00", "18 09:00", "01 09:00"]
    assert [text for text in times(doctor) if "09:15" not in text] == before


def test_B03_another_audience_is_that_of_the_free_slots_unless_set_by_hand(doctor):
    (one,) = give(doctor, "09:00–10:00")
    booked(doctor, "09:00")
    doctor.slots.filter(starts_at=at("09:30")).update(audience="same_day", released_at=at("07:00"))

    plan = confirmed(hours.change, one, first_day=TODAY, audience=SlotAudience.DESK, by=doctor.user)

    assert len(plan.changed) == 3
    rows = doctor.slots.live().values_list("starts_at", "audience", "released_at")
    second = date(2026, 3, 11)
    assert list(rows) == [
        (at("09:00"), "public", NOW),
        (at("09:30"), "same_day", at("07:00")),
        (at("09:00", second), "desk", None),
        (at("09:30", second), "desk", None),
    ]


def test_B03_a_time_removed_by_hand_stays_removed(doctor):
    (one,) = give(doctor, "09:00–10:00")
    availability.remove(doctor.slots.get(starts_at=at("09:30")), by=doctor.user)

    assert hours_slots.keep_made() == 0
    plan = confirmed(hours.change, one, first_day=TODAY, ends=time(10, 30), by=doctor.user)

    assert times(doctor)[:2] == ["04 09:00", "04 10:00"]
    assert [one.wall.time() for one in plan.added] == [time(10), time(10)]


def test_B03_a_time_that_a_change_of_hours_removed_comes_again_with_the_next(doctor):
    (one,) = give(doctor, "09:00–10:00")
    confirmed(hours.end, one, last_day=TODAY, by=doctor.user)

    give(doctor, "09:00–10:00")

    assert times(doctor) == ["04 09:00", "04 09:30", "11 09:00", "11 09:30"]


def test_B03_a_slot_handed_to_a_colleague_is_not_made_again(doctor):
    give(doctor, "09:00–09:30")
    colleague = DoctorFactory(office=doctor.office)
    doctor.slots.filter(starts_at=at("09:00")).update(doctor=colleague)

    assert hours_slots.keep_made() == 0


def test_B03_no_slot_in_a_time_off_nor_over_another_slot(doctor):
    TimeOff.objects.create(doctor=doctor, starts_at=at("09:15"), ends_at=at("10:00"))
    slot_at(doctor, "10:15")

    plan = confirmed(
        hours.add, doctor, blocks=[block(doctor.office, "09:00–11:30")], by=doctor.user
    )

    assert [text for text in times(doctor) if text.startswith("04")] == ["04 10:15", "04 11:00"]
    assert [(f"{one.wall:%d %H:%M}", why) for one, why in plan.skipped] == [
        ("04 09:00", Obstacle.AWAY),
        ("04 09:30", Obstacle.AWAY),
        ("04 10:00", Obstacle.OTHER_SLOT),
        ("04 10:30", Obstacle.OTHER_SLOT),
    ]


def test_B03_hours_at_two_offices_do_not_overlap(doctor):
    """The clock of the other office is an hour behind, so its 08:00 is the doctor's 09:00."""
    canary = OfficeFactory(time_zone="Atlantic/Canary")
    give(doctor, "09:00–10:00")

    give(doctor, "08:30–10:00", office=canary)

    here = times(doctor)
    assert here[:4] == ["04 09:00", "04 09:30", "04 10:00", "04 10:30"]
    assert doctor.slots.filter(office=canary).count() == 4


def test_B03_requests_for_a_time_that_goes_are_declined(doctor):
    (one,) = give(doctor, "09:00–09:30")
    doctor.on_request = True
    doctor.save()
    patient = PatientFactory()
    slot = doctor.slots.get(starts_at=at("09:00"))
    asked = appointments.book(slot.pk, by=patient.user)
    assert asked.state == AppointmentState.REQUESTED

    confirmed(hours.end, one, last_day=TODAY, by=doctor.user)

    asked.refresh_from_db()
    assert asked.state == AppointmentState.DECLINED


def test_B24_another_hour_of_release_is_that_of_the_same_day_slots_ahead(doctor):
    give(doctor, "09:00–10:00", audience=SlotAudience.SAME_DAY)
    give(doctor, "15:00–15:30", audience=SlotAudience.DESK)
    given_up = doctor.slots.get(starts_at=at("09:30"))
    availability.remove(given_up, by=doctor.user)

    clinic.change(same_day_release_at=time(8, 30), by=AdminFactory())

    second = date(2026, 3, 11)
    released = doctor.slots.order_by("starts_at").values_list("released_at", flat=True)
    assert list(released) == [
        at("08:30"),
        at("07:00"),  # withdrawn
        None,
        at("08:30", second),
        at("08:30", second),
        None,
    ]
