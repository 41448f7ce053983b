"""SMS through Twilio: its Messages API, and its signed status callbacks.

Phone numbers and message texts never appear in a log or an error. Twilio's own error texts repeat
the number, so each error code has a text of ours.
"""

import logging
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.urls import reverse
from requests import RequestException
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from portal.gateways.errors import Forged, Refused, Unreachable
from portal.gateways.reports import Report, as_id
from portal.gateways.sms_url import Twilio

TWILIO = "https://api.twilio.com"
SECONDS = 10  # to connect, and to answer

logger = logging.getLogger("portal.sms")

# https://www.twilio.com/docs/api/errors
WORDS = {
    21211: "Not a valid phone number",
    21214: "The number cannot be reached",
    21217: "Not a valid phone number",
    21265: "A short number, which takes no messages",
    21608: "A trial account may not write to this number",
    21610: "The person has opted out of messages",
    21612: "The number cannot be reached from ours",
    21614: "Not a mobile number",
    21617: "The message is too long",
    30003: "The phone is switched off or out of reach",
    30004: "The phone or its carrier blocks messages",
    30005: "The number does not exist",
    30006: "Not a mobile number",
    30007: "The carrier has filtered the message",
    30008: "The carrier gives no reason",
}
# A sender, permission, account or ORIGIN that is not set up: our fault, so temporary.
OURS = {21212, 21408, 21603, 21606, 21609, 21659, 21660, 21701, 21702, 21703, 21704}
QUEUE_FULL = 21611


def send(account: Twilio, to: str, text: str, *, about: int) -> str:
    """See sms.send. Twilio reports to a URL that contains `about`: see `report`."""
    sender = {"from_": account.sender or None, "messaging_service_sid": account.messaging_service}
    try:
        message = _client(account).messages.create(
            to=to,
            body=text,
            status_callback=f"{_address()}?n={about}",
            **{name: value for name, value in sender.items() if value},
        )
    except RequestException as error:
        raise Unreachable(f"Twilio does not answer: {type(error).__name__}") from None
    except TwilioException as error:
        status, code = getattr(error, "status", 0), getattr(error, "code", 0)
        raise _error(int(status), code if isinstance(code, int) else 0) from None
    except ValueError:  # an answer that is not Twilio's
        raise Unreachable("Twilio answers something else") from None
    if not message.sid:
        raise Unreachable("Twilio answers something else")
    return message.sid


def _error(status: int, code: int) -> Exception:
    said = f"{status}, {code}" if code not in (0, status) else f"{status}"
    if status in (401, 403, 404) or code in OURS:
        logger.error("Twilio does not accept our account or sender (%s); see SMS_URL", said)
        return Unreachable(f"Twilio does not accept our account or sender ({said})")
    if 400 <= status < 500 and status not in (408, 429) and code != QUEUE_FULL:
        return Refused(_words(code, "Twilio does not take it"))
    return Unreachable(f"Twilio cannot take it now ({said})")


def report(account: Twilio, form: dict, *, query: str, signature: str) -> Report | None:
    """See sms.report. The URL is built from ORIGIN, not taken from the request.

    Twilio signs the URL too, so the notification's id in it can be trusted.
    """
    address = f"{_address()}?{query}" if query else _address()
    if not RequestValidator(account.token).validate(address, form, signature):
        raise Forged
    status, said = form.get("MessageStatus"), form.get("ErrorCode") or ""
    if status not in ("delivered", "undelivered", "failed"):
        return None
    delivered = status == "delivered"
    return Report(
        provider_id=form.get("MessageSid", ""),
        delivered=delivered,
        answer="" if delivered else _words(as_id(said) or 0, "Not delivered"),
        about=as_id(parse_qs(query).get("n", [""])[0]),
    )


def _words(code: int, otherwise: str) -> str:
    words = WORDS.get(code, otherwise)
    return f"{words} ({code})" if code else words


def _address() -> str:
    return settings.ORIGIN + reverse("sms-report")


@lru_cache(maxsize=1)
def _client(account: Twilio) -> Client:
    """One per process, because it keeps its connection."""
    http = _Http(account.base, timeout=SECONDS)
    return Client(account.account, account.token, http_client=http)


class _Http(TwilioHttpClient):
    """Twilio's own client, which connects to another host if a test says so."""

    def __init__(self, base: str, **options: Any) -> None:
        super().__init__(**options)
        self.base = base

    def request(self, method: str, url: str, *arguments: Any, **options: Any) -> Response:
        return super().request(method, url.replace(TWILIO, self.base, 1), *arguments, **options)
