"""A slot that becomes free is kept for the first in line whom it fits (requirements B15, B20)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from portal.appointments.services import appointments, offers, waitlist
from portal.enums import DoctorState, SlotAudience, UserState
from portal.models import AuditEvent, ClinicSettings, Notification, Offer, TimeOff, Wait
from tests.factories import (
    AppointmentFactory,
    DoctorFactory,
    OfferFactory,
    OfficeFactory,
    PatientFactory,
    SlotFactory,
    WaitFactory,
)
from tests.setups.diary import DAY, NOW, at, book_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(doctor):
    """An appointment of the next day, 11:00 in Madrid, which is about to be cancelled."""
    return book_at(doctor, "11:00")


@pytest.fixture(autouse=True)
def sms_is_on(settings):
    settings.SMS_URL = "folder://"


def free(appointment):
    """Cancels it; returns whom the slot is then on offer to."""
    appointments.cancel(appointment, by=appointment.doctor.user, reason="other")
    return line(appointment.slot)


def line(slot) -> list:
    return [one.wait.patient for one in Offer.objects.open().filter(slot=slot)]


def wait_for(doctor, **values):
    return WaitFactory(doctor=doctor, **values)


def test_B15_a_freed_slot_is_kept_for_the_first_in_line(doctor, held):
    later = WaitFactory(doctor=None, slot=held.slot, made_at=NOW - timedelta(days=1))
    first = wait_for(doctor, made_at=NOW - timedelta(days=2))

    assert free(held) == [first.patient]

    held.slot.refresh_from_db()
    offer = Offer.objects.get()
    assert held.slot.state == "offered"
    assert offer.expires_at == NOW + timedelta(minutes=30)
    assert not later.offers.exists()
    told = Notification.objects.filter(event="slot_offered")
    assert {(one.user, one.channel) for one in told} == {
        (first.patient.user, channel) for channel in ("email", "sms", "portal")
    }
    event = AuditEvent.objects.get(verb="offer")
    assert (event.actor_id, event.patient_id) == (None, first.patient_id)


def test_B15_where_nobody_waits_the_slot_is_free_for_all(held):
    assert free(held) == []
    held.slot.refresh_from_db()
    assert held.slot.state == "open"


def test_B15_a_moved_appointment_frees_its_slot_for_those_who_wait(doctor, held):
    wait = wait_for(doctor)
    other = SlotFactory(doctor=doctor, starts_at=at("12:00"))

    appointments.reschedule(held, slot_id=other.pk, by=doctor.user)

    assert line(held.slot) == [wait.patient]


FITTING = [
    lambda slot: {"doctor": slot.doctor},
    lambda slot: {"doctor": None, "slot": slot},
    lambda slot: {"doctor": None, "specialty": slot.doctor.specialty},
    lambda slot: {"doctor": None, "office": slot.office},
    lambda slot: {"doctor": slot.doctor, "office": slot.office, "first_day": DAY, "last_day": DAY},
    lambda slot: {"doctor": slot.doctor, "parts": "morning,evening"},
]
NOT_FITTING = [
    lambda slot: {},
    lambda slot: {"doctor": None, "slot": SlotFactory(doctor=slot.doctor, starts_at=at("15:00"))},
    lambda slot: {"doctor": None, "specialty": DoctorFactory().specialty},
    lambda slot: {"doctor": slot.doctor, "office": OfficeFactory()},
    lambda slot: {"doctor": slot.doctor, "first_day": DAY + timedelta(days=1)},
    lambda slot: {"doctor": slot.doctor, "last_day": DAY - timedelta(days=1)},
    lambda slot: {"doctor": slot.doctor, "parts": "afternoon,evening"},
    lambda slot: {"doctor": slot.doctor, "state": "left"},
    lambda slot: {"doctor": slot.doctor, "patient__user__state": UserState.BLOCKED},
]


@pytest.mark.parametrize("wish", FITTING)
def test_B15_it_fits_what_was_waited_for(held, wish):
    wait = WaitFactory(**wish(held.slot))

    assert free(held) == [wait.patient]


@pytest.mark.parametrize("wish", NOT_FITTING)
def test_B15_it_is_not_offered_to_whom_it_does_not_fit(held, wish):
    WaitFactory(**wish(held.slot))

    assert free(held) == []


@pytest.mark.parametrize(
    ("zone", "hour", "fits"),
    [
        ("Pacific/Auckland", 11, True),  # 00:30 of the 5th there
        ("Pacific/Auckland", 10, False),  # 23:30 of the 4th
        ("America/Los_Angeles", 8, True),
        ("America/Los_Angeles", 7, False),
    ],
)
def test_B15_days_are_those_of_the_office(tuesday_noon, zone, hour, fits):
    """Waited for: 5 March in Auckland (UTC+13), in Los Angeles (UTC-8) the 5th likewise."""
    starts = datetime(2026, 3, 4 if "Auckland" in zone else 5, hour, 30, tzinfo=UTC)
    held = AppointmentFactory(doctor__office__time_zone=zone, starts_at=starts)
    wait_for(held.doctor, first_day=date(2026, 3, 5), last_day=date(2026, 3, 5))

    assert bool(free(held)) is fits


def test_B15_who_is_not_free_then_is_passed_over(doctor, held):
    busy = wait_for(doctor)
    AppointmentFactory(patient=busy.patient, starts_at=at("11:15"))
    wait = wait_for(doctor)

    assert free(held) == [wait.patient]


def test_B15_who_has_an_open_offer_is_passed_over(doctor, held):
    OfferFactory(wait=wait_for(doctor))

    assert free(held) == []


def test_B15_who_gave_it_up_is_not_asked(doctor, held):
    wait_for(doctor, patient=held.patient)

    assert free(held) == []


def test_B15_who_has_booked_meanwhile_is_not_asked(doctor, held):
    wait = wait_for(doctor, made_at=NOW - timedelta(hours=1))
    AppointmentFactory(patient=wait.patient, doctor=doctor, starts_at=at("16:00"))

    assert free(held) == []
    assert waitlist.tidy(by=None) == 1
    wait.refresh_from_db()
    assert wait.state == "served"


@pytest.mark.parametrize(
    "change",
    [
        {"doctor__on_request": True},
        {"doctor__state": DoctorState.PENDING},
        {"released_at": None, "audience": SlotAudience.DESK},
        {"released_at": NOW + timedelta(hours=1), "audience": SlotAudience.SAME_DAY},
        {"is_extra": True},
    ],
    ids=str,
)
def test_B15_what_patients_cannot_book_is_not_offered(doctor, held, change):
    wait_for(doctor)
    for name, value in change.items():
        thing = held.doctor if name.startswith("doctor__") else held.slot
        setattr(thing, name.removeprefix("doctor__"), value)
        thing.save()

    assert free(held) == []


def test_B19_nothing_is_offered_while_the_doctor_is_away(doctor, held):
    wait_for(doctor)
    TimeOff.objects.create(doctor=doctor, starts_at=at("08:00"), ends_at=at("20:00"))

    assert free(held) == []


@pytest.mark.parametrize(
    ("minutes_ahead", "kept"), [(41, 5.5), (40, 5), (39, None), (90, 30), (60, 15), (20, None)]
)
def test_B15_near_the_start_the_time_to_answer_is_short(doctor, held, minutes_ahead, kept):
    """Half of what is left until the clinic's notice of 30 minutes begins; at least five."""
    wait_for(doctor)
    with time_machine.travel(held.starts_at - timedelta(minutes=minutes_ahead), tick=False):
        free(held)
        offer = Offer.objects.first()

    assert (offer and (offer.expires_at - offer.made_at) / timedelta(minutes=1)) == kept


def test_B18_the_clinic_says_how_long_an_offer_lasts(doctor, held):
    ClinicSettings.objects.create(pk=1, offer_minutes=120)
    wait_for(doctor)
    free(held)

    assert Offer.objects.get().expires_at == NOW + timedelta(hours=2)


def test_B20_an_earlier_time_is_offered_to_who_has_a_later_one(doctor, held):
    appointment = book_at(doctor, "16:00", DAY + timedelta(days=3))
    wait = waitlist.join_for_earlier(appointment, by=appointment.patient.user)

    assert free(held) == [wait.patient]


@pytest.mark.parametrize("state", ["cancelled", "arrived", "completed"])
def test_B20_an_appointment_that_is_no_longer_to_come_is_not_moved(doctor, held, state):
    appointment = book_at(doctor, "16:00")
    waitlist.join_for_earlier(appointment, by=appointment.patient.user)
    appointment.state = state
    appointment.save()

    assert free(held) == []


def test_B20_a_later_time_is_not_offered_for_an_earlier_one(doctor, held):
    appointment = book_at(doctor, "10:00")
    waitlist.join_for_earlier(appointment, by=appointment.patient.user)

    assert free(held) == []


def test_B20_cancelling_the_appointment_ends_its_wait(doctor):
    appointment = book_at(doctor, "16:00")
    wait = waitlist.join_for_earlier(appointment, by=appointment.patient.user)

    appointments.cancel(appointment, by=appointment.patient.user, reason="health")

    wait.refresh_from_db()
    assert wait.state == "left"


def test_B15_a_freed_slot_goes_down_the_line_in_order(doctor, held):
    """With N waiting, each is asked once, longest waiting first; then it is free for all."""
    waits = [wait_for(doctor, made_at=NOW - timedelta(hours=hours)) for hours in (3, 9, 1, 7, 5)]
    asked = free(held)
    for _n in range(len(waits)):
        with time_machine.travel(Offer.objects.open().get().expires_at, tick=False):
            assert offers.pass_on(by=None) == 1
        asked += line(held.slot)

    order = sorted(waits, key=lambda wait: wait.made_at)
    assert asked == [wait.patient for wait in order]
    held.slot.refresh_from_db()
    assert held.slot.state == "open"
    assert set(Wait.objects.values_list("state", flat=True)) == {"waiting"}
    assert Notification.objects.filter(event="offer_expired").count() == len(waits)


def test_B15_who_let_it_pass_is_asked_again_when_it_is_freed_again(doctor, held):
    wait = WaitFactory(doctor=None, slot=held.slot)
    free(held)
    with time_machine.travel(Offer.objects.get().expires_at, tick=False):
        offers.pass_on(by=None)
        again = AppointmentFactory(
            doctor=doctor, starts_at=held.starts_at, slot=held.slot, patient=PatientFactory()
        )
        held.slot.state = "taken"
        held.slot.save()

        assert free(again) == [wait.patient]


def test_B15_the_job_asks_nobody_twice(doctor, held):
    wait_for(doctor)
    free(held)
    with time_machine.travel(Offer.objects.get().expires_at, tick=False):
        assert [offers.pass_on(by=None) for _n in range(2)] == [1, 0]
    assert Offer.objects.count() == 1
