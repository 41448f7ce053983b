"""Who is not written to, and who is although they have no login (requirement A16)."""

from datetime import date

import pytest
from django.core import mail

from portal.enums import Audience, Channel, NotificationState, Role
from portal.models import Broadcast, Notification
from portal.notifications.services import broadcasts, delivery, notifications
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    NotificationFactory,
    PatientFactory,
    in_days,
)

pytestmark = pytest.mark.django_db


def told(patient) -> set[str]:
    """The channels by which the patient hears of a confirmed appointment."""
    appointment = AppointmentFactory(patient=patient, starts_at=in_days(5))
    notifications.tell("appointment_confirmed", about=appointment, by=None)
    mine = Notification.objects.filter(facts__for="patient")
    return set(mine.values_list("channel", flat=True))


@pytest.fixture(autouse=True)
def sms(settings):
    settings.SMS_URL = "folder:"


def test_A16_who_is_not_to_be_written_to_still_reads_in_the_portal():
    assert told(PatientFactory(is_not_written_to=True)) == {Channel.PORTAL}


def test_A16_without_a_login_that_is_nothing():
    patient = PatientFactory(user=None, email="ana@example.org", is_not_written_to=True)

    assert told(patient) == set()


def test_A16_nobody_writes_to_the_dead():
    assert told(PatientFactory(deceased_on=date(2026, 3, 1))) == set()


def test_A16_a_patient_without_a_login_gets_mail_at_the_address_on_file():
    patient = PatientFactory(user=None, email="ana@example.org")

    assert told(patient) == {Channel.EMAIL, Channel.SMS}


def test_A16_the_mail_to_the_address_on_file_arrives_and_offers_no_account():
    patient = PatientFactory(user=None, email="ana@example.org")
    appointment = AppointmentFactory(patient=patient, starts_at=in_days(5))
    notifications.tell("appointment_confirmed", about=appointment, by=None)
    message = Notification.objects.get(facts__for="patient", channel=Channel.EMAIL)

    delivery.deliver([message.pk], claim="1")

    assert mail.outbox[-1].to == ["ana@example.org"]
    assert "preferences" not in mail.outbox[-1].body
    message.refresh_from_db()
    assert message.state == NotificationState.SENT


@pytest.mark.parametrize("change", [{"is_not_written_to": True}, {"deceased_on": date(2026, 3, 1)}])
def test_A16_what_was_queued_before_is_not_sent(change):
    appointment = AppointmentFactory(starts_at=in_days(5))
    notifications.tell("appointment_confirmed", about=appointment, by=None)
    for name, value in change.items():
        setattr(appointment.patient, name, value)
    appointment.patient.save()
    mails = Notification.objects.filter(channel=Channel.EMAIL)

    delivery.deliver([one.pk for one in mails], claim="1")

    assert [one.to for one in mail.outbox] == [[appointment.doctor.user.email]]
    assert mails.get(facts__for="patient").state == NotificationState.VOID


def test_A16_an_old_mail_without_an_address_fails_with_a_reason():
    patient = PatientFactory(user=None)
    message = NotificationFactory(
        appointment=AppointmentFactory(patient=patient, starts_at=in_days(5)),
        channel="email",
        state="queued",
    )

    delivery.deliver([message.pk], claim="1")

    message.refresh_from_db()
    assert (message.state, message.answer) == ("failed", "There is no email address")


def test_A16_a_message_to_many_counts_them_as_they_are_reached():
    for patient in (
        PatientFactory(),
        PatientFactory(is_not_written_to=True),
        PatientFactory(deceased_on=date(2026, 3, 1)),
    ):
        AppointmentFactory(patient=patient)
    draft = Broadcast(
        audience=Audience.ROLE,
        role=Role.PATIENT,
        title="Closed",
        text="On Monday",
        channels="email portal",
    )

    found = broadcasts.preview(draft, by=AdminFactory())

    assert (found.people, found.unreached) == (3, 1)
    assert found.reached == {Channel.EMAIL: 1, Channel.PORTAL: 2}
