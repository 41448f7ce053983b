"""Where answers to a mail go: to the office, to the clinic, or to the sender (D01)."""

import pytest

from portal.models import ClinicSettings
from portal.notifications.services import notifications
from tests.factories import AppointmentFactory, in_days
from tests.setups.outbox import deliver_all, mail_account

pytestmark = pytest.mark.django_db


def mailed(mailoutbox, *, office: str, clinic: str):
    ClinicSettings.objects.create(pk=1, reply_to=clinic)
    appointment = AppointmentFactory(starts_at=in_days(3), doctor__office__reply_to=office)
    notifications.tell("appointment_confirmed", about=appointment, by=None)
    deliver_all()
    return mailoutbox


@pytest.mark.parametrize(
    ("office", "clinic", "answers_to"),
    [
        ("north@clinic.example", "desk@clinic.example", ["north@clinic.example"]),
        ("", "desk@clinic.example", ["desk@clinic.example"]),
        ("", "", []),
    ],
)
def test_D01_mails_about_an_appointment(mailoutbox, office, clinic, answers_to):
    mails = mailed(mailoutbox, office=office, clinic=clinic)

    assert len(mails) == 2  # to the patient and to the doctor
    assert [mail.reply_to for mail in mails] == [answers_to] * 2
    assert [mail.message()["Reply-To"] for mail in mails] == [next(iter(answers_to), None)] * 2


def test_A01_mails_about_signing_in_are_answered_to_the_clinic(mailoutbox):
    ClinicSettings.objects.create(pk=1, reply_to="desk@clinic.example")
    mail_account("a@b.example", user=None, subject="S", text="T", html="H")
    deliver_all()

    assert mailoutbox[0].reply_to == ["desk@clinic.example"]
