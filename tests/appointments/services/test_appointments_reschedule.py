"""Moving an appointment to another slot (requirement B12)."""

from datetime import timedelta

import pytest
import time_machine

from portal.appointments.services import appointments
from portal.errors import Forbidden, Overlap, SlotTaken, StaleState, TooLate
from portal.models import AuditEvent, Notification
from tests.factories import AppointmentFactory, PatientFactory, SlotFactory, in_days
from tests.setups.outbox import deliver_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def appointment():
    return AppointmentFactory(starts_at=in_days(3))


@pytest.fixture
def slot(appointment):
    return SlotFactory(doctor=appointment.doctor, starts_at=in_days(4))


def test_B12_keeps_the_appointment_and_frees_the_old_slot(appointment, slot):
    old, reference = appointment.slot, appointment.reference

    moved = appointments.reschedule(appointment, slot_id=slot.pk, by=appointment.patient.user)

    slot.refresh_from_db()
    old.refresh_from_db()
    moved.refresh_from_db()
    assert (slot.state, old.state) == ("taken", "open")
    assert (moved.pk, moved.reference, moved.version) == (appointment.pk, reference, 2)
    assert (moved.starts_at, moved.state) == (slot.starts_at, "confirmed")
    assert (
        AuditEvent.objects.get(verb="reschedule")
        .changes["was_starts_at"]
        .startswith(str(old.starts_at.date()))
    )


def test_D01_both_are_told_by_each_channel_once(appointment, slot):
    appointments.reschedule(appointment, slot_id=slot.pk, by=appointment.patient.user)

    told = Notification.objects.values_list("facts__for", "channel", "event").order_by("pk")
    assert list(told) == [
        ("patient", "email", "appointment_moved"),
        ("patient", "sms", "appointment_moved"),
        ("patient", "portal", "appointment_moved"),
        ("doctor", "email", "appointment_moved"),
        ("doctor", "portal", "appointment_moved"),
    ]


def test_B12_a_taken_slot_changes_nothing(appointment):
    taken = AppointmentFactory(doctor=appointment.doctor, starts_at=in_days(5)).slot

    with pytest.raises(SlotTaken):
        appointments.reschedule(appointment, slot_id=taken.pk, by=appointment.patient.user)

    appointment.slot.refresh_from_db()
    assert appointment.slot.state == "taken"
    assert not Notification.objects.exists()


def test_B12_the_patient_must_be_free_then(appointment, slot):
    AppointmentFactory(patient=appointment.patient, starts_at=slot.starts_at)

    with pytest.raises(Overlap):
        appointments.reschedule(appointment, slot_id=slot.pk, by=appointment.patient.user)


def test_B12_a_move_that_overlaps_the_old_time_is_no_clash(appointment):
    near = SlotFactory(starts_at=appointment.starts_at + timedelta(minutes=10))

    moved = appointments.reschedule(appointment, slot_id=near.pk, by=appointment.patient.user)

    assert moved.starts_at == near.starts_at


def test_B12_strangers_may_not(appointment, slot):
    with pytest.raises(Forbidden):
        appointments.reschedule(appointment, slot_id=slot.pk, by=PatientFactory().user)


def test_B12_patients_not_after_the_cut_off_but_staff(appointment, slot):
    with time_machine.travel(appointment.starts_at - timedelta(hours=1)):
        with pytest.raises(TooLate):
            appointments.reschedule(appointment, slot_id=slot.pk, by=appointment.patient.user)
        moved = appointments.reschedule(appointment, slot_id=slot.pk, by=appointment.doctor.user)

    assert moved.slot_id == slot.pk


def test_B12_a_cancelled_one_stays(appointment, slot):
    appointments.cancel(appointment, by=appointment.patient.user, reason="health")

    with pytest.raises(StaleState):
        appointments.reschedule(appointment, slot_id=slot.pk, by=appointment.patient.user)


def test_D01_a_doctor_whom_it_leaves_is_told_alone_of_the_old_time(appointment, mailoutbox):
    patient, was = appointment.patient, appointment.doctor
    other = SlotFactory(starts_at=in_days(4))

    moved = appointments.reschedule(appointment, slot_id=other.pk, by=patient.user)

    told = Notification.objects.get(event="appointment_left", channel="email")
    assert told.user == was.user
    assert told.facts["starts_at"] == appointment.starts_at.isoformat()
    assert not Notification.objects.filter(event="appointment_left", user=other.doctor.user)
    deliver_all()
    mail = next(mail for mail in mailoutbox if mail.to == [was.user.email])
    assert "went to a colleague" in mail.subject
    assert "METHOD:CANCEL" in mail.attachments[0].content
    assert moved.doctor == other.doctor
