"""Mail by SendGrid's interface, against a server that speaks it."""

import base64
import logging

import pytest
from django.core.mail import EmailMultiAlternatives

from portal.gateways import mail
from portal.gateways.errors import Refused, Unreachable
from tests.plugins.postgresql import free_port


def send(to: str = "ana@example.org") -> str:
    message_id = {"Message-ID": "<notification-17@portal.example>"}
    message = EmailMultiAlternatives("Subject", "Text", "a@b.org", [to], headers=message_id)
    message.attach_alternative("<p>Text</p>", "text/html")
    message.attach("visit.ics", "SUMMARY:Visit at Zoë’s", "text/calendar; method=REQUEST")
    return mail.send(message, about=17)


def test_a_mail_is_handed_over_whole(sendgrid):
    provider_id = send()

    [taken] = sendgrid.mails
    [personalization] = taken["personalizations"]
    assert personalization["to"] == [{"email": "ana@example.org"}]
    assert personalization["custom_args"] == {"anymail_id": provider_id}
    assert taken["custom_args"] == {"notification": "17"}
    assert taken["headers"]["Message-ID"] == "<notification-17@portal.example>"
    assert [part["type"] for part in taken["content"]] == ["text/plain", "text/html"]
    [calendar] = taken["attachments"]
    assert (calendar["filename"], calendar["type"]) == (
        "visit.ics",
        "text/calendar; method=REQUEST",
    )
    assert base64.b64decode(calendar["content"]).decode() == "SUMMARY:Visit at Zoë’s"
    assert provider_id


@pytest.mark.parametrize("status", [400, 413])
def test_what_the_provider_never_takes_is_refused(sendgrid, status):
    sendgrid.fault = (status, "Does not contain a valid address.")

    with pytest.raises(Refused) as refused:
        send()

    assert str(refused.value) == f"{status} Does not contain a valid address."


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_may_pass_is_tried_again(sendgrid, status):
    sendgrid.fault = (status, "too many requests")

    with pytest.raises(Unreachable, match=str(status)):
        send()


@pytest.mark.parametrize("status", [401, 403])
def test_what_is_ours_to_mend_is_tried_again_and_logged(sendgrid, caplog, status):
    sendgrid.fault = (status, "forbidden")

    with pytest.raises(Unreachable, match="our key or sender"):
        send()

    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_a_wrong_key_is_tried_again(sendgrid, settings):
    settings.ANYMAIL = {**settings.ANYMAIL, "SENDGRID_API_KEY": "SG.mistyped"}

    with pytest.raises(Unreachable, match="401"):
        send()


def test_an_address_that_is_none_is_refused(sendgrid):
    with pytest.raises(Refused, match="Not a valid address"):
        send("ana@example.org, <")

    assert sendgrid.mails == []


def test_nobody_listening_is_tried_again(sendgrid, settings):
    address = f"http://127.0.0.1:{free_port()}/v3/"
    settings.ANYMAIL = {**settings.ANYMAIL, "SENDGRID_API_URL": address}

    with pytest.raises(Unreachable, match="ConnectionError"):
        send()


def test_a_slow_answer_is_not_waited_for(sendgrid, settings):
    settings.ANYMAIL = {**settings.ANYMAIL, "REQUESTS_TIMEOUT": 0.2}
    sendgrid.seconds = 2

    with pytest.raises(Unreachable, match="ReadTimeout"):
        send()
