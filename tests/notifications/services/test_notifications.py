"""Who is told what, by which channel (requirement D01)."""

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from portal.appointments.services import appointments
from portal.models import Notification
from tests.factories import AppointmentFactory, PatientFactory, SlotFactory, in_days
from tests.setups.outbox import deliver_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    return PatientFactory(phone="+34600111222")


@pytest.fixture
def slot():
    return SlotFactory(starts_at=in_days(3))


def told() -> list[tuple[str, str]]:
    return list(Notification.objects.order_by("pk").values_list("facts__for", "channel"))


def test_D01_booking_tells_patient_and_doctor(patient, slot):
    appointments.book(slot.pk, by=patient.user)

    assert told() == [
        ("patient", "email"),
        ("patient", "sms"),
        ("patient", "portal"),
        ("doctor", "email"),
        ("doctor", "portal"),
    ]
    assert DBTaskResult.objects.count() == 1


def test_D01_doctors_are_not_told_what_they_did(patient, slot):
    AppointmentFactory(patient=patient, doctor=slot.doctor, starts_at=in_days(1))

    appointments.book(slot.pk, patient_id=patient.pk, by=slot.doctor.user)

    assert {kind for kind, _channel in told()} == {"patient"}


def test_D01_a_patient_without_login_is_told_by_sms(slot, patient):
    visitor = PatientFactory(user=None, phone="+34600111333")
    AppointmentFactory(patient=visitor, doctor=slot.doctor, starts_at=in_days(1))

    appointments.book(slot.pk, patient_id=visitor.pk, by=slot.doctor.user)

    assert told() == [("patient", "sms")]


def test_D01_what_may_be_switched_off_is_not_sent(patient, slot):
    patient.user.switched_off = "appointment_confirmed:sms appointment_confirmed:email"
    patient.user.save()

    appointments.book(slot.pk, by=patient.user)

    assert ("patient", "sms") not in told()
    assert ("patient", "email") in told()  # this one cannot be


def test_D06_a_rolled_back_change_tells_nobody(patient, slot):
    with transaction.atomic():
        appointments.book(slot.pk, by=patient.user)
        transaction.set_rollback(True)

    assert not Notification.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_D06_what_was_overtaken_is_void(patient, slot, mailoutbox):
    appointment = appointments.book(slot.pk, by=patient.user)
    appointments.cancel(appointment, by=patient.user, reason="health")

    deliver_all()

    states = set(Notification.objects.exclude(channel="portal").values_list("event", "state"))
    assert states == {("appointment_confirmed", "void"), ("appointment_cancelled", "sent")}
    assert len(mailoutbox) == 2
