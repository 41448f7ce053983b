"""Sends one mail through the SMTP server, or through the provider in the settings."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from types import ModuleType

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.http import HttpRequest

from portal.gateways.errors import Forged, Refused, Unreachable
from portal.gateways.reports import Report

OURS = (530, 534, 535, 538)  # a refused sign-in is our fault, so it is temporary

_shared: ContextVar[BaseEmailBackend | None] = ContextVar("shared", default=None)


@contextmanager
def one_connection() -> Iterator[None]:
    """Mails sent inside this context use one connection to the mail server, as long as none
    fails."""
    connection = None if settings.MAIL_PROVIDER else get_connection()
    token = _shared.set(connection)
    try:
        yield
    finally:
        _shared.reset(token)
        if connection is not None:
            _hang_up(connection)


def send(mail: EmailMultiAlternatives, *, about: int) -> str:
    """Send a mail. Returns the provider's id, if it gives one; `about` is the notification's id.

    Raises Refused for a permanent failure, Unreachable for a temporary one.
    """
    if settings.MAIL_PROVIDER:
        return _provider().send(mail, about=about)
    try:
        _hand_over(mail)
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        raise _error(code, answer) from error
    except smtplib.SMTPResponseException as error:
        raise _error(error.smtp_code, error.smtp_error) from error
    except OSError as error:  # no connection, or one that broke off
        raise Unreachable(f"{type(error).__name__}: {error}") from error
    return ""


def _hand_over(mail: EmailMultiAlternatives) -> None:
    mail.connection = _shared.get()
    if mail.connection is None:
        mail.send()
        return
    try:
        mail.connection.open()  # if it is not open: then sending does not close it
        mail.send()
    except Exception:
        _hang_up(mail.connection)  # nobody knows what state it is in
        raise


def _hang_up(connection: BaseEmailBackend) -> None:
    with suppress(OSError):
        connection.close()


def reports(request: HttpRequest) -> list[Report]:
    """The delivery reports in a provider's request. Raises Forged if it is not from the
    provider."""
    if not settings.MAIL_PROVIDER:
        raise Forged
    return _provider().reports(request)


def _provider() -> ModuleType:
    from portal.gateways import mail_provider  # deferred: anymail is loaded only where it is used

    return mail_provider


def _error(code: int, answer: bytes | str) -> Exception:
    """SMTP: 4xx is temporary, 5xx is permanent."""
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    is_final = 500 <= code < 600 and code not in OURS
    return (Refused if is_final else Unreachable)(f"{code} {text}")
