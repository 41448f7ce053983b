"""Several appointments of a patient on one day are one reminder (requirement D02)."""

import pytest
import time_machine
from django.core.mail.backends.locmem import EmailBackend

from portal.appointments.services import appointments
from portal.diary.services import transfers
from portal.models import Notification
from tests.appointments.services.test_reminders import at, make, planned, sent
from tests.factories import AdminFactory, DoctorFactory, OfficeFactory, PatientFactory, SlotFactory
from tests.setups.outbox import deliver_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    return PatientFactory(phone="")


@pytest.fixture
def morning(patient):
    return make(patient, DoctorFactory(), at(17, 10))


@pytest.fixture
def evening(patient):
    return make(patient, DoctorFactory(), at(17, 18))


@pytest.fixture
def reminder(patient, morning, evening):
    """Of both appointments, by email a day ahead."""
    assert planned(at(16, 10)) == ["1d:email", "1d:email"]
    return Notification.objects.get(merged_into=None)


def cancel(appointment):
    with time_machine.travel(at(16, 10, 1)):
        appointments.cancel(appointment, by=appointment.doctor.user, reason="health")
        Notification.objects.exclude(event="reminder").delete()


def states() -> dict[str, str]:
    """Of the reminders, by the reference of their appointment."""
    found = Notification.objects.filter(event="reminder").select_related("appointment")
    return {one.appointment.reference: one.state for one in found}


def test_D02_both_are_in_the_message_that_is_due_first(reminder, morning, evening, mailoutbox):
    assert reminder.appointment == morning
    assert [facts["reference"] for facts in reminder.facts["others"]] == [evening.reference]
    assert sent(at(16, 10)) == ["1d:email", "1d:email"]

    assert len(mailoutbox) == 1
    assert states() == {morning.reference: "sent", evening.reference: "sent"}
    assert planned(at(16, 18)) == []


def test_D02_if_the_first_is_cancelled_the_message_is_of_the_other(
    reminder, morning, evening, mailoutbox
):
    cancel(morning)

    sent(at(16, 10, 2))

    reminder.refresh_from_db()
    assert (reminder.facts["reference"], reminder.facts["others"]) == (evening.reference, [])
    assert states() == {morning.reference: "sent", evening.reference: "sent"}
    assert evening.reference in mailoutbox[0].body
    assert morning.reference not in mailoutbox[0].body


def test_D02_if_the_other_is_cancelled_the_message_is_of_the_first(
    reminder, morning, evening, mailoutbox
):
    cancel(evening)

    sent(at(16, 10, 2))

    reminder.refresh_from_db()
    assert (reminder.facts["reference"], reminder.facts["others"]) == (morning.reference, [])
    assert states() == {morning.reference: "sent", evening.reference: "void"}


def test_D02_one_handed_over_meanwhile_names_the_doctor_who_has_it_now(
    reminder, morning, evening, mailoutbox
):
    old = {one.doctor.name for one in (morning, evening)}
    new = [DoctorFactory(office=one.office) for one in (morning, evening)]
    with time_machine.travel(at(16, 10, 1)):
        for appointment, doctor in zip((morning, evening), new, strict=True):
            transfers.transfer(appointment, to=doctor, by=AdminFactory())
        Notification.objects.exclude(event="reminder").delete()

    sent(at(16, 10, 2))

    [mail] = mailoutbox
    assert all(doctor.name in mail.body for doctor in new)
    assert not any(name in mail.body for name in old)


def test_D02_if_both_are_cancelled_nothing_is_sent(reminder, morning, evening, mailoutbox):
    cancel(morning)
    cancel(evening)

    sent(at(16, 10, 2))

    assert mailoutbox == []
    assert states() == {morning.reference: "void", evening.reference: "void"}


def test_a_merged_one_waits_and_fails_with_its_leader(reminder, morning, evening, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1  # where nobody listens
    settings.DELIVERY_PAUSES = [60]

    sent(at(16, 10))
    assert states() == {morning.reference: "queued", evening.reference: "queued"}

    sent(at(16, 10, 2))
    assert states() == {morning.reference: "failed", evening.reference: "failed"}


class Quick(EmailBackend):
    """A server whose delivery report comes before the worker has noted that the mail is sent."""

    def send_messages(self, messages):
        Notification.objects.filter(state="sending").update(state="sent")
        return super().send_messages(messages)


def test_a_merged_one_follows_a_report_that_was_quicker(reminder, morning, evening, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Quick"

    sent(at(16, 10))

    assert states() == {morning.reference: "sent", evening.reference: "sent"}


def test_a_failed_one_that_is_sent_again_takes_the_others_along(reminder, morning, evening):
    Notification.objects.update(state="failed")
    Notification.objects.filter(pk=reminder.pk).update(state="queued")

    sent(at(16, 11))

    assert states() == {morning.reference: "sent", evening.reference: "sent"}


def test_a_merged_one_is_never_sent_by_itself(reminder, mailoutbox):
    Notification.objects.filter(pk=reminder.pk).update(state="void")

    with time_machine.travel(at(16, 10, 2)):
        deliver_all()

    assert mailoutbox == []


def test_a_leader_speaks_of_another_appointment_at_each_attempt(
    reminder, morning, evening, settings, mailoutbox
):
    cancel(morning)
    works, settings.EMAIL_PORT = settings.EMAIL_BACKEND, 1  # where nobody listens
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    sent(at(16, 10, 2))
    settings.EMAIL_BACKEND = works

    sent(at(16, 10, 5))

    assert evening.reference in mailoutbox[0].body


def test_each_day_is_that_of_the_office(patient):
    """23:30 in New York and 06:00 in Madrid of one night are two days."""
    office = OfficeFactory(time_zone="America/New_York")
    make(patient, DoctorFactory(office=office), at(18, 4, 30))
    make(patient, DoctorFactory(), at(18, 6))

    assert planned(at(17, 0, 45)) == ["1d:email"]  # 19:45 in New York
    assert planned(at(17, 8)) == ["1d:email"]


def test_of_two_patients_nothing_is_merged(morning):
    make(PatientFactory(phone=""), morning.doctor, at(17, 11))

    planned(at(16, 11))

    assert Notification.objects.filter(merged_into=None).count() == 2


def test_one_booked_meanwhile_has_a_reminder_of_its_own(patient, morning):
    planned(at(10, 10))
    make(patient, DoctorFactory(), at(17, 18), booked_at=at(10, 11))

    assert planned(at(10, 18)) == ["7d:email"]


def test_moved_to_another_day_it_is_reminded_of_there(reminder, evening):
    slot = SlotFactory(doctor=evening.doctor, starts_at=at(24, 18))
    with time_machine.travel(at(16, 10, 1)):
        appointments.reschedule(evening, slot_id=slot.pk, by=evening.doctor.user)

    sent(at(16, 10, 2))

    assert states()[evening.reference] == "void"
    assert planned(at(23, 18)) == ["1d:email"]
