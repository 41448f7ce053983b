"""A server that speaks SendGrid's v3 mail/send, and signs its events as SendGrid does."""

import base64
import json
import re
import time
import uuid

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.servers.service import Service

KEY = "SG.test-key"
# What it says of the type of an attachment is not all: the method of a calendar it does take.
TYPE = re.compile(r"[^;\r\n]+(; ?method=[A-Z]+;?)?")


class SendGrid(Service):
    def __init__(self):
        super().__init__()
        self.mails: list[dict] = []
        self.fault: tuple[int, str] | None = None  # status and what the error says
        self.seconds = 0.0  # before each answer
        self._key = ec.generate_private_key(ec.SECP256R1())

    def answer(self, path, headers, body):
        time.sleep(self.seconds)
        if headers.get("Authorization") != f"Bearer {KEY}":
            return self._error(401, "The provided authorization grant is invalid")
        if path != "/v3/mail/send":
            return self._error(404, "Not found")
        if self.fault:
            return self._error(*self.fault)
        mail = json.loads(body)
        if not all(TYPE.fullmatch(one["type"]) for one in mail.get("attachments", ())):
            return self._error(400, "The attachment type cannot contain ';', or CRLF characters.")
        self.mails.append(mail)
        return 202, {"X-Message-Id": uuid.uuid4().hex}, b""

    def _error(self, status: int, message: str):
        errors = {"errors": [{"message": message, "field": None, "help": None}]}
        return status, {"Content-Type": "application/json"}, json.dumps(errors).encode()

    @property
    def verification_key(self) -> str:
        """As SendGrid's page shows it: the public key in base64."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        key = self._key.public_key().public_bytes(serialization.Encoding.DER, form)
        return base64.b64encode(key).decode()

    def signed(self, events: list[dict]) -> dict:
        """The arguments of `client.post` that bring these events."""
        body, timestamp = json.dumps(events), str(int(time.time()))
        signature = self._key.sign((timestamp + body).encode(), ec.ECDSA(hashes.SHA256()))
        name = "X-Twilio-Email-Event-Webhook"
        headers = {
            f"{name}-Signature": base64.b64encode(signature).decode(),
            f"{name}-Timestamp": timestamp,
        }
        return {"data": body, "content_type": "application/json", "headers": headers}


def event(mail: dict, kind: str, **more) -> dict:
    """What SendGrid tells of a mail that it took: its custom arguments come back."""
    [personalization] = mail["personalizations"]
    return {
        "event": kind,
        "email": personalization["to"][0]["email"],
        "timestamp": int(time.time()),
        "sg_event_id": uuid.uuid4().hex,
        "sg_message_id": uuid.uuid4().hex,
        **mail.get("custom_args", {}),
        **personalization.get("custom_args", {}),
        **more,
    }
