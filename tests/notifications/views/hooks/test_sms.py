"""Twilio's status callbacks: only what it has signed counts (requirements D01, D06)."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.appointments.services import appointments
from portal.models import Notification
from tests.factories import PatientFactory, SlotFactory, in_days
from tests.servers.twilio import report, signature, status_form
from tests.setups.outbox import deliver_all

pytestmark = pytest.mark.django_db

ORIGIN = "https://portal.example"
PATH = "/hooks/sms/"


@pytest.fixture
def sent(twilio, settings):
    """An SMS that Twilio has taken; `sent.callback` is where it reports."""
    settings.ORIGIN = ORIGIN
    slot = SlotFactory(starts_at=in_days(3))
    appointments.book(slot.pk, by=PatientFactory(phone="+34600111222").user)
    deliver_all()
    [message] = twilio.messages
    return message


def post(address: str, form: dict, *, signed: str | None, **options):
    """By a client without a cookie or a token, as Twilio is one."""
    headers = {} if signed is None else {"X-Twilio-Signature": signed}
    path = address.removeprefix(ORIGIN)
    return Client(enforce_csrf_checks=True).post(path, form, headers=headers, **options)


def told(message, status: str, code: int | None = None, **options):
    form = status_form(message.sid, status, code)
    return post(message.callback, form, signed=signature(message.callback, form), **options)


def sms() -> Notification:
    return Notification.objects.get(channel="sms")


def test_D06_delivered(sent):
    assert sms().delivered_at is None

    assert told(sent, "delivered").status_code == 204
    assert (sms().state, sms().provider_id) == ("sent", sent.sid)
    assert sms().delivered_at


@pytest.mark.parametrize(
    ("status", "code", "answer"),
    [
        ("undelivered", 30003, "The phone is switched off or out of reach (30003)"),
        ("undelivered", 30006, "Not a mobile number (30006)"),
        ("failed", 30999, "Not delivered (30999)"),
        ("failed", None, "Not delivered"),
    ],
)
def test_D06_not_delivered(sent, status, code, answer):
    assert told(sent, status, code).status_code == 204
    assert (sms().state, sms().answer) == ("failed", answer)


@pytest.mark.parametrize("status", ["queued", "sending", "sent", "something new"])
def test_what_is_not_final_changes_nothing(sent, status):
    told(sent, "delivered")
    before = Notification.objects.filter(channel="sms").values().get()

    assert told(sent, status).status_code == 204
    assert Notification.objects.filter(channel="sms").values().get() == before


def test_a_report_may_come_again(sent):
    told(sent, "delivered")
    first = sms().delivered_at

    assert told(sent, "delivered").status_code == 204
    assert sms().delivered_at == first


def test_a_report_before_the_id_is_noted_finds_its_message(sent):
    Notification.objects.filter(channel="sms").update(state="sending", provider_id="")

    assert told(sent, "delivered").status_code == 204
    assert (sms().state, sms().provider_id) == ("sent", sent.sid)


def forged() -> dict:
    """What is wrong with a request: the form, the signature or the address."""
    return {
        "none": lambda one, form: (one.callback, form, None),
        "empty": lambda one, form: (one.callback, form, ""),
        "not ASCII": lambda one, form: (one.callback, form, "é" * 28),
        "another's token": lambda one, form: (
            one.callback,
            form,
            signature(one.callback, form, token="guessed"),
        ),
        "changed body": lambda one, form: (
            one.callback,
            {**form, "MessageStatus": "failed"},
            signature(one.callback, form),
        ),
        "added field": lambda one, form: (
            one.callback,
            {**form, "ErrorCode": "30003"},
            signature(one.callback, form),
        ),
        "another message": lambda one, form: (
            f"{ORIGIN}{PATH}?n=10000",
            form,
            signature(one.callback, form),
        ),
        "no message": lambda one, form: (f"{ORIGIN}{PATH}", form, signature(one.callback, form)),
    }


@pytest.mark.parametrize("what", forged())
def test_what_twilio_has_not_signed_is_forbidden(sent, what):
    form = status_form(sent.sid, "delivered")
    address, form, signed = forged()[what](sent, form)

    answer = post(address, form, signed=signed)

    assert answer.status_code == 403
    assert answer.content == b""
    assert sms().delivered_at is None


def test_the_host_header_is_not_asked_for_the_address(sent, settings):
    settings.ALLOWED_HOSTS = ["*"]
    form = status_form(sent.sid, "delivered")
    theirs = sent.callback.replace("portal.example", "evil.example")
    options = {"headers": {"X-Twilio-Signature": signature(theirs, form), "Host": "evil.example"}}
    path = sent.callback.removeprefix(ORIGIN)

    assert Client().post(path, form, **options).status_code == 403
    assert sms().delivered_at is None
    options["headers"]["X-Twilio-Signature"] = signature(sent.callback, form)
    assert Client().post(path, form, **options).status_code == 204


def test_unknown_messages_are_passed_over(sent):
    form = status_form("SM-of-another-installation", "delivered")
    address = f"{ORIGIN}{PATH}"

    assert post(address, form, signed=signature(address, form)).status_code == 204
    assert sms().delivered_at is None


@pytest.mark.parametrize("n", ["", "x", "-1", "1" * 40, "1;drop", "¹"])
def test_an_id_that_is_none_is_passed_over(sent, n):
    form = status_form("SM-unknown", "delivered")
    address = f"{ORIGIN}{PATH}?n={n}"
    if not n.isascii():
        address = f"{ORIGIN}{PATH}?n=%C2%B9"

    assert post(address, form, signed=signature(address, form)).status_code == 204


@pytest.mark.parametrize("sms_url", ["", "folder"])
def test_without_twilio_nobody_is_believed(sent, settings, sms_url):
    settings.SMS_URL = sms_url

    assert told(sent, "delivered").status_code == 403


def test_reports_are_posted(client):
    assert client.get(reverse("sms-report")).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_report_over_the_wire(twilio, settings, live_server):
    settings.ORIGIN = live_server.url
    slot = SlotFactory(starts_at=in_days(3))
    appointments.book(slot.pk, by=PatientFactory(phone="+34600111222").user)
    deliver_all()

    assert report(twilio.messages[0], "undelivered", 30005) == 204
    assert sms().answer == "The number does not exist (30005)"
