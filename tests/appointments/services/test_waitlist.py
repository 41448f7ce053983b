"""Joining and leaving the line for a time (requirements B15, B20)."""

from datetime import timedelta

import pytest
import time_machine

from portal.appointments.services import appointments, offers, waitlist
from portal.appointments.services.waitlist import Wish
from portal.errors import Forbidden, LimitReached, PortalError, StaleState, TooLate
from portal.models import AuditEvent, Offer, Wait
from tests.factories import (
    AdminFactory,
    AssistantFactory,
    DoctorFactory,
    OfferFactory,
    OfficeFactory,
    PatientFactory,
    WaitFactory,
)
from tests.setups.diary import DAY, NOW, at, book_at, slot_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    return PatientFactory()


def test_B15_a_patient_waits_for_a_doctor(doctor, patient):
    wish = Wish(doctor=doctor, first_day=DAY, parts=("evening", "morning"))
    wait = waitlist.join(patient, wish=wish, reason="Knee", by=patient.user)

    wait.refresh_from_db()
    assert (wait.patient, wait.doctor, wait.first_day) == (patient, doctor, DAY)
    assert (wait.parts, wait.reason, wait.state) == ("morning,evening", "Knee", "waiting")
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor_id, event.patient_id) == ("wait", patient.user_id, patient.pk)


def test_B15_all_parts_of_the_day_are_any(doctor, patient):
    wish = Wish(doctor=doctor, parts=("morning", "afternoon", "evening"))

    assert waitlist.join(patient, wish=wish, by=patient.user).parts == ""


def test_B15_the_same_wish_twice_is_one_wait(doctor, patient):
    made = [
        waitlist.join(patient, wish=Wish(doctor=doctor, office=office), by=patient.user).pk
        for office in (None, doctor.office, None)
    ]

    assert made[0] == made[2] != made[1]
    assert AuditEvent.objects.count() == 2


@pytest.mark.parametrize(
    "wish",
    [
        Wish(),
        Wish(first_day=DAY),
    ],
)
def test_B15_something_must_be_waited_for(patient, wish):
    with pytest.raises(PortalError, match="Choose"):
        waitlist.join(patient, wish=wish, by=patient.user)


def test_B15_days_must_make_sense(doctor, patient):
    for first, last in ((DAY, DAY - timedelta(days=1)), (None, NOW.date() - timedelta(days=1))):
        wish = Wish(doctor=doctor, first_day=first, last_day=last)
        with pytest.raises(PortalError) as refused:
            waitlist.join(patient, wish=wish, by=patient.user)
        assert refused.value.field == "last_day"


def test_B15_today_is_that_of_the_office(doctor, patient):
    """At 11:00 UTC it is still Monday in Honolulu for another hour … and Tuesday in Madrid."""
    honolulu = OfficeFactory(time_zone="Pacific/Honolulu")
    with time_machine.travel(NOW.replace(hour=9), tick=False):
        monday = (NOW - timedelta(days=1)).date()
        waitlist.join(patient, wish=Wish(office=honolulu, last_day=monday), by=patient.user)
        with pytest.raises(PortalError):
            waitlist.join(patient, wish=Wish(doctor=doctor, last_day=monday), by=patient.user)


def test_B15_ten_waits_at_once_are_the_most(patient):
    for _n in range(waitlist.MOST):
        waitlist.join(patient, wish=Wish(doctor=DoctorFactory()), by=patient.user)

    with pytest.raises(LimitReached):
        waitlist.join(patient, wish=Wish(doctor=DoctorFactory()), by=patient.user)

    waitlist.leave(Wait.objects.first(), by=patient.user)
    waitlist.join(patient, wish=Wish(doctor=DoctorFactory()), by=patient.user)


@pytest.mark.parametrize("state", ["taken", "offered"])
def test_B15_a_patient_waits_for_a_slot_that_is_taken_once(doctor, patient, state):
    slot = slot_at(doctor, "11:00", state=state)

    made = [waitlist.join_for_slot(patient, slot=slot, by=patient.user).pk for _n in range(2)]

    assert made[0] == made[1]
    assert Wait.objects.get().slot == slot


@pytest.mark.parametrize(
    "change", [{"state": "open"}, {"state": "withdrawn"}, {"is_extra": True}, {"released_at": None}]
)
def test_B15_what_patients_cannot_have_is_not_waited_for(doctor, patient, change):
    slot = slot_at(doctor, "11:00", **{"state": "taken", **change})

    with pytest.raises(StaleState):
        waitlist.join_for_slot(patient, slot=slot, by=patient.user)


def test_B15_a_slot_that_has_passed_is_not_waited_for(doctor, patient):
    slot = slot_at(doctor, "11:00", state="taken")

    with time_machine.travel(slot.starts_at, tick=False), pytest.raises(TooLate):
        waitlist.join_for_slot(patient, slot=slot, by=patient.user)


def test_B15_whoever_holds_the_slot_does_not_wait_for_it(doctor):
    held = book_at(doctor, "11:00")

    with pytest.raises(PortalError, match="already"):
        waitlist.join_for_slot(held.patient, slot=held.slot, by=held.patient.user)


def test_B15_a_doctor_who_wants_to_be_asked_is_not_waited_for(doctor, patient):
    doctor.on_request = True
    doctor.save()
    held = book_at(doctor, "11:00")

    with pytest.raises(PortalError, match="request"):
        waitlist.join(patient, wish=Wish(doctor=doctor), by=patient.user)
    with pytest.raises(PortalError, match="request"):
        waitlist.join_for_slot(patient, slot=held.slot, by=patient.user)
    with pytest.raises(PortalError, match="request"):
        waitlist.join_for_earlier(held, by=held.patient.user)


def test_B20_one_waits_for_an_earlier_time_once(doctor):
    held = book_at(doctor, "11:00")

    made = {waitlist.join_for_earlier(held, by=held.patient.user).pk for _n in range(2)}

    assert len(made) == 1
    assert Wait.objects.get().appointment == held


@pytest.mark.parametrize("state", ["cancelled", "arrived", "completed"])
def test_B20_only_for_an_appointment_that_can_be_moved(doctor, state):
    held = book_at(doctor, "11:00")
    held.state = state
    held.save()

    with pytest.raises(StaleState):
        waitlist.join_for_earlier(held, by=held.patient.user)


@pytest.mark.parametrize("who", ["patient", "doctor"])
def test_B15_nobody_puts_strangers_on_the_list(doctor, patient, who):
    by = {"patient": PatientFactory().user, "doctor": DoctorFactory().user}[who]
    held = book_at(doctor, "11:00")
    wait = WaitFactory(patient=patient, doctor=doctor)

    for attempt in (
        lambda: waitlist.join(patient, wish=Wish(doctor=doctor), by=by),
        lambda: waitlist.join_for_slot(patient, slot=held.slot, by=by),
        lambda: waitlist.join_for_earlier(held, by=by),
        lambda: waitlist.leave(wait, by=by),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_B15_the_desk_does(doctor, patient):
    for by in (AssistantFactory(offices=[doctor.office]).user, AdminFactory()):
        wait = waitlist.join(patient, wish=Wish(doctor=doctor), by=by)
        waitlist.leave(wait, by=by)
        assert wait.made_by == by


def test_B15_leaving_passes_on_what_is_on_offer(doctor):
    slot = slot_at(doctor, "11:00", state="offered")
    offer = OfferFactory(slot=slot, wait=WaitFactory(doctor=doctor))
    following = WaitFactory(doctor=doctor)

    waitlist.leave(offer.wait, by=offer.wait.patient.user)

    assert Offer.objects.open().get().wait == following
    with pytest.raises(StaleState):
        waitlist.leave(offer.wait, by=offer.wait.patient.user)


def test_B15_waits_end_when_their_time_has_passed(doctor, patient):
    slot = slot_at(doctor, "11:00", state="taken")
    waits = [
        WaitFactory(doctor=None, slot=slot),
        WaitFactory(doctor=doctor, last_day=DAY),
        WaitFactory(doctor=doctor),
        WaitFactory(doctor=doctor, last_day=DAY + timedelta(days=2)),
    ]
    held = book_at(doctor, "16:00")
    waits.append(waitlist.join_for_earlier(held, by=held.patient.user))

    with time_machine.travel(at("11:00"), tick=False):
        assert waitlist.tidy(by=None) == 1
    with time_machine.travel(at("18:00", DAY + timedelta(days=1)), tick=False):
        assert waitlist.tidy(by=None) == 2
        assert waitlist.tidy(by=None) == 0

    states = [Wait.objects.get(pk=wait.pk).state for wait in waits]
    assert states == ["expired", "expired", "waiting", "waiting", "expired"]


def test_B15_a_wait_that_ended_loses_its_offer(doctor):
    slot = slot_at(doctor, "11:00", state="offered")
    offer = OfferFactory(slot=slot, wait=WaitFactory(doctor=doctor))
    Wait.objects.update(state="expired")

    offers.pass_on(by=None)

    offer.refresh_from_db()
    slot.refresh_from_db()
    assert (offer.state, slot.state) == ("void", "open")


def test_B20_an_appointment_waits_for_one_taken_slot(doctor):
    own, held = book_at(doctor, "11:00"), book_at(doctor, "15:00")
    by = own.patient.user

    made = [
        waitlist.join_for_slot(own.patient, slot=held.slot, appointment=own, by=by).pk
        for _n in range(2)
    ]
    appointments.cancel(held, by=doctor.user, reason="other")
    moved = offers.accept(Offer.objects.get(), by=by)

    assert made[0] == made[1]
    assert (moved.pk, moved.slot) == (own.pk, held.slot)


def test_B20_an_appointment_waits_for_one_thing_at_a_time(doctor):
    own, held = book_at(doctor, "11:00"), book_at(doctor, "15:00")
    waitlist.join_for_earlier(own, by=own.patient.user)

    with pytest.raises(PortalError, match="already"):
        waitlist.join_for_slot(own.patient, slot=held.slot, appointment=own, by=own.patient.user)
    with pytest.raises(Forbidden):
        waitlist.join_for_slot(held.patient, slot=own.slot, appointment=own, by=held.patient.user)
