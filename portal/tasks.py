"""What the background worker does."""

import logging
from datetime import timedelta

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django_tasks import task

logger = logging.getLogger("portal.mail")

# Minutes to wait before each further attempt at a mail that could not be handed over.
PAUSES = (1, 5, 15, 60, 240)


@task()
def send_mail(
    to: str, subject: str, text: str, html: str = "", sender: str | None = None, attempt: int = 0
) -> None:
    """Hand one mail to the mail server; if it cannot take it, try again later, at most five times."""
    mail = EmailMultiAlternatives(subject, text, sender, [to])
    if html:
        mail.attach_alternative(html, "text/html")
    try:
        mail.send()
    except OSError:  # smtplib's errors are OSErrors too
        if attempt == len(PAUSES):
            raise
        logger.warning(
            "A mail could not be sent at attempt %s; it will be tried again", attempt + 1
        )
        later = timezone.now() + timedelta(minutes=PAUSES[attempt])
        send_mail.using(run_after=later).enqueue(
            to=to, subject=subject, text=text, html=html, sender=sender, attempt=attempt + 1
        )
