"""What the background worker does."""

import logging
from datetime import timedelta
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django_tasks import task

logger = logging.getLogger("portal.mail")

# Minutes to wait before each further attempt at a mail that could not be handed over.
PAUSES = (1, 5, 15, 60, 240)


@task()
def send_mail(
    to: str,
    subject: str,
    text: str,
    html: str = "",
    sender: str | None = None,
    attempt: int = 0,
    message_id: str = "",
) -> None:
    """Hand one mail to the mail server; if it cannot take it, try again later, at most five times.

    Every attempt carries the same Message-ID, by which a mailbox knows a mail that comes twice.
    """
    message_id = message_id or make_msgid(domain=urlsplit(settings.ORIGIN).hostname)
    mail = EmailMultiAlternatives(subject, text, sender, [to], headers={"Message-ID": message_id})
    if html:
        mail.attach_alternative(html, "text/html")
    try:
        mail.send()
    except OSError as error:  # smtplib's errors are OSErrors too
        if attempt == len(PAUSES):
            raise
        logger.warning(
            "A mail could not be sent (%s) at attempt %s; it will be tried again",
            type(error).__name__,
            attempt + 1,
        )
        later = timezone.now() + timedelta(minutes=PAUSES[attempt])
        send_mail.using(run_after=later).enqueue(
            to=to,
            subject=subject,
            text=text,
            html=html,
            sender=sender,
            attempt=attempt + 1,
            message_id=message_id,
        )
