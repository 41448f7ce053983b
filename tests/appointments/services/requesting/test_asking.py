"""Asking for a time, of doctors who confirm each one (requirements B08, B10)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.appointments.services import appointments, reminders, requests
from portal.enums import AppointmentState as State
from portal.errors import (
    LimitReached,
    Overlap,
    PortalError,
    StaleState,
)
from portal.models import AuditEvent, ClinicSettings, Notification
from tests.appointments.services.requesting.conftest import told
from tests.factories import (
    AdminFactory,
    PatientFactory,
    SlotFactory,
    in_days,
)

pytestmark = pytest.mark.django_db


def test_B08_a_patient_of_a_doctor_on_request_asks_and_the_slot_stays_free(ask, slot):
    asked = ask()

    slot.refresh_from_db()
    assert (asked.state, slot.state, slot.has_requests) == (State.REQUESTED, "open", True)
    assert told("appointment_requested") == [
        ("patient", "email"),
        ("patient", "portal"),
        ("doctor", "email"),
        ("doctor", "portal"),
    ]
    assert not told("appointment_confirmed")


def test_B08_staff_book_at_once_and_the_requests_are_declined(ask, slot, doctor):
    asked = ask()

    booked = appointments.book(slot.pk, patient_id=PatientFactory().pk, by=AdminFactory())

    asked.refresh_from_db()
    assert (booked.state, asked.state) == (State.CONFIRMED, State.DECLINED)


def test_B08_with_other_doctors_it_is_confirmed_at_once():
    booked = appointments.book(SlotFactory().pk, by=PatientFactory().user)

    assert (booked.state, booked.answer_by) == (State.CONFIRMED, None)


def test_B10_several_may_ask_but_nobody_twice(ask):
    patient = PatientFactory()
    ask(patient=patient)
    ask()

    with pytest.raises(Overlap, match="You have already requested this time"):
        ask(patient=patient)


def test_B10_staff_who_book_for_someone_who_asks_are_led_to_accepting(ask, slot):
    asked = ask()

    with pytest.raises(Overlap, match=f"{asked.patient.name} has requested this time"):
        appointments.book(slot.pk, patient_id=asked.patient_id, by=AdminFactory())


def test_B10_a_request_at_the_time_of_an_appointment_is_refused(ask, slot):
    patient = PatientFactory()
    held = appointments.book(SlotFactory(starts_at=slot.starts_at).pk, by=patient.user)

    with pytest.raises(Overlap, match="already have an appointment"):
        ask(patient=patient)
    assert held.state == State.CONFIRMED


def test_B18_requests_count_as_upcoming(ask, slot, doctor):
    ClinicSettings.objects.create(pk=1, max_upcoming_per_patient=1)
    patient = PatientFactory()
    ask(patient=patient)

    with pytest.raises(LimitReached):
        ask(SlotFactory(doctor=doctor, starts_at=in_days(6)), patient)


@pytest.mark.parametrize(
    ("starts_in", "answer_in"),
    [(timedelta(days=5), timedelta(hours=48)), (timedelta(hours=20), timedelta(hours=10))],
    ids=["the clinic's hours", "half of what is left"],
)
def test_B10_an_answer_is_due_within_the_clinics_hours_or_half_the_time(
    doctor, starts_in, answer_in
):
    ClinicSettings.objects.create(pk=1, request_answer_hours=48, minimum_notice_minutes=0)
    with time_machine.travel(datetime(2026, 3, 3, 11, tzinfo=UTC), tick=False):
        now = datetime(2026, 3, 3, 11, tzinfo=UTC)
        slot = SlotFactory(doctor=doctor, starts_at=now + starts_in)
        asked = appointments.book(slot.pk, by=PatientFactory().user)

    assert asked.answer_by == now + answer_in


def test_B08_what_waits_stays_when_the_doctor_switches_to_at_once(ask, slot, doctor):
    asked = ask()
    doctor.on_request = False
    doctor.save()

    booked = appointments.book(slot.pk, by=PatientFactory().user)

    asked.refresh_from_db()
    assert (booked.state, asked.state) == (State.CONFIRMED, State.DECLINED)
    assert asked.cancelled_by is None  # the patient who was quicker is nobody else's business
    event = AuditEvent.objects.get(object_id=asked.pk, verb="decline")
    assert (event.actor_id, event.actor_name) == (None, "")


def test_B10_a_request_cannot_be_moved(ask, doctor):
    other = SlotFactory(doctor=doctor, starts_at=in_days(6))

    with pytest.raises(StaleState):
        appointments.reschedule(ask(), slot_id=other.pk, by=doctor.user)


def test_B10_a_patient_does_not_move_to_a_doctor_who_wants_to_be_asked(slot):
    held = appointments.book(SlotFactory(starts_at=in_days(4)).pk, by=PatientFactory().user)

    with pytest.raises(PortalError, match="confirms each time"):
        appointments.reschedule(held, slot_id=slot.pk, by=held.patient.user)


def test_D02_nobody_is_reminded_of_a_request(ask, slot):
    asked = ask()
    asked.answer_by = slot.starts_at
    asked.save()

    with time_machine.travel(slot.starts_at - timedelta(hours=3), tick=False):
        reminders.send_due()
        assert not Notification.objects.filter(event="reminder").exists()
        requests.accept(asked, by=slot.doctor.user)
        reminders.send_due()
        assert Notification.objects.filter(event="reminder").exists()
