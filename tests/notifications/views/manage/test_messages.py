"""/manage/messages/: every message, what became of it, and trying again (requirement D03)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.appointments.services import appointments, attendance
from portal.models import AuditEvent, Notification
from portal.notifications.services import wording
from tests.factories import (
    AppointmentFactory,
    BroadcastFactory,
    DoctorFactory,
    NotificationFactory,
    PatientFactory,
    in_days,
)
from tests.setups.outbox import mail_account

URL = reverse("manage-messages")


@pytest.fixture
def ana():
    """Her confirmation by mail, which has failed."""
    patient = PatientFactory(name="Ana Núñez", phone="+34600111222")
    appointment = AppointmentFactory(patient=patient, starts_at=in_days(3))
    return NotificationFactory(
        appointment=appointment, channel="email", state="failed", attempts=6, answer="550 Nobody"
    )


def tos(response) -> list[str]:
    return [line.to for line in response.context["lines"]]


def page_of(notification) -> str:
    return reverse("manage-message", args=[notification.pk])


def test_D03_a_line_says_when_whom_what_how_and_what_became_of_it(as_admin, ana):
    response = as_admin.get(URL)

    text = response.content.decode()
    for said in ("Ana Núñez", "An appointment is confirmed", "Email", "Failed", "6 attempts"):
        assert said in text
    assert "550 Nobody" in text
    assert ana.appointment.reference in text
    assert f'href="{page_of(ana)}"' in text


def test_D03_addresses_are_masked(as_admin, ana):
    Notification.objects.update(address="ana.nunez@example.com")
    NotificationFactory(
        appointment=ana.appointment, channel="sms", state="sent", address="+34600111222"
    )

    text = as_admin.get(URL).content.decode()

    assert "a•••@example.com" in text
    assert "ana.nunez@example.com" not in text
    assert "+34 ••• ••• 22" in text
    assert "600111222" not in text.replace(" ", "")


def test_D03_before_it_is_sent_it_says_where_it_will_go(as_admin, ana):
    initial = ana.user.email[0]

    assert f"{initial}•••@example.org" in as_admin.get(URL).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "failed"}, ["Ana Núñez"]),
        ({"channel": "email"}, ["Ana Núñez"]),
        ({"channel": "sms"}, []),
        ({"event": "clinic_message"}, ["Zoe"]),
        ({"q": "nunez ana"}, ["Ana Núñez"]),
        ({"q": "zo"}, ["Zoe"]),
        ({"q": "nobody"}, []),
        ({"day": "2026-01-05"}, ["Zoe"]),
        ({"day": "2026-01-06"}, []),
        ({"state": "failed", "q": "zoe"}, []),
        # What makes no sense is left out.
        ({"state": "odd", "channel": "x", "event": "x", "broadcast": "x"}, ["Zoe", "Ana Núñez"]),
        ({"day": "soon"}, ["Zoe", "Ana Núñez"]),
        ({"broadcast": str(2**70)}, ["Zoe", "Ana Núñez"]),
    ],
)
def test_D03_filters_stand_in_the_url(as_admin, ana, query, found):
    zoe = PatientFactory(name="Zoe", user=None)
    NotificationFactory(
        appointment=AppointmentFactory(patient=zoe, doctor=ana.appointment.doctor),
        event="clinic_message",
        # Late in the evening of the 5th in Madrid, which is still the 5th in UTC.
        created_at=timezone.make_aware(timezone.datetime(2026, 1, 5, 22, 30)),
    )

    assert tos(as_admin.get(URL, query)) == found


def test_D03_a_day_is_the_clinics_not_the_servers(as_admin, ana):
    late = timezone.make_aware(timezone.datetime(2026, 1, 5, 23, 30))  # 00:30 of the 6th in Madrid
    Notification.objects.update(created_at=late)

    assert tos(as_admin.get(URL, {"day": "2026-01-06"})) == ["Ana Núñez"]
    assert tos(as_admin.get(URL, {"day": "2026-01-05"})) == []


@pytest.mark.parametrize("write", [str, str.lower, lambda text: text.replace("-", "")])
def test_D03_found_by_the_appointments_reference(as_admin, ana, write):
    NotificationFactory()

    assert tos(as_admin.get(URL, {"q": write(ana.appointment.reference)})) == ["Ana Núñez"]


def test_D03_a_doctors_message_is_found_by_the_doctor_not_the_patient(as_admin, ana):
    doctor = DoctorFactory(name="Dr Élodie Roy")
    NotificationFactory(appointment=ana.appointment, user=doctor.user)

    assert tos(as_admin.get(URL, {"q": "elodie"})) == ["Dr Élodie Roy"]
    assert tos(as_admin.get(URL, {"q": "ana"})) == ["Ana Núñez"]


def test_D03_pages_of_fifty_with_constant_queries(as_admin):
    counts = []
    for more in (1, 54):
        NotificationFactory.create_batch(more)
        with CaptureQueriesContext(connection) as queries:
            response = as_admin.get(URL)
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert len(tos(response)) == 50
    assert "?page=2" in response.content.decode()
    assert len(tos(as_admin.get(URL, {"page": 2}))) == 5


def test_D03_one_message_with_its_course_and_text(as_admin, ana):
    text = as_admin.get(page_of(ana)).content.decode()

    for said in ("Written", "550 Nobody", "6 attempts", ana.appointment.doctor.name, "Try again"):
        assert said in text


def test_D03_secret_texts_are_never_shown(as_admin):
    secret = mail_account(
        "eve@example.org",
        user=None,
        subject="Sesame",
        text="Open sesame",
        html="<p>Open sesame</p>",
    )[0]

    for url in (URL, page_of(secret)):
        text = as_admin.get(url).content.decode()
        assert "sesame" not in text.lower()
        assert "eve@example.org" not in text
        assert "e•••@example.org" in text


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_D03_links_that_act_for_the_recipient_are_not_shown(as_admin, ana, channel):
    """A reminder lets its reader answer, and switch off mails, without signing in."""
    ana.event, ana.channel = "reminder", channel
    ana.facts |= {"appointment": ana.appointment_id}
    ana.save()
    token = attendance.answer_url(ana).rstrip("/").rpartition("/")[2]
    words = wording.short(ana) if channel == "sms" else wording.email(ana).body
    assert token in words

    text = as_admin.get(page_of(ana)).content.decode()

    assert token not in text
    assert "/…" in text
    assert "unsubscribe/Wz" not in text


def test_D03_a_text_that_cannot_be_made_is_no_error_of_the_page(as_admin, ana):
    Notification.objects.update(facts={"zone": "Nowhere/City", "starts_at": "soon"})

    response = as_admin.get(page_of(ana))

    assert response.status_code == 200
    assert "The text cannot be made" in response.content.decode()


def test_D03_try_again(as_admin, ana):
    response = as_admin.post(reverse("manage-message-retry", args=[ana.pk]), follow=True)

    assert "The message is being sent again." in response.content.decode()
    ana.refresh_from_db()
    assert ana.state == "queued"
    course = as_admin.get(page_of(ana)).content.decode()
    assert f"Queued again by {as_admin.user.name}" in course


@pytest.mark.parametrize("how", ["sent meanwhile", "cancelled meanwhile"])
def test_D03_trying_again_in_vain_says_why(as_admin, ana, how):
    if how == "sent meanwhile":
        Notification.objects.update(state="sent")
    else:
        appointments.cancel(ana.appointment, by=as_admin.user, reason="other")

    response = as_admin.post(reverse("manage-message-retry", args=[ana.pk]))

    said = {"sent meanwhile": (409, "has not failed"), "cancelled meanwhile": (422, "overtaken")}
    status, sentence = said[how]
    assert response.status_code == status
    assert sentence in response.content.decode()
    assert not AuditEvent.objects.filter(verb="retry").exists()


def test_D03_try_all_failed_ones_of_the_filter_again(as_admin, ana):
    other = NotificationFactory(channel="sms", state="failed")

    response = as_admin.post(
        reverse("manage-messages-retry") + "?state=failed&channel=email", follow=True
    )

    assert "1 message is being sent again." in response.content.decode()
    assert response.redirect_chain == [(f"{URL}?state=failed&channel=email", 302)]
    ana.refresh_from_db()
    other.refresh_from_db()
    assert (ana.state, other.state) == ("queued", "failed")


def test_D03_the_messages_of_one_broadcast(as_admin, ana):
    broadcast = BroadcastFactory()
    NotificationFactory(broadcast=broadcast, user=DoctorFactory(name="Dr Roy").user)

    assert tos(as_admin.get(URL, {"broadcast": broadcast.pk})) == ["Dr Roy"]


def test_nothing_there_says_so(as_admin):
    assert "No messages yet" in as_admin.get(URL).content.decode()
    assert "No message matches" in as_admin.get(URL, {"state": "void"}).content.decode()


@pytest.mark.parametrize("name", ["manage-messages-retry", "manage-message-retry"])
def test_retries_are_sent_by_forms_only(as_admin, ana, name):
    arguments = [ana.pk] if name == "manage-message-retry" else []

    assert as_admin.get(reverse(name, args=arguments)).status_code == 405


def test_a_missing_one_is_404(as_admin):
    assert as_admin.get(reverse("manage-message", args=[987654])).status_code == 404
