"""Reads the messages that a demo has written to folders: mails in MAIL_DIR, SMS in SMS_DIR."""

import email
import email.policy
import heapq
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import islice
from pathlib import Path

from django.conf import settings

from portal.enums import Channel

LOOKED_AT = 1000  # files at most, however few of them are shown


@dataclass(frozen=True)
class Message:
    """`at` is UTC; `attachments` are file names. An SMS has no subject."""

    channel: Channel
    at: datetime
    to: str
    text: str
    subject: str = ""
    attachments: tuple[str, ...] = ()


def newest(count: int, *, channel: str = "", to: str = "") -> list[Message]:
    """The latest messages, newest first, at most so many; of one channel or to one address if
    given."""
    messages = (read(path) for path in _files(channel) for read in [_READ[path.suffix]])
    return list(islice((one for one in messages if to in ("", one.to)), count))


def _files(channel: str) -> Iterator[Path]:
    """Newest first: file names begin with the time in nanoseconds."""
    folders = {
        Channel.EMAIL: (settings.MAIL_DIR, "*.eml"),
        Channel.SMS: (settings.SMS_DIR, "*.json"),
    }
    found = (
        path
        for kind, (folder, pattern) in folders.items()
        if channel in ("", kind)
        for path in folder.glob(pattern)
    )
    yield from heapq.nlargest(LOOKED_AT, found, key=_nanoseconds)


def _nanoseconds(path: Path) -> int:
    return int(path.name.partition("-")[0])


def _at(path: Path) -> datetime:
    return datetime.fromtimestamp(_nanoseconds(path) / 1e9, tz=UTC)


def _mail(path: Path) -> Message:
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = mail.get_body(("plain",))
    text = body.get_content() if body else ""
    names = tuple(_attached(mail))
    to, subject = str(mail["To"] or ""), str(mail["Subject"] or "")
    return Message(Channel.EMAIL, _at(path), to, text.strip(), subject, names)


def _attached(mail: EmailMessage) -> Iterator[str]:
    """Attachments, including a calendar part beside the text, which mail programs expect there."""
    for part in mail.walk():
        name = part.get_filename()
        if name or part.get_content_type() == "text/calendar":
            yield name or part.get_content_type()


def _sms(path: Path) -> Message:
    sms = json.loads(path.read_text())
    return Message(Channel.SMS, _at(path), sms["to"], sms["text"])


_READ = {".eml": _mail, ".json": _sms}
