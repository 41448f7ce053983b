"""SMS by Twilio, against a server that speaks its interface."""

import logging

import pytest

from portal.gateways import sms
from portal.gateways import twilio as gateway
from portal.gateways.errors import Refused, Unreachable
from tests.plugins.postgresql import free_port

TO, TEXT = "+34600111222", "Your appointment is on Monday"


def send() -> str:
    return sms.send(TO, TEXT, about=17)


def test_a_message_is_handed_over_with_where_to_report(twilio, settings):
    settings.ORIGIN = "https://portal.example"

    sid = send()

    [message] = twilio.messages
    assert message.sid == sid
    assert message.form == {
        "To": TO,
        "Body": TEXT,
        "From": "+34600000001",
        "StatusCallback": "https://portal.example/hooks/sms/?n=17",
    }


def test_a_messaging_service_may_be_the_sender(twilio, settings):
    settings.SMS_URL = twilio.sms_url(sender="messaging_service=MG1")

    send()

    assert twilio.messages[0].form["MessagingServiceSid"] == "MG1"
    assert "From" not in twilio.messages[0].form


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (21211, "Not a valid phone number (21211)"),
        (21610, "The person has opted out of messages (21610)"),
        (21614, "Not a mobile number (21614)"),
        (21999, "Twilio does not take it (21999)"),
    ],
)
def test_what_is_wrong_with_the_number_is_refused_for_good(twilio, code, words):
    twilio.fail(TO, code)

    with pytest.raises(Refused) as refused:
        send()

    assert str(refused.value) == words


@pytest.mark.parametrize(
    ("status", "code"), [(429, 20429), (429, 63038), (500, 20500), (503, 0), (400, 21611)]
)
def test_what_may_pass_is_tried_again(twilio, status, code):
    twilio.fail(TO, code, status=status)

    with pytest.raises(Unreachable) as unreachable:
        send()

    assert str(status) in str(unreachable.value)


@pytest.mark.parametrize(
    ("status", "code"), [(401, 20003), (403, 20403), (404, 20404), (400, 21606), (400, 21609)]
)
def test_what_is_ours_to_mend_is_tried_again_and_logged(twilio, caplog, status, code):
    twilio.fail(None, code, status=status)

    with pytest.raises(Unreachable, match="our account or sender"):
        send()

    [record] = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert "SMS_URL" in record.message


def test_a_wrong_token_is_not_the_patients_fault(twilio, settings):
    settings.SMS_URL = twilio.sms_url(token="mistyped")

    with pytest.raises(Unreachable, match="401"):
        send()


@pytest.mark.parametrize("status", [0, 400, 502])
def test_a_proxys_answer_is_not_twilios(twilio, status):
    twilio.garbled = True
    twilio.failures[None] = (status, 0)

    with pytest.raises(Refused if status == 400 else Unreachable):
        send()


def test_nobody_listening_is_tried_again(twilio, settings):
    port = free_port()
    settings.SMS_URL = f"twilio+http://AC1:token@127.0.0.1:{port}?from=+34600000001"

    with pytest.raises(Unreachable, match="ConnectionError"):
        send()


def test_a_slow_answer_is_not_waited_for(twilio, settings, monkeypatch):
    monkeypatch.setattr(gateway, "SECONDS", 0.2)
    gateway._client.cache_clear()
    twilio.seconds = 2

    with pytest.raises(Unreachable, match="ReadTimeout"):
        send()


def test_neither_number_nor_text_nor_token_is_told(twilio, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "twilio")

    send()
    for status, code in ((400, 21211), (500, 0), (401, 20003), (400, 21999)):
        twilio.fail(TO, code, status=status)
        with pytest.raises((Refused, Unreachable)) as error:
            send()
        assert "600" not in str(error.value)

    told = "\n".join(record.getMessage() for record in caplog.records)
    assert caplog.records
    for secret in (TO, TO[1:], TO[-9:], TEXT, "secret"):
        assert secret not in told
