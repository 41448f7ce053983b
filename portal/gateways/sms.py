"""Sending an SMS by what SMS_URL names: a folder, which is enough for a demo, or Twilio."""

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
    """Hand one SMS over; `to` is E.164, `about` the notification's id. Answers the provider's id.

    Raises Refused if it is never taken, Unreachable if it may be later.
    """
    account = sms_url.twilio(settings.SMS_URL)
    if account is None:
        return _to_folder(to, text, about=about)
    return _twilio().send(account, to, text, about=about)


def report(form: dict, *, query: str, signature: str) -> Report | None:
    """What Twilio says in a status callback; None if it says nothing that is final.

    `query` is the callback's, as it came. Raises Forged if Twilio has not signed it.
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
