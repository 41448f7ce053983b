"""Mail through a provider's API (SendGrid and others), and its signed reports, using anymail."""

import logging
import warnings
from functools import partial
from typing import Any

from anymail.exceptions import (
    AnymailAPIError,
    AnymailInvalidAddress,
    AnymailNotSupportedWarning,
    AnymailRecipientsRefused,
    AnymailWebhookValidationFailure,
)
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.urls import resolve
from requests import Response

from portal.gateways.errors import Forged, Refused, Unreachable
from portal.gateways.reports import Report, as_id

logger = logging.getLogger("portal.mail")

FOR_NOW = (408, 425, 429)
OURS = (401, 403, 404, 405)
NOT_DELIVERED = (EventType.BOUNCED, EventType.REJECTED, EventType.FAILED)
WORDS = {
    RejectReason.INVALID: "The address does not exist",
    RejectReason.BOUNCED: "The mailbox has refused it",
    RejectReason.TIMED_OUT: "The mailbox could not be reached",
    RejectReason.BLOCKED: "The mailbox blocks us",
    RejectReason.SPAM: "The person marked earlier mail as spam",
    RejectReason.UNSUBSCRIBED: "The person has opted out of mail",
}


def send(mail: EmailMultiAlternatives, *, about: int) -> str:
    """See mail.send. The provider stores `about` and returns it in its reports."""
    carried: Any = mail  # with attributes that anymail reads and writes
    carried.metadata = {"notification": str(about)}
    try:
        with warnings.catch_warnings():
            # That anymail has stopped testing SendGrid: tests/servers/sendgrid.py does it here.
            warnings.simplefilter("ignore", AnymailNotSupportedWarning)
            mail.send()
    except AnymailRecipientsRefused as error:
        raise Refused("The provider refuses this address") from error
    except AnymailInvalidAddress as error:
        raise Refused("Not a valid address") from error
    except AnymailAPIError as error:
        raise _error(error) from error
    except OSError as error:
        raise Unreachable(f"The provider does not answer: {type(error).__name__}") from error
    return (carried.anymail_status.message_id or "")[:120]  # as much as is noted of it


def _error(error: AnymailAPIError) -> Exception:
    status = error.status_code
    if status is None:
        return Unreachable(f"The provider does not answer: {type(error.__cause__).__name__}")
    if status in OURS:
        logger.error("The mail provider does not accept our key or sender (%s)", status)
        return Unreachable(f"The provider does not accept our key or sender ({status})")
    if 400 <= status < 500 and status not in FOR_NOW:
        return Refused(f"{status} {_reason(error.response)}"[:300])
    return Unreachable(f"The provider cannot take it now ({status})")


def _reason(response: Response) -> str:
    """The error sentence in a provider's response, wherever it is; or else the name of the
    status."""
    try:
        said = response.json()
        if isinstance(said.get("errors"), list):
            said = said["errors"][0]
        return str(said.get("message") or response.reason)
    except (ValueError, AttributeError, LookupError):
        return str(response.reason)


def reports(request: HttpRequest) -> list[Report]:
    """See mail.reports. Without a key or a secret in the settings no report is accepted."""
    found: Any = resolve(f"/{settings.MAIL_PROVIDER}/tracking/", "anymail.urls").func
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        view = found.view_class()
    if view.warn_if_no_basic_auth and not view.basic_auth:
        raise Forged
    try:
        view.run_validators(request)
    except (AnymailWebhookValidationFailure, ValueError) as error:  # wrong, or not even base64
        raise Forged from error
    return [report for event in view.parse_events(request) if (report := _report(event))]


def _report(event: AnymailTrackingEvent) -> Report | None:
    about = as_id(event.metadata.get("notification"))
    report = partial(Report, provider_id=event.message_id or "", about=about)
    if event.event_type == EventType.DELIVERED:
        return report(delivered=True)
    if event.event_type == EventType.COMPLAINED:
        return report(delivered=True, answer="The person marked it as spam")
    if event.event_type in NOT_DELIVERED:
        return report(delivered=False, answer=_words(event))
    return None


def _words(event: AnymailTrackingEvent) -> str:
    words = WORDS.get(event.reject_reason or RejectReason.BOUNCED, "Not delivered")
    details = event.mta_response or event.description or ""
    return f"{words}: {details}" if details else words
