"""Exceptions, refusals and rights around weekly hours, and the job that keeps slots made (B03)."""

from datetime import date, time, timedelta

import pytest
import time_machine

from portal.diary.services import hours, hours_slots, time_off
from portal.enums import DoctorState, SlotAudience
from portal.errors import Forbidden, Overlap, PortalError, StaleState, TooLate
from portal.models import AuditEvent, ClinicSettings, Slot, WeeklyHours
from tests.factories import (
    AdminFactory,
    AssistantFactory,
    DoctorFactory,
    OfficeFactory,
    PatientFactory,
)
from tests.setups.diary import NOW, at, times
from tests.setups.weekly import TODAY, WEDNESDAY, block, confirmed, give, set_exception

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]


@pytest.fixture(autouse=True)
def fortnight(tuesday_noon, db):
    """Slots are made for today and the fourteen days after it: Wednesdays 4 and 11 March."""
    return ClinicSettings.objects.create(pk=1, horizon_days=14)


def test_B03_an_exception_holds_instead_of_the_usual_hours(doctor):
    give(doctor, "09:00–10:00")

    plan = set_exception(doctor, WEDNESDAY, "16:00–16:30", "18:00–18:30")

    assert [text for text in times(doctor) if text < "11"] == ["04 16:00", "04 18:00"]
    assert (len(plan.added), len(plan.removed)) == (2, 2)


def test_B03_an_exception_without_hours_empties_the_day_and_can_be_taken_back(doctor):
    give(doctor, "09:00–10:00")

    set_exception(doctor, WEDNESDAY)
    assert times(doctor) == ["11 09:00", "11 09:30"]

    confirmed(hours.drop_exception, doctor, office=doctor.office, day=WEDNESDAY, by=doctor.user)
    assert times(doctor) == ["04 09:00", "04 09:30", "11 09:00", "11 09:30"]


def test_B03_an_exception_on_a_day_without_hours_takes_after_the_others(doctor):
    give(doctor, "09:00–10:00", minutes=20, audience=SlotAudience.DESK)

    set_exception(doctor, date(2026, 3, 7), "09:00–09:40")

    saturday = doctor.slots.filter(starts_at__date=date(2026, 3, 7))
    assert [slot.audience for slot in saturday] == ["desk", "desk"]


def test_B03_an_exception_that_replaces_another_is_the_only_one(doctor):
    give(doctor, "09:00–10:00")
    set_exception(doctor, WEDNESDAY, "16:00–16:30")

    set_exception(doctor, WEDNESDAY, "17:00–17:30")

    assert times(doctor)[0] == "04 17:00"
    assert doctor.hours_exceptions.count() == 1


@pytest.mark.parametrize(
    ("hours_text", "fields", "field"),
    [
        ("10:00–09:00", {}, "ends"),
        ("10:00–10:00", {}, "ends"),
        ("09:00–09:20", {}, "minutes"),
        ("09:00–10:00", {"valid_until": date(2026, 3, 2)}, "valid_until"),
    ],
)
def test_B03_hours_that_make_no_sense_are_refused(doctor, hours_text, fields, field):
    with pytest.raises(PortalError) as refusal:
        give(doctor, hours_text, **fields)

    assert refusal.value.field == field
    assert WeeklyHours.objects.count() == 0


def test_B03_hours_that_overlap_others_are_refused(doctor):
    give(doctor, "09:00–10:00")

    with pytest.raises(Overlap, match="Wednesday 09:00–10:00"):
        give(doctor, "09:30–11:00")

    give(doctor, "10:00–11:00")
    give(doctor, "09:30–11:00", weekday=3)


def test_B03_hours_of_alternate_weeks_do_not_overlap(doctor):
    give(doctor, "09:00–10:00", every_weeks=2)

    give(doctor, "09:00–10:00", every_weeks=2, valid_from=date(2026, 3, 9))

    assert WeeklyHours.objects.count() == 2
    with pytest.raises(Overlap):
        give(doctor, "09:00–10:00", every_weeks=2, valid_from=date(2026, 3, 16))


def test_B03_past_days_cannot_be_changed(doctor):
    (one,) = give(doctor, "09:00–10:00")
    yesterday = TODAY - timedelta(days=1)

    with pytest.raises(TooLate):
        confirmed(hours.change, one, first_day=yesterday, ends=time(11), by=doctor.user)
    with pytest.raises(TooLate):
        confirmed(hours.end, one, last_day=yesterday - timedelta(days=1), by=doctor.user)
    with pytest.raises(TooLate):
        set_exception(doctor, yesterday)
    confirmed(hours.end, one, last_day=yesterday, by=doctor.user)
    assert times(doctor) == []


def test_B03_hours_that_somebody_has_ended_meanwhile_are_not_changed(doctor):
    (one,) = give(doctor, "09:00–10:00")
    confirmed(hours.end, one, last_day=WEDNESDAY, by=doctor.user)

    with pytest.raises(StaleState):
        confirmed(hours.change, one, first_day=TODAY, ends=time(11), by=doctor.user)


def test_B03_an_exception_needs_hours_at_the_office(doctor):
    with pytest.raises(PortalError, match="no weekly hours"):
        set_exception(doctor, WEDNESDAY, "09:00–10:00")


def test_B03_stretches_of_an_exception_do_not_overlap(doctor):
    give(doctor, "09:00–10:00")

    with pytest.raises(PortalError, match="overlap"):
        set_exception(doctor, WEDNESDAY, "09:00–11:00", "10:30–12:00")


def test_B03_who_may_change_hours(doctor):
    for user in (
        doctor.user,
        AdminFactory(),
        AssistantFactory(offices=[doctor.office]).user,
        AssistantFactory(all_offices=True).user,
    ):
        hours.add(doctor, blocks=[block(doctor.office)], confirmed=None, by=user)
    for user in (
        PatientFactory().user,
        DoctorFactory(office=doctor.office).user,
        AssistantFactory(offices=[OfficeFactory()]).user,
    ):
        with pytest.raises(Forbidden):
            hours.add(doctor, blocks=[block(doctor.office)], confirmed=None, by=user)


def test_B03_every_change_is_on_the_trail(doctor):
    (one,) = give(doctor, "09:00–10:00")
    confirmed(hours.end, one, last_day=WEDNESDAY, by=doctor.user)

    ended, added = AuditEvent.objects.order_by("-pk")
    assert (added.verb, added.object_id, added.changes["added"]) == ("add_hours", doctor.pk, 4)
    assert added.changes["blocks"][0]["hours"] == "Wednesday 09:00–10:00"
    assert (ended.verb, ended.changes["removed"]) == ("end_hours", 2)


def test_B03_the_job_makes_what_the_days_bring_and_twice_changes_nothing(doctor):
    give(doctor, "09:00–09:30")

    with time_machine.travel(NOW + timedelta(days=7), tick=False):
        assert hours_slots.keep_made() == 1
        rows = list(Slot.objects.values())
        assert hours_slots.keep_made() == 0

    assert times(doctor) == ["04 09:00", "11 09:00", "18 09:00"]
    assert list(Slot.objects.values()) == rows
    made = AuditEvent.objects.get(verb="make_slots")
    assert (made.actor_id, made.changes) == (None, {"added": 1, "removed": 0})


def test_B03_the_job_goes_on_after_a_doctor_whose_slots_cannot_be_made(doctor, caplog):
    other = DoctorFactory()
    for one in (doctor, other):
        give(one, "09:00–09:30")
    Slot.objects.filter(doctor=other).delete()
    doctor.weekly_hours.update(minutes=0)

    with pytest.raises(ZeroDivisionError):
        hours_slots.keep_made()

    assert times(other) == ["04 09:00", "11 09:00"]
    assert "could not be made" in caplog.text


def test_B03_nothing_is_made_for_doctors_who_do_not_work_here(doctor):
    give(doctor, "09:00–09:30")
    Slot.objects.all().delete()
    doctor.state = DoctorState.REJECTED
    doctor.save()
    assert hours_slots.keep_made() == 0

    doctor.state = DoctorState.PENDING
    doctor.save()
    assert hours_slots.keep_made() == 2

    Slot.objects.all().delete()
    doctor.user.state = "blocked"
    doctor.user.save()
    assert hours_slots.keep_made() == 0


def test_B03_times_come_again_when_a_time_off_is_taken_back(doctor):
    give(doctor, "09:00–10:00")
    away = time_off.take_time_off(
        doctor,
        starts_at=at("08:00"),
        ends_at=at("12:00"),
        choices={},
        by=doctor.user,
    )
    assert hours_slots.keep_made() == 0
    assert times(doctor) == ["11 09:00", "11 09:30"]

    time_off.cancel_time_off(away, by=doctor.user)

    assert hours_slots.keep_made() == 2
    assert times(doctor) == ["04 09:00", "04 09:30", "11 09:00", "11 09:30"]
