"""Nothing is made or booked on a day on which the office is closed, by whatever way (B03)."""

from datetime import timedelta

import pytest

from portal.appointments.services import appointments, offers, requests, series, waitlist
from portal.desk.queries.desk import free_slots as day_sheet_slots
from portal.desk.queries.desk_fingerprint import fingerprint, fingerprint_of
from portal.diary.services import availability, hours_slots, slots, transfers
from portal.enums import HolidayState, OfferState, SlotState
from portal.errors import ClosedDay, OfferGone, SeriesBroken
from portal.models import AuditEvent, ClinicSettings, Holiday, Offer, Office, Slot
from portal.slots.queries.slots import SlotFilter, bookable, free_slots, nearest_free
from portal.slots.services import closures
from tests.diary.services.test_holidays import close
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    DoctorFactory,
    OfferFactory,
    OfficeFactory,
    PatientFactory,
    WaitFactory,
)
from tests.setups.diary import (
    DAY,
    NOW,
    at,
    book_at,
    close_day,
    copy_day,
    set_day,
    settings,
    slot_at,
    times,
)
from tests.setups.weekly import give

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]
NEXT = DAY + timedelta(days=1)
CLOSED = "The office is closed on Wednesday 4 March 2026: Feast"


@pytest.fixture
def closed(doctor) -> Holiday:
    """Times that stand on the day before this stay."""
    return close_day(doctor.office)


def overridden() -> list[tuple]:
    events = AuditEvent.objects.filter(verb="override_closure")
    return [(event.changes["day"], event.changes["closure"]) for event in events]


# --- How slots come to be ---------------------------------------------------------------------


def test_B03_ticks_of_the_grid_are_refused_and_made_when_said_expressly(doctor, closed):
    with pytest.raises(ClosedDay, match=CLOSED):
        set_day(doctor, "09:00")
    assert times(doctor) == []

    set_day(doctor, "09:00", despite_closure=True)

    assert times(doctor) == ["04 09:00"]
    assert overridden() == [("2026-03-04", "Feast")]


def test_B03_times_of_a_closed_day_can_be_taken_away(doctor):
    slot_at(doctor, "09:00")
    close_day(doctor.office)

    set_day(doctor)

    assert times(doctor) == []


def test_B03_a_copy_leaves_a_closed_day_as_it_is(doctor):
    slot_at(doctor, "09:00", NEXT)
    slot_at(doctor, "15:00")
    close_day(doctor.office)

    copy_day(doctor, DAY, source=NEXT)

    assert times(doctor) == ["04 15:00", "05 09:00"]


def single(doctor, **options) -> Slot:
    place = {"office": doctor.office, "starts_at": at("10:00"), "ends_at": at("10:30")}
    return slots.create_slot(doctor, by=doctor.user, **place, **options)


def test_B03_a_single_slot_is_refused_and_made_when_said_expressly(doctor, closed):
    with pytest.raises(ClosedDay, match=CLOSED) as refusal:
        single(doctor)
    assert refusal.value.field == "day"

    assert single(doctor, despite_closure=True).despite_closure
    assert overridden() == [("2026-03-04", "Feast")]


def test_B03_a_slot_is_not_moved_to_a_closed_day(doctor, closed):
    slot = slot_at(doctor, "10:00", NEXT)
    place = {"office": doctor.office, "starts_at": at("10:00"), "ends_at": at("10:30")}
    values = {"note": "", "audience": "public", "by": doctor.user, **place}

    with pytest.raises(ClosedDay, match=CLOSED):
        slots.edit_slot(slot, **values)

    assert slots.edit_slot(slot, despite_closure=True, **values).despite_closure


def test_B03_weekly_hours_make_nothing_on_a_closed_day(doctor, closed):
    ClinicSettings.objects.create(pk=1, horizon_days=14)

    give(doctor, "09:00–09:30")

    assert times(doctor) == ["11 09:00"]
    assert hours_slots.keep_made() == 0


def test_B06_an_appointment_of_a_closed_day_is_handed_over_only_expressly(doctor):
    appointment, to = book_at(doctor, "10:00"), DoctorFactory(office=doctor.office)
    close_day(doctor.office)

    with pytest.raises(ClosedDay, match=CLOSED):
        transfers.transfer(appointment, to=to, by=doctor.user)
    moved = transfers.transfer(appointment, to=to, despite_closure=True, by=doctor.user)

    assert (moved.doctor, moved.slot.despite_closure) == (to, True)
    assert overridden() == [("2026-03-04", "Feast")]
    assert times(doctor) == [], "what it leaves is not free on a closed day"


def test_B06_a_free_time_of_a_closed_day_is_handed_over_only_expressly(doctor):
    slot, to = slot_at(doctor, "10:00"), DoctorFactory(office=doctor.office)
    close_day(doctor.office)

    with pytest.raises(ClosedDay):
        transfers.transfer_slot(slot, to=to, by=doctor.user)

    new = transfers.transfer_slot(slot, to=to, despite_closure=True, by=doctor.user)
    assert new.despite_closure


def test_B06_a_day_that_is_closed_is_handed_over_only_expressly(doctor):
    book_at(doctor, "10:00")
    to = DoctorFactory(office=doctor.office)
    close_day(doctor.office)
    day = {"day": DAY, "office": doctor.office, "to": to, "by": doctor.user}

    with pytest.raises(ClosedDay):
        transfers.transfer_day(doctor, **day)
    assert not to.slots.exists()

    assert len(transfers.transfer_day(doctor, despite_closure=True, **day).appointments) == 1


def test_B06_a_time_that_was_made_in_spite_of_it_is_handed_over_like_any_other(doctor, closed):
    slot, to = single(doctor, despite_closure=True), DoctorFactory(office=doctor.office)

    assert transfers.transfer_slot(slot, to=to, by=doctor.user).despite_closure


def test_B03_a_patient_overrides_nothing(doctor, closed):
    with pytest.raises(ClosedDay):
        closures.check_new(doctor.office, at("10:00"), despite=True, by=PatientFactory().user)


# --- How times are listed and booked ----------------------------------------------------------


@pytest.fixture
def standing(doctor) -> Slot:
    """A free time that stands on a day which is closed."""
    slot = slot_at(doctor, "10:00")
    close_day(doctor.office)
    return slot


def test_B03_what_stands_on_a_closed_day_is_listed_for_nobody(doctor, standing):
    slot_at(doctor, "10:00", NEXT)
    known = {"settings": settings(), "offices": [doctor.office]}

    for by in (None, AdminFactory()):
        assert bookable(settings(), by=by).count() == 1
        rows = free_slots(SlotFilter(), by=by, **known).rows
        assert [row.starts.date() for row in rows] == [NEXT]
        near = nearest_free(standing, settings=settings(), by=by)
        assert standing not in near


def test_B17_neither_is_it_on_the_desks_sheet(doctor, standing):
    offices = list(Office.objects.all())
    assert day_sheet_slots(offices, DAY) == []
    with_free = fingerprint(offices, DAY, with_free=True)
    assert with_free == fingerprint_of([], [])

    Slot.objects.update(despite_closure=True)

    assert [one.pk for one in day_sheet_slots(offices, DAY)] == [standing.pk]
    assert fingerprint(offices, DAY, with_free=True) != with_free


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles", "Europe/Madrid"])
def test_B03_a_day_is_that_of_the_offices_own_calendar(doctor, zone):
    office = OfficeFactory(time_zone=zone)
    close_day(office, later := DAY + timedelta(days=7))
    around = {
        hours: Slot.objects.create(
            doctor=doctor,
            office=office,
            starts_at=Holiday.objects.get().begins_at + timedelta(hours=hours),
            ends_at=Holiday.objects.get().begins_at + timedelta(hours=hours, minutes=30),
        )
        for hours in (-1, 0, 23, 24)
    }

    listed = set(bookable(settings(), by=AdminFactory()))

    assert listed == {around[-1], around[24]}
    assert around[0].starts_at.astimezone(office.zone).date() == later


@pytest.mark.parametrize("state", [HolidayState.PROPOSED, HolidayState.IGNORED])
def test_B03_only_a_confirmed_holiday_closes(doctor, standing, state):
    Holiday.objects.update(state=state)

    assert list(bookable(settings())) == [standing]


@pytest.mark.parametrize("by", [lambda: None, AdminFactory], ids=["patient", "staff"])
def test_B08_it_is_not_booked(standing, by):
    patient = PatientFactory()

    with pytest.raises(ClosedDay, match=CLOSED):
        appointments.book(standing.pk, patient_id=patient.pk, by=by() or patient.user)


def test_B10_it_is_not_requested_and_a_request_is_not_accepted(doctor, standing):
    doctor.on_request = True
    doctor.save()
    patient = PatientFactory()
    with pytest.raises(ClosedDay):
        appointments.book(standing.pk, patient_id=patient.pk, by=patient.user)

    asked = AppointmentFactory(
        slot=standing, doctor=doctor, starts_at=at("10:00"), state="requested"
    )
    with pytest.raises(ClosedDay):
        requests.accept(asked, by=doctor.user)


def test_B12_nothing_is_moved_there(doctor, standing):
    appointment = book_at(doctor, "10:00", NEXT)

    with pytest.raises(ClosedDay):
        appointments.reschedule(appointment, slot_id=standing.pk, by=doctor.user)


def test_B11_a_series_does_not_take_it(doctor, standing):
    other = slot_at(doctor, "10:00", DAY + timedelta(days=7))
    values = {"patient_id": PatientFactory().pk, "every_days": 7, "by": AdminFactory()}

    with pytest.raises(SeriesBroken) as refusal:
        series.book_series([standing.pk, other.pk], **values)

    assert list(refusal.value.lost) == [standing.pk]
    assert CLOSED in refusal.value.lost[standing.pk]


def test_B15_it_is_neither_offered_nor_taken_up(doctor, standing):
    WaitFactory(doctor=doctor)
    assert offers.offer_new(by=None) == 0

    slot = slot_at(doctor, "11:00", state=SlotState.OFFERED)
    offer = OfferFactory(slot=slot, wait=WaitFactory(doctor=doctor), made_at=NOW, freed_at=NOW)
    with pytest.raises(ClosedDay):
        offers.accept(offer, by=offer.wait.patient.user)


def test_B15_nobody_joins_the_waiting_list_for_it(doctor):
    slot = book_at(doctor, "10:00").slot
    close_day(doctor.office)
    patient = PatientFactory()

    with pytest.raises(ClosedDay):
        waitlist.join_for_slot(patient, slot=slot, by=patient.user)


def test_B13_a_time_that_is_given_back_on_a_closed_day_is_not_free(doctor):
    appointment = book_at(doctor, "10:00")
    close_day(doctor.office)

    appointments.cancel(appointment, reason="health", by=doctor.user)

    assert times(doctor) == []
    assert times(doctor, SlotState.WITHDRAWN) == ["04 10:00"]


def test_B03_what_was_made_in_spite_of_it_is_listed_and_booked(doctor, closed):
    slot, patient = single(doctor, despite_closure=True), PatientFactory()

    assert list(bookable(settings())) == [slot]
    appointment = appointments.book(slot.pk, patient_id=patient.pk, by=patient.user)
    appointments.cancel(appointment, reason="health", by=doctor.user)

    assert times(doctor) == ["04 10:00"]


# --- Closing ----------------------------------------------------------------------------------


def test_B03_closing_takes_single_times_offers_and_requests_too(doctor):
    slot_at(doctor, "09:00")
    asked = AppointmentFactory(doctor=doctor, starts_at=at("10:00"), state="requested")
    Slot.objects.filter(pk=asked.slot_id).update(has_requests=True)
    offered = slot_at(doctor, "11:00", state=SlotState.OFFERED)
    OfferFactory(slot=offered, wait=WaitFactory(doctor=doctor), made_at=NOW, freed_at=NOW)
    booked = book_at(doctor, "12:00")
    elsewhere = slot_at(doctor, "18:00", office=OfficeFactory())

    decided = close(doctor.office, by=AdminFactory())

    asked.refresh_from_db()
    assert (decided.removed, decided.kept) == (3, 1)
    assert times(doctor) == ["04 18:00"]
    assert asked.state == "declined"
    assert Offer.objects.get().state == OfferState.VOID
    assert list(doctor.slots.live()) == [booked.slot, elsewhere]
    with pytest.raises(OfferGone):
        offers.accept(Offer.objects.get(), by=Offer.objects.get().wait.patient.user)


def test_B03_removing_one_is_possible(standing):
    availability.remove(standing, by=standing.doctor.user)
