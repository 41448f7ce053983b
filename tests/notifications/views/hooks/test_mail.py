"""The mail provider's events: only what it has signed counts (requirements D01, D06)."""

import base64

import pytest
from django.test import Client
from django.urls import reverse

from portal.appointments.services import appointments
from portal.models import Notification
from tests.factories import PatientFactory, SlotFactory, in_days
from tests.servers.sendgrid import event
from tests.setups.outbox import deliver_all, mail_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def url():
    return reverse("mail-report")


@pytest.fixture
def mail(sendgrid):
    """A mail that the provider has taken."""
    mail_account("ana@example.org", user=None, subject="Hello", text="Hello", html="<p>Hello</p>")
    deliver_all()
    [taken] = sendgrid.mails
    return taken


@pytest.fixture
def bring(sendgrid, url):
    """Post signed events, by a client without a cookie or a token."""

    def post(*events: dict) -> int:
        client = Client(enforce_csrf_checks=True)
        return client.post(url, **sendgrid.signed(list(events))).status_code

    return post


def test_D01_a_confirmation_goes_out_with_its_calendar_file(sendgrid):
    slot = SlotFactory(starts_at=in_days(3))
    appointments.book(slot.pk, by=PatientFactory().user)
    deliver_all()

    mails = Notification.objects.filter(channel="email")
    assert {(one.state, one.answer) for one in mails} == {("sent", "")}
    assert {one["attachments"][0]["type"] for one in sendgrid.mails} == {
        "text/calendar; method=REQUEST"
    }


def told() -> tuple:
    one = Notification.objects.get()
    return one.state, one.answer, one.delivered_at is not None


def test_D06_delivered(mail, bring):
    assert told() == ("sent", "", False)

    assert bring(event(mail, "processed"), event(mail, "delivered", response="250 OK")) == 204
    assert told() == ("sent", "", True)


@pytest.mark.parametrize(
    ("kind", "more", "answer"),
    [
        ("bounce", {"reason": "550 No such user"}, "The mailbox has refused it: 550 No such user"),
        ("dropped", {"reason": "Invalid"}, "The address does not exist"),
        ("dropped", {"reason": "Spam Content"}, "Not delivered"),
        ("bounce", {"reason": "x" * 400}, ("The mailbox has refused it: " + "x" * 400)[:300]),
    ],
)
def test_D06_not_delivered(mail, bring, kind, more, answer):
    assert bring(event(mail, kind, **more)) == 204
    assert told() == ("failed", answer, False)


def test_a_mail_that_comes_back_later_has_failed(mail, bring):
    bring(event(mail, "delivered"))
    bring(event(mail, "bounce", reason="554 Mailbox full"))
    bring(event(mail, "delivered"))

    assert told() == ("failed", "The mailbox has refused it: 554 Mailbox full", False)


def test_a_complaint_is_noted(mail, bring):
    bring(event(mail, "spamreport"), event(mail, "delivered"))

    assert told() == ("sent", "The person marked it as spam", True)


@pytest.mark.parametrize("kind", ["processed", "deferred", "open", "click", "something new"])
def test_what_is_not_final_changes_nothing(mail, bring, kind):
    assert bring(event(mail, kind)) == 204
    assert told() == ("sent", "", False)


def test_a_report_before_the_id_is_noted_finds_its_message(mail, bring):
    Notification.objects.update(state="sending", provider_id="")

    assert bring(event(mail, "delivered")) == 204
    assert told() == ("sent", "", True)


def test_unknown_messages_are_passed_over(mail, bring):
    other = event(mail, "delivered") | {"anymail_id": "another", "notification": "123456"}

    assert bring(other) == 204
    assert told() == ("sent", "", False)


def test_what_the_provider_has_not_signed_is_forbidden(mail, sendgrid, url, client):
    right = sendgrid.signed([event(mail, "delivered")])
    name = "X-Twilio-Email-Event-Webhook"
    signature = right["headers"][f"{name}-Signature"]
    wrong = [
        {},
        {f"{name}-Signature": signature},
        {f"{name}-Timestamp": "1", f"{name}-Signature": signature},
        {**right["headers"], f"{name}-Signature": base64.b64encode(b"guessed").decode()},
        {**right["headers"], f"{name}-Signature": "not base64"},
        {**right["headers"], f"{name}-Signature": "é"},
    ]

    answers = [client.post(url, **{**right, "headers": headers}) for headers in wrong]
    answers.append(client.post(url, **{**right, "data": right["data"].replace("ana", "eve")}))

    assert [answer.status_code for answer in answers] == [403] * len(answers)
    assert told() == ("sent", "", False)


def test_without_a_key_nobody_is_believed(mail, sendgrid, url, client, settings):
    settings.ANYMAIL = {**settings.ANYMAIL, "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY": ""}

    assert client.post(url, **sendgrid.signed([event(mail, "delivered")])).status_code == 403


def test_a_secret_does_instead_of_a_key(mail, sendgrid, url, client, settings):
    settings.ANYMAIL = {
        **settings.ANYMAIL,
        "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY": "",
        "WEBHOOK_SECRET": "hook:secret",
    }
    arguments = sendgrid.signed([event(mail, "delivered")])
    statuses = []
    for known in (b"hook:guessed", b"hook:secret"):
        headers = {"Authorization": "Basic " + base64.b64encode(known).decode()}
        statuses.append(client.post(url, **{**arguments, "headers": headers}).status_code)

    assert statuses == [403, 204]
    assert told() == ("sent", "", True)


def test_without_a_provider_nobody_is_believed(mail, bring, settings):
    settings.MAIL_PROVIDER = ""

    assert bring(event(mail, "delivered")) == 403


def test_reports_are_posted(client, url):
    assert client.get(url).status_code == 405
