"""What people read of a request for a time (requirements B10, D01)."""

from datetime import timedelta

import pytest

from portal.appointments.services import appointments, requests
from portal.models import Notification
from portal.notifications.services import wording
from tests.factories import DoctorFactory, PatientFactory, SlotFactory, in_days
from tests.notifications.services.test_wording import page_of, sent, text_of
from tests.setups.outbox import deliver_all

pytestmark = pytest.mark.django_db

REASON = "Please have a blood test first."


@pytest.fixture
def slot():
    doctor = DoctorFactory(on_request=True, office__name="North")
    return SlotFactory(doctor=doctor, starts_at=in_days(5, 11))


@pytest.fixture
def asked(slot):
    return appointments.book(slot.pk, by=PatientFactory().user, reason="Zymurgy")


def words(event: str, *, to: str, channel: str) -> str:
    found = Notification.objects.get(event=event, channel=channel, facts__for=to)
    if channel != "email":
        return wording.short(found)
    mail = sent(found)
    assert not list(mail.iter_attachments())  # what is not certain is in nobody's calendar
    page = page_of(mail)
    assert f'href="{wording.settings.ORIGIN}/' in page
    return f"{mail['Subject']}\n{text_of(mail)}"


def clock(moment, office) -> str:
    return f"{moment.astimezone(office.zone):%H:%M}"


def test_B10_the_patient_reads_that_it_is_not_theirs_yet_and_when_they_hear(asked):
    mail = words("appointment_requested", to="patient", channel="email")

    assert "You have requested" in mail
    assert "not yours yet" in mail
    assert "You hear from us by" in mail
    assert clock(asked.answer_by, asked.office) in mail


def test_B10_the_doctor_reads_until_when_to_answer_and_where(asked):
    mail = words("appointment_requested", to="doctor", channel="email")

    assert "Please answer by" in mail
    assert "Accept or decline:" in mail
    assert asked.get_absolute_url() in mail
    assert "Zymurgy" not in mail


def test_B10_declined_says_what_else_is_free_but_the_reason_only_in_the_portal(asked):
    other = SlotFactory(doctor=asked.doctor, starts_at=in_days(6, 11))
    requests.decline(asked, by=asked.doctor.user, reason=REASON)

    mail = words("request_declined", to="patient", channel="email")
    assert "Sign in to read why:" in mail
    assert f"{clock(other.starts_at, other.office)}, North" in mail
    assert f"/slots/?doctor={asked.doctor_id}" in mail
    portal = words("request_declined", to="patient", channel="portal")
    assert "The reason is on the page of your request." in portal
    assert f"{clock(other.starts_at, other.office)}, North" in portal
    for text in (mail, portal):
        assert REASON not in text


def test_B10_who_lost_to_another_reads_that_the_time_is_gone(asked):
    other = appointments.book(asked.slot_id, by=PatientFactory().user)
    requests.accept(other, by=asked.doctor.user)

    mail = words("request_declined", to="patient", channel="email")
    assert "is gone" in mail
    assert "not to be had any more" in mail
    assert other.patient.name not in mail
    assert "Sign in to read why" not in mail


def test_B10_accepted_says_so(asked):
    requests.accept(asked, by=asked.doctor.user)

    found = Notification.objects.get(
        event="appointment_confirmed", channel="email", facts__for="patient"
    )
    assert "Your request is accepted" in text_of(sent(found))


def test_B10_expired_says_that_there_is_no_appointment(asked):
    asked.answer_by -= timedelta(days=30)
    asked.save()
    requests.expire_due()

    assert "nobody has answered" in words("request_expired", to="patient", channel="email")
    assert asked.patient.name in words("request_expired", to="doctor", channel="portal")


def test_B10_what_is_overtaken_is_not_sent(asked):
    requests.accept(asked, by=asked.doctor.user)
    deliver_all()

    states = dict(
        Notification.objects.filter(channel="email", facts__for="patient").values_list(
            "event", "state"
        )
    )
    assert states == {"appointment_requested": "void", "appointment_confirmed": "sent"}
