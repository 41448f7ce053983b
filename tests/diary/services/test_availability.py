"""Declaring a day, and removing one slot (requirements B02, B05)."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from portal.appointments.services import appointments
from portal.diary.services import availability, day_copies
from portal.enums import DoctorState, SlotState
from portal.errors import Forbidden, OutsideHours, Overlap, StaleState, TooLate
from portal.models import AuditEvent, ClinicSettings, Slot
from tests.factories import (
    AdminFactory,
    AssistantFactory,
    DoctorFactory,
    OfficeFactory,
    PatientFactory,
    SlotFactory,
)
from tests.setups.diary import DAY, at, book_at, set_day, slot_at, times

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]


def test_B02_set_day_opens_half_hours(doctor):
    change = set_day(doctor, "09:00", "20:30")

    assert change.added == [at("09:00"), at("20:30")]
    assert times(doctor) == ["04 09:00", "04 20:30"]
    assert {slot.ends_at - slot.starts_at for slot in Slot.objects.all()} == {timedelta(minutes=30)}


def test_B02_set_day_withdraws_what_is_not_wanted(doctor):
    set_day(doctor, "09:00", "09:30")

    change = set_day(doctor, "09:30", "10:00")

    assert (change.added, change.removed) == ([at("10:00")], [at("09:00")])
    assert times(doctor) == ["04 09:30", "04 10:00"]
    assert times(doctor, SlotState.WITHDRAWN) == ["04 09:00"]


def test_B02_set_day_can_open_again_what_was_withdrawn(doctor):
    set_day(doctor, "09:00")
    set_day(doctor)

    change = set_day(doctor, "09:00")

    assert change.added == [at("09:00")]
    assert times(doctor) == ["04 09:00"]


def test_B05_set_day_never_removes_a_booked_time(doctor):
    appointment = book_at(doctor, "10:00")

    change = set_day(doctor, "09:00")

    appointment.slot.refresh_from_db()
    assert appointment.slot.state == SlotState.TAKEN
    assert change.kept_booked == [at("10:00")]
    assert change.removed == []


def test_set_day_leaves_a_booked_time_that_is_wanted_alone(doctor):
    book_at(doctor, "10:00")

    change = set_day(doctor, "10:00")

    assert change == availability.DayChange()


def test_set_day_leaves_other_days_and_doctors_alone(doctor):
    tomorrow = slot_at(doctor, "09:00", DAY + timedelta(days=1))
    other = slot_at(DoctorFactory(office=doctor.office), "09:00")

    set_day(doctor, "10:00")

    states = Slot.objects.filter(pk__in=[tomorrow.pk, other.pk]).values_list("state", flat=True)
    assert list(states) == [SlotState.OPEN, SlotState.OPEN]


def test_set_day_leaves_times_that_have_begun(doctor):
    today = date(2026, 3, 3)
    slot_at(doctor, "11:30", today)
    slot_at(doctor, "12:30", today)

    change = set_day(doctor, day=today)

    assert change.removed == [at("12:30", today)]
    assert times(doctor) == ["03 11:30"]


def test_set_day_writes_one_audit_event(doctor):
    set_day(doctor, "09:00")

    set_day(doctor, "09:30")

    event = AuditEvent.objects.first()
    assert AuditEvent.objects.count() == 2
    assert (event.verb, event.object_id, event.actor_id) == (
        "declare_day",
        doctor.pk,
        doctor.user_id,
    )
    assert event.changes == {
        "office": doctor.office_id,
        "day": "2026-03-04",
        "added": [at("09:30").isoformat()],
        "removed": [at("09:00").isoformat()],
    }


def test_set_day_without_a_change_writes_no_audit_event(doctor):
    set_day(doctor, "09:00")

    set_day(doctor, "09:00")

    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize("text", ["08:30", "21:00", "09:10"])
def test_set_day_refuses_times_off_the_grid(doctor, text):
    with pytest.raises(OutsideHours) as refusal:
        set_day(doctor, "10:00", text)

    assert text in str(refusal.value)
    assert not Slot.objects.exists()


def test_set_day_refuses_a_time_that_has_passed(doctor):
    with pytest.raises(OutsideHours, match="09:00 has passed"):
        set_day(doctor, "09:00", "15:00", day=date(2026, 3, 3))

    assert not Slot.objects.exists()


def test_set_day_refuses_the_half_hour_that_has_just_begun(doctor):
    with pytest.raises(OutsideHours):
        set_day(doctor, "12:00", day=date(2026, 3, 3))


def test_set_day_refuses_to_be_at_two_offices_at_once(doctor):
    slot_at(doctor, "10:00", office=OfficeFactory())

    with pytest.raises(Overlap, match="10:00"):
        set_day(doctor, "09:00", "10:00")

    assert times(doctor) == ["04 10:00"]


def test_set_day_sees_overlaps_of_offices_in_other_time_zones(doctor):
    canary = OfficeFactory(time_zone="Atlantic/Canary")  # an hour behind

    set_day(doctor, "10:00")
    with pytest.raises(Overlap, match="09:00"):
        availability.set_day(doctor, office=canary, day=DAY, starts=[at("10:00")], by=doctor.user)


def test_set_day_refuses_what_overlaps_a_slot_of_an_older_grid(doctor):
    slot_at(doctor, "10:10")

    with pytest.raises(Overlap):
        set_day(doctor, "10:30")

    change = set_day(doctor, "09:30", "11:00")
    assert change.removed == []


def test_set_day_at_one_office_keeps_the_other_offices_times(doctor):
    elsewhere = slot_at(doctor, "16:00", office=OfficeFactory())

    set_day(doctor, "09:00")
    set_day(doctor)

    elsewhere.refresh_from_db()
    assert elsewhere.state == SlotState.OPEN


def test_set_day_follows_the_clinics_grid(doctor):
    ClinicSettings(pk=1, grid_minutes=20, day_starts_at=time(8), day_ends_at=time(9)).save()

    change = set_day(doctor, "08:00", "08:20", "08:40")

    assert len(change.added) == 3
    with pytest.raises(OutsideHours):
        set_day(doctor, "09:00")


def test_set_day_on_a_day_without_a_grid_changes_nothing(doctor):
    ClinicSettings(pk=1, day_starts_at=time(9), day_ends_at=time(9, 10)).save()

    assert set_day(doctor) == availability.DayChange()


def test_B02_set_day_tells_repeated_times_apart(doctor):
    ClinicSettings(pk=1, day_starts_at=time(0), day_ends_at=time(23, 59)).save()
    day = date(2026, 10, 25)

    starts = [at("02:30", day), at("02:30", day, fold=1)]
    availability.set_day(doctor, office=doctor.office, day=day, starts=starts, by=doctor.user)

    assert starts[1] - starts[0] == timedelta(hours=1)
    assert times(doctor) == ["25 02:30", "25 02:30"]


def test_a_pending_doctor_prepares_a_schedule():
    doctor = DoctorFactory(state=DoctorState.PENDING)

    assert set_day(doctor, "09:00").added


def test_staff_of_the_doctors_office_change_the_diary(doctor):
    assistant = AssistantFactory(offices=[doctor.office])

    set_day(doctor, "09:00", by=assistant.user)
    set_day(doctor, "09:30", by=AdminFactory())

    assert times(doctor) == ["04 09:30"]


@pytest.mark.parametrize("verb", ["day", "copy", "remove"])
@pytest.mark.parametrize(
    "stranger",
    [
        lambda: PatientFactory().user,
        lambda: DoctorFactory().user,
        lambda: AssistantFactory(offices=[OfficeFactory()]).user,
    ],
    ids=["patient", "another doctor", "assistant elsewhere"],
)
def test_strangers_change_nobodys_diary(doctor, stranger, verb):
    slot, by = slot_at(doctor, "09:00"), stranger()
    here = {"office": doctor.office, "by": by}
    acts = {
        "day": lambda: set_day(doctor, by=by),
        "copy": lambda: day_copies.copy_day(
            doctor, source=DAY, targets=[DAY + timedelta(1)], confirmed=None, **here
        ),
        "remove": lambda: availability.remove(slot, by=by),
    }

    with pytest.raises(Forbidden):
        acts[verb]()

    assert times(doctor) == ["04 09:00"]
    assert not AuditEvent.objects.exists()


def test_B05_remove_withdraws_a_free_slot(doctor):
    slot = slot_at(doctor, "09:00")

    availability.remove(slot, by=doctor.user)

    slot.refresh_from_db()
    event = AuditEvent.objects.get()
    assert slot.state == SlotState.WITHDRAWN
    assert (event.verb, event.object_type, event.object_id) == ("remove", "slot", slot.pk)


def test_B05_remove_refuses_a_booked_slot(doctor):
    slot = book_at(doctor, "09:00").slot

    with pytest.raises(StaleState, match="booked"):
        availability.remove(slot, by=doctor.user)

    slot.refresh_from_db()
    assert slot.state == SlotState.TAKEN
    assert not AuditEvent.objects.exists()


def test_remove_notices_a_booking_since_the_slot_was_read(doctor):
    slot = slot_at(doctor, "09:00")
    appointments.book(slot.pk, patient_id=PatientFactory().pk, by=AdminFactory())

    with pytest.raises(StaleState, match="booked"):
        availability.remove(slot, by=doctor.user)


def test_remove_refuses_a_slot_that_is_on_offer_and_says_so(doctor):
    slot = slot_at(doctor, "09:00", state=SlotState.OFFERED)

    with pytest.raises(StaleState, match="on offer to somebody who waits"):
        availability.remove(slot, by=doctor.user)


def test_remove_refuses_a_slot_that_was_removed_before(doctor):
    slot = slot_at(doctor, "09:00")
    stale = Slot.objects.get(pk=slot.pk)
    availability.remove(slot, by=doctor.user)

    with pytest.raises(StaleState, match="removed before"):
        availability.remove(stale, by=doctor.user)

    assert AuditEvent.objects.count() == 1


def test_remove_refuses_a_time_that_has_passed(doctor):
    slot = SlotFactory(doctor=doctor, starts_at=timezone.now() - timedelta(minutes=30))

    with pytest.raises(TooLate):
        availability.remove(slot, by=doctor.user)
