"""A server that speaks Twilio's Messages interface, and signs what it reports as Twilio does.

Its answers and the way of signing follow Twilio's documentation, not its library.
"""

import base64
import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs, quote, urlencode

import urllib3

from tests.servers.service import Service

ACCOUNT, TOKEN = "AC" + "0" * 32, "a/secret@token"
JSON = {"Content-Type": "application/json"}


def signature(address: str, form: dict[str, str], token: str = TOKEN) -> str:
    """HMAC-SHA1 over the address and, sorted by name, each field's name and value."""
    signed = address + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.digest(token.encode(), signed.encode(), hashlib.sha1)).decode()


@dataclass
class Message:
    sid: str
    form: dict[str, str]

    @property
    def callback(self) -> str:
        return self.form["StatusCallback"]


class Twilio(Service):
    """`fail(to, 21610)` refuses that number, `fail(None, 0, status=500)` everything."""

    def __init__(self):
        super().__init__()
        self.messages: list[Message] = []
        self.failures: dict[str | None, tuple[int, int]] = {}
        self.garbled = False
        self.seconds = 0.0  # before each answer

    def sms_url(self, *, sender: str = "from=+34600000001", token: str = TOKEN) -> str:
        host = self.url.removeprefix("http://")
        return f"twilio+http://{ACCOUNT}:{quote(token, safe='')}@{host}?{sender}"

    def fail(self, to: str | None, code: int, *, status: int = 400) -> None:
        self.failures[to] = (status, code)

    def answer(self, path, headers, body):
        time.sleep(self.seconds)
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        status, code = self._fault(path, headers, form)
        if self.garbled:
            return status or 201, {"Content-Type": "text/html"}, b"<h1>Proxy</h1>"
        if status:
            return status, JSON, json.dumps(self._error(status, code, form)).encode()
        message = Message("SM" + uuid.uuid4().hex, form)
        self.messages.append(message)
        told = {"sid": message.sid, "status": "queued", "to": form["To"], "body": form["Body"]}
        return 201, JSON, json.dumps({**told, "error_code": None}).encode()

    def _fault(self, path: str, headers, form: dict) -> tuple[int, int]:
        asked = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if headers.get("Authorization") != f"Basic {asked}":
            return 401, 20003
        if path != f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json":
            return 404, 20404
        if not (form.get("From") or form.get("MessagingServiceSid")):
            return 400, 21603
        return self.failures.get(form["To"], self.failures.get(None, (0, 0)))

    def _error(self, status: int, code: int, form: dict) -> dict:
        """As Twilio's, it repeats the number."""
        if not code:
            return {}
        message = f"{HTTPStatus(status).phrase}: {form.get('To')}"
        more = f"https://www.twilio.com/docs/errors/{code}"
        return {"code": code, "message": message, "more_info": more, "status": status}


def status_form(sid: str, status: str, error_code: int | None = None) -> dict[str, str]:
    form = {"AccountSid": ACCOUNT, "MessageSid": sid, "SmsSid": sid, "MessageStatus": status}
    return {**form, **({"ErrorCode": str(error_code)} if error_code else {})}


def report(message: Message, status: str, error_code: int | None = None) -> int:
    """Post a signed status callback to where the message asked for it; answers the status."""
    form = status_form(message.sid, status, error_code)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature(message.callback, form),
    }
    answer = urllib3.request(
        "POST", message.callback, body=urlencode(form), headers=headers, retries=False
    )
    return answer.status
