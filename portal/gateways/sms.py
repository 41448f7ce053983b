"""Sends SMS through the service in SMS_URL: a folder, for a demo, or Twilio."""

import itertools
import json
import os
import time
from types import ModuleType

from django.conf import settings

from portal.gateways import sms_url
from portal.gateways.errors import Forged
from portal.gateways.reports import Report

_serial = itertools.count()


def send(to: str, text: str, *, about: int) -> str:
    """Send an SMS; `to` is E.164, `about` the notification's id. Returns the provider's id.

    Raises Refused for a permanent failure, Unreachable for a temporary one.
    """
    account = sms_url.twilio(settings.SMS_URL)
    if account is None:
        return _to_folder(to, text, about=about)
    return _twilio().send(account, to, text, about=about)


def report(form: dict, *, query: str, signature: str) -> Report | None:
    """The report in Twilio's status callback; None if the status is not final.

    `query` is the callback's query, unchanged. Raises Forged if Twilio has not signed it.
    """
    account = sms_url.twilio(settings.SMS_URL)
    if account is None:
        raise Forged
    return _twilio().report(account, form, query=query, signature=signature)


def _twilio() -> ModuleType:
    from portal.gateways import twilio  # deferred: its library is loaded only where it is used

    return twilio


def _to_folder(to: str, text: str, *, about: int) -> str:
    folder = settings.SMS_DIR
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{time.time_ns()}-{os.getpid()}-{next(_serial)}"
    unfinished = folder / f"{name}.part"
    unfinished.write_text(json.dumps({"to": to, "text": text, "about": about}))
    unfinished.rename(folder / f"{name}.json")
    return name
