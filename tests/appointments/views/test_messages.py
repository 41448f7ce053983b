"""/appointments/<id>/: what was told about it, for staff (requirement D03)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.models import Notification
from tests.factories import AppointmentFactory, NotificationFactory, in_days


@pytest.fixture
def appointment(patient, doctor):
    return AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(3))


@pytest.fixture
def failed(appointment):
    return NotificationFactory(
        appointment=appointment, channel="email", state="failed", answer="550 No such mailbox"
    )


@pytest.mark.parametrize("who", ["as_doctor", "as_assistant", "as_admin"])
def test_D03_staff_see_what_was_told_and_that_it_failed(request, who, appointment, failed):
    client = request.getfixturevalue(who)

    page = client.get(appointment.get_absolute_url())

    told = page.context["told"]
    assert [(one.to, one.channel, one.label) for one in told] == [("Patient", "Email", "Failed")]
    text = page.content.decode()
    assert "An appointment is confirmed" in text
    assert "A message did not reach the patient." in text
    assert f'href="tel:{appointment.patient.phone.as_e164}"' in text


def test_D03_what_arrived_is_no_alarm(as_assistant, appointment, failed):
    Notification.objects.update(state="sent")

    text = as_assistant.get(appointment.get_absolute_url()).content.decode()

    assert "did not reach" not in text
    assert "Sent" in text


@pytest.mark.parametrize(
    "change", [{"facts": {"for": "doctor"}}, {"appointment__starts_at": in_days(-3)}]
)
def test_D03_nobody_has_to_phone_for_a_doctors_mail_or_a_past_day(as_assistant, doctor, change):
    failed = NotificationFactory(
        appointment__doctor=doctor, channel="email", state="failed", **change
    )

    text = as_assistant.get(failed.appointment.get_absolute_url()).content.decode()

    assert "Failed" in text
    assert "did not reach" not in text


@pytest.mark.parametrize(
    ("other", "is_alarm"),
    [
        ({"channel": "sms"}, False),
        ({"channel": "portal"}, True),  # they may never look
        ({"channel": "sms", "state": "failed"}, True),
        ({"channel": "sms", "event": "reminder"}, True),
        ({"channel": "sms", "facts": {"for": "doctor"}}, True),
        ({"channel": "sms", "created_at": in_days(-1)}, True),  # of an earlier change
    ],
)
def test_D03_who_heard_by_another_way_need_not_be_phoned(
    as_assistant, appointment, failed, other, is_alarm
):
    NotificationFactory(appointment=appointment, **other)

    page = as_assistant.get(appointment.get_absolute_url())

    assert page.context["has_missed"] is is_alarm


def test_D03_patients_do_not_see_the_section(as_patient, appointment, failed):
    page = as_patient.get(appointment.get_absolute_url())

    assert "told" not in page.context
    assert "messages-title" not in page.content.decode()


def test_D03_queries_do_not_grow_with_the_messages(as_assistant, appointment):
    counts = []
    for more in (1, 5):
        NotificationFactory.create_batch(more, appointment=appointment)
        with CaptureQueriesContext(connection) as queries:
            as_assistant.get(appointment.get_absolute_url())
        counts.append(len(queries))

    assert counts[0] == counts[1]
