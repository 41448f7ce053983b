"""Mail for a machine without a mail server: each mail becomes a file that mail programs can
open."""

import itertools
import logging
import os
import time
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger("portal.mail")
_serial = itertools.count()


class EmailBackend(BaseEmailBackend):
    """Writes `MAIL_DIR/<nanoseconds>-<process>-<n>.eml`, completely or not at all."""

    written = 0  # by this process, since `report` was called last

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = settings.MAIL_DIR
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            path = folder / f"{time.time_ns()}-{os.getpid()}-{next(_serial)}.eml"
            unfinished = path.with_suffix(".part")
            unfinished.write_bytes(message.message().as_bytes())
            unfinished.rename(path)
            logger.debug("Mail “%s” is in %s", message.subject, path)
        EmailBackend.written += len(email_messages)
        return len(email_messages)


def report() -> None:
    """Log in one line how many mails were written since the last call, if there were any."""
    count, EmailBackend.written = EmailBackend.written, 0
    if count:
        logger.info("Mails written to %s: %s", settings.MAIL_DIR, count)
