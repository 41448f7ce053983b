"""appointments.cancel: who may, until when, and what it leaves behind (B13)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.appointments.services import appointments
from portal.enums import AppointmentState, CancelReason, SlotState
from portal.errors import Forbidden, PortalError, StaleState, TooLate
from portal.models import AuditEvent, ClinicSettings
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    PatientFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def appointment():
    return AppointmentFactory()


def in_hours(hours: float):
    return timezone.now() + timedelta(hours=hours)


def cancel(appointment, by, **values):
    return appointments.cancel(appointment, by=by, **{"reason": CancelReason.HEALTH, **values})


@pytest.mark.parametrize("who", ["patient", "doctor", "assistant", "admin"])
def test_B13_patient_doctor_and_desk_cancel(appointment, who):
    by = {
        "patient": appointment.patient.user,
        "doctor": appointment.doctor.user,
        "assistant": AssistantFactory(offices=[appointment.office]).user,
        "admin": AdminFactory(),
    }[who]

    cancelled = cancel(appointment, by, comment="  Flu  ")

    cancelled.refresh_from_db()
    assert cancelled.state == AppointmentState.CANCELLED
    assert cancelled.cancelled_by == by
    assert cancelled.cancel_reason == CancelReason.HEALTH
    assert cancelled.cancel_comment == "Flu"
    assert cancelled.version == 2
    assert abs(cancelled.cancelled_at - timezone.now()) < timedelta(minutes=1)


def test_B13_the_slot_is_free_again_at_once(appointment):
    other = PatientFactory()

    cancel(appointment, appointment.patient.user)

    appointment.slot.refresh_from_db()
    assert appointment.slot.state == SlotState.OPEN
    again = appointments.book(appointment.slot_id, patient_id=other.pk, by=other.user)
    assert again.slot_id == appointment.slot_id


def test_the_same_patient_can_book_the_time_again(appointment):
    patient = appointment.patient

    cancel(appointment, patient.user)
    again = appointments.book(appointment.slot_id, patient_id=patient.pk, by=patient.user)

    assert again.state == AppointmentState.CONFIRMED


@pytest.mark.parametrize("who", ["other patient", "other doctor", "other assistant", "nobody"])
def test_strangers_cannot(appointment, who):
    by = {
        "other patient": PatientFactory().user,
        "other doctor": DoctorFactory(office=appointment.office).user,
        "other assistant": AssistantFactory(offices=[DoctorFactory().office]).user,
        "nobody": UserFactory(state="blocked"),
    }[who]

    with pytest.raises(Forbidden):
        cancel(appointment, by)

    appointment.refresh_from_db()
    assert appointment.state == AppointmentState.CONFIRMED


def test_B13_a_reason_or_a_comment_is_needed(appointment):
    by = appointment.patient.user

    with pytest.raises(PortalError) as refusal:
        cancel(appointment, by, reason="", comment="   ")
    assert refusal.value.field == "reason"
    with pytest.raises(PortalError):
        cancel(appointment, by, reason="whim")
    assert cancel(appointment, by, reason="", comment="Moved away").state == "cancelled"


def test_B13_patients_cancel_until_the_cutoff_staff_until_the_start():
    settings = ClinicSettings.objects.create(pk=1, cancel_cutoff_hours=24)
    late = AppointmentFactory(starts_at=in_hours(settings.cancel_cutoff_hours - 0.1))
    early = AppointmentFactory(starts_at=in_hours(settings.cancel_cutoff_hours + 0.1))

    with pytest.raises(TooLate):
        cancel(late, late.patient.user)
    cancel(early, early.patient.user)
    cancel(late, late.doctor.user)

    early.refresh_from_db()
    late.refresh_from_db()
    assert early.state == late.state == AppointmentState.CANCELLED


def test_nobody_cancels_what_has_started():
    appointment = AppointmentFactory(starts_at=in_hours(-0.1))

    with pytest.raises(TooLate):
        cancel(appointment, AdminFactory())

    appointment.slot.refresh_from_db()
    assert appointment.slot.state == SlotState.TAKEN


@pytest.mark.parametrize(
    "state", ["cancelled", "completed", "arrived", "no_show", "declined", "expired"]
)
def test_only_confirmed_ones_are_cancelled(state):
    appointment = AppointmentFactory(state=state)

    with pytest.raises(StaleState):
        cancel(appointment, appointment.doctor.user)


def test_cancelling_twice_keeps_the_first_and_another_patients_new_one(appointment):
    stale = type(appointment).objects.get(pk=appointment.pk)
    other = PatientFactory()
    cancel(appointment, appointment.patient.user)
    again = appointments.book(appointment.slot_id, patient_id=other.pk, by=other.user)

    with pytest.raises(StaleState):
        cancel(stale, stale.doctor.user)

    appointment.slot.refresh_from_db()
    again.refresh_from_db()
    assert appointment.slot.state == SlotState.TAKEN
    assert again.state == AppointmentState.CONFIRMED
    stale.refresh_from_db()
    assert stale.cancelled_by == stale.patient.user


def test_a_withdrawn_slot_stays_withdrawn(appointment):
    slot = appointment.slot
    slot.state = SlotState.WITHDRAWN
    slot.save()

    cancel(appointment, appointment.doctor.user)

    slot.refresh_from_db()
    assert slot.state == SlotState.WITHDRAWN


def test_the_trail_tells_who_and_why_but_not_the_comment(appointment):
    cancel(appointment, appointment.doctor.user, comment="private words")

    event = AuditEvent.objects.get()
    assert (event.verb, event.object_id) == ("cancel", appointment.pk)
    assert event.actor_id == appointment.doctor.user_id
    assert event.patient_id == appointment.patient_id
    assert event.changes["reason"] == CancelReason.HEALTH
    assert "private words" not in str(event.changes)


def test_a_refusal_writes_nothing(appointment):
    with pytest.raises(Forbidden):
        cancel(appointment, PatientFactory().user)

    assert not AuditEvent.objects.exists()
