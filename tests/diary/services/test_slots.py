"""Single slots: made, edited, released (requirements B04, B05, B24)."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.clinic.services import clinic
from portal.diary.services import slots
from portal.enums import SlotAudience, SlotState
from portal.errors import Forbidden, OutsideHours, Overlap, PortalError, StaleState, TooLate
from portal.models import AuditEvent, ClinicSettings, Slot, TimeOff
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    OfficeFactory,
    PatientFactory,
)
from tests.setups.diary import NOW, at, book_at, slot_at, times

pytestmark = pytest.mark.django_db


def create(doctor, first="10:00", last="10:50", **options):
    values = {"office": doctor.office, "by": doctor.user} | options
    values = {"starts_at": at(first), "ends_at": at(last)} | values
    return slots.create_slot(doctor, **values)


def edit(slot, first="10:00", last="10:30", **options):
    values = {"office": slot.office, "by": slot.doctor.user, "note": slot.note} | options
    values = {"starts_at": at(first), "ends_at": at(last), "audience": slot.audience} | values
    return slots.edit_slot(slot, **values)


def test_B04_a_slot_with_its_own_length_and_note(doctor):
    slot = create(doctor, note=" Long talk ")

    slot.refresh_from_db()
    assert (slot.starts_at, slot.ends_at) == (at("10:00"), at("10:50"))
    assert (slot.note, slot.state, slot.audience) == ("Long talk", "open", "public")
    assert (slot.released_at, slot.wall_hour, slot.is_extra) == (NOW, 10, False)
    assert AuditEvent.objects.get(verb="create").object_id == slot.pk


def test_B04_the_note_is_not_in_the_trail(doctor):
    edit(create(doctor, last="10:30", note="About Ana"), note="About Eva")

    assert "About" not in str(list(AuditEvent.objects.values_list("changes", flat=True)))


@pytest.mark.parametrize(
    ("first", "last", "error", "field", "said"),
    [
        ("10:00", "10:00", PortalError, "ends", "after the start"),
        ("10:00", "09:55", PortalError, "ends", "after the start"),
        ("10:03", "10:30", OutsideHours, "starts", "five minutes"),
        ("10:00", "10:31", OutsideHours, "ends", "five minutes"),
    ],
)
def test_B04_times_that_make_no_sense(doctor, first, last, error, field, said):
    with pytest.raises(error, match=said) as refusal:
        create(doctor, first, last)

    assert refusal.value.field == field
    assert not Slot.objects.exists()


@pytest.mark.parametrize("starts_at", [NOW - timedelta(minutes=5), NOW])
def test_B04_not_in_the_past(doctor, starts_at):
    with pytest.raises(TooLate) as refusal:
        create(doctor, starts_at=starts_at)

    assert refusal.value.field == "starts"


def test_B04_in_five_minutes_is_not_past(doctor):
    assert create(doctor, starts_at=NOW + timedelta(minutes=5), ends_at=at("09:00")).pk


def test_B04_a_day_at_the_most(doctor):
    assert create(doctor, ends_at=at("10:00") + timedelta(days=1)).pk
    with pytest.raises(PortalError, match="at the most"):
        create(DoctorFactory(), ends_at=at("10:05") + timedelta(days=1))


def test_B04_the_raster_is_that_of_the_offices_clock(doctor):
    kathmandu = OfficeFactory(time_zone="Asia/Kathmandu")  # 5:45 ahead of UTC
    starts_at = datetime(2026, 3, 4, 4, 20, tzinfo=UTC)

    slot = create(
        doctor, office=kathmandu, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=25)
    )

    assert slot.wall_hour == 10


@pytest.mark.parametrize(("first", "last"), [("09:30", "10:00"), ("10:30", "11:15")])
def test_B04_back_to_back_is_fine(doctor, first, last):
    slot_at(doctor, "10:00")

    assert create(doctor, first, last).pk


@pytest.mark.parametrize(("first", "last"), [("09:30", "10:05"), ("10:25", "11:00")])
@pytest.mark.parametrize("state", ["open", "taken", "offered"])
def test_B04_an_overlap_is_refused_and_named(doctor, first, last, state):
    slot_at(doctor, "10:00", state=state)

    with pytest.raises(Overlap, match="10:00–10:30") as refusal:
        create(doctor, first, last)

    assert doctor.office.name in refusal.value.message
    assert refusal.value.field == "starts"
    assert Slot.objects.count() == 1


def test_B04_an_overlap_at_another_office_counts(doctor):
    slot_at(doctor, "10:00", office=OfficeFactory(name="Far"))

    with pytest.raises(Overlap, match="Far"):
        create(doctor)


def test_B04_withdrawn_ones_and_colleagues_are_no_obstacle(doctor):
    slot_at(doctor, "10:00", state=SlotState.WITHDRAWN)
    slot_at(DoctorFactory(), "10:00")

    assert create(doctor).pk


def test_B04_not_in_a_time_off(doctor):
    off = TimeOff.objects.create(doctor=doctor, starts_at=at("10:30"), ends_at=at("12:00"))

    with pytest.raises(Overlap, match="is away then"):
        create(doctor)
    assert create(doctor, "10:00", "10:30").pk
    off.cancelled_at = NOW
    off.save()
    assert create(doctor, "10:30", "11:00").pk


def test_B04_who_may_make_one(doctor):
    desk = AssistantFactory(offices=[doctor.office]).user
    strangers = [
        DoctorFactory().user,
        PatientFactory().user,
        AssistantFactory(offices=[OfficeFactory()]).user,
    ]

    for one in strangers:
        with pytest.raises(Forbidden):
            create(doctor, by=one)
    with pytest.raises(Forbidden):  # an office that they do not run
        create(doctor, office=OfficeFactory(), by=desk)

    assert create(doctor, by=desk).pk
    assert create(doctor, "11:00", "11:30", by=AdminFactory()).pk
    assert create(doctor, "12:00", "12:30", office=OfficeFactory()).pk


def test_B24_from_when_on_patients_book_it(doctor):
    desk = create(doctor, "10:00", "10:30", audience=SlotAudience.DESK)
    same_day = create(doctor, "10:30", "11:00", audience=SlotAudience.SAME_DAY)

    assert desk.released_at is None
    assert same_day.released_at == at("07:00")


def test_B24_the_day_of_release_is_the_slots_own_at_its_office(doctor):
    auckland = OfficeFactory(time_zone="Pacific/Auckland")
    starts_at = datetime(2026, 3, 3, 19, tzinfo=UTC)  # 8:00 of the fourth there

    slot = create(
        doctor,
        office=auckland,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        audience=SlotAudience.SAME_DAY,
    )

    assert slot.released_at == datetime(2026, 3, 3, 18, tzinfo=UTC)


def test_B24_another_hour_of_release_holds_at_once_for_slots_that_are_there(doctor):
    ClinicSettings.objects.create(pk=1)
    same_day = create(doctor, "10:00", "10:30", audience=SlotAudience.SAME_DAY)
    desk = create(doctor, "11:00", "11:30", audience=SlotAudience.DESK)
    public = create(doctor, "12:00", "12:30")

    clinic.change(by=AdminFactory(), same_day_release_at=time(8, 30))

    for slot in (same_day, desk, public):
        slot.refresh_from_db()
    assert same_day.released_at == at("08:30")
    assert (desk.released_at, public.released_at) == (None, NOW)


def test_B18_a_change_of_settings_releases_same_day_slots_once(doctor):
    ClinicSettings.objects.create(pk=1)
    for starts, ends in (("10:00", "10:30"), ("11:00", "11:30")):
        create(doctor, starts, ends, audience=SlotAudience.SAME_DAY)

    with CaptureQueriesContext(connection) as queries:
        clinic.change(by=AdminFactory(), same_day_release_at=time(8, 30))

    touched = [one["sql"] for one in queries if 'UPDATE "portal_slot"' in one["sql"]]
    assert len(touched) == 1
    assert set(doctor.slots.values_list("released_at", flat=True)) == {at("08:30")}


def test_B05_another_time_is_another_slot(doctor):
    old = slot_at(doctor, "10:00", note="Scans")

    new = edit(old, "10:15", "11:00")

    old.refresh_from_db()
    assert new.pk != old.pk
    assert old.state == SlotState.WITHDRAWN
    assert (new.starts_at, new.ends_at, new.note) == (at("10:15"), at("11:00"), "Scans")
    assert times(doctor) == ["04 10:15"]


def test_B05_note_and_audience_change_in_place(doctor):
    slot = slot_at(doctor, "10:00")

    edited = edit(slot, note="Scans", audience="desk")

    slot.refresh_from_db()
    assert edited.pk == slot.pk
    assert (slot.note, slot.audience, slot.released_at) == ("Scans", "desk", None)
    edit(slot, audience="public")
    slot.refresh_from_db()
    assert slot.released_at == NOW


def test_B05_an_edit_does_not_stumble_over_the_slot_itself_but_over_others(doctor):
    slot = slot_at(doctor, "10:00")
    slot_at(doctor, "11:00")

    with pytest.raises(Overlap, match="11:00–11:30"):
        edit(slot, "10:00", "11:05")

    slot.refresh_from_db()
    assert slot.state == SlotState.OPEN
    assert edit(slot, "10:10", "10:40").pk


def test_B05_of_a_booked_one_only_the_note_changes(doctor):
    appointment = book_at(doctor, "10:00")
    slot = appointment.slot

    edit(slot, note="Bring the scans")

    slot.refresh_from_db()
    assert (slot.note, slot.state) == ("Bring the scans", "taken")
    for options in ({"last": "10:45"}, {"audience": "desk"}, {"office": OfficeFactory()}):
        with pytest.raises(StaleState, match="only its note"):
            edit(slot, **options)
    slot.refresh_from_db()
    assert (slot.ends_at, slot.audience) == (at("10:30"), "public")


def test_B05_one_on_offer_keeps_its_time(doctor):
    slot = slot_at(doctor, "10:00", state=SlotState.OFFERED)

    with pytest.raises(StaleState, match="on offer"):
        edit(slot, "10:05", "10:30")


def test_B05_a_time_that_is_asked_for_stays(doctor):
    slot = slot_at(doctor, "10:00", has_requests=True)
    AppointmentFactory(doctor=doctor, slot=slot, starts_at=slot.starts_at, state="requested")

    with pytest.raises(StaleState, match="asked for this time"):
        edit(slot, "10:05", "10:30")
    assert edit(slot, note="Scans").note == "Scans"


def test_B05_a_removed_or_past_one_cannot_be_edited(doctor):
    slot = slot_at(doctor, "10:00")
    gone = slot_at(doctor, "12:00", state=SlotState.WITHDRAWN)

    with pytest.raises(StaleState):
        edit(gone, "12:00", "12:30")
    with time_machine.travel(slot.starts_at), pytest.raises(TooLate):
        edit(slot, "11:00", "11:30")


def test_B05_who_may_edit(doctor):
    slot = slot_at(doctor, "10:00")

    for one in (DoctorFactory().user, PatientFactory().user, AssistantFactory().user):
        with pytest.raises(Forbidden):
            edit(slot, note="x", by=one)
    desk = AssistantFactory(offices=[doctor.office]).user
    with pytest.raises(Forbidden):
        edit(slot, office=OfficeFactory(), by=desk)

    assert edit(slot, note="Scans", by=desk).note == "Scans"
