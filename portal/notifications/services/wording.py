"""The texts of notifications, rendered from their templates and stored facts."""

from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber

from portal.enums import Channel
from portal.models import ClinicSettings, Notification
from portal.notifications.declaration import Link
from portal.notifications.facts import printed
from portal.notifications.letters import one_line, tidy
from portal.notifications.registry import EVENTS
from portal.notifications.services import preferences, segments


@dataclass(frozen=True)
class Letterhead:
    """The name and the colour of the clinic in a mail."""

    name: str
    phone: PhoneNumber | str  # written out where it is printed, which takes long
    colour: str


def email(notification: Notification) -> EmailMultiAlternatives:
    """The mail, identical at every attempt, including its Message-ID. Three queries at most.

    Replies go to the address of the appointment's office, or else of the clinic, if they have one.
    """
    clinic = ClinicSettings.current()
    event, facts = EVENTS[notification.event], notification.facts
    headers = {"Message-ID": message_id(notification), "Auto-Submitted": "auto-generated"}
    if event.ready_made:
        subject, text, html = facts["subject"], facts["text"], facts["html"]
    else:
        subject = title(notification, clinic=clinic)
        more = _for_mail(notification, clinic)
        text = tidy(_rendered(notification, "text.txt", clinic, more))
        html = page(subject, text, letterhead(clinic))
        if "unsubscribe_url" in more:
            headers["List-Unsubscribe"] = f"<{more['unsubscribe_url']}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail = EmailMultiAlternatives(
        subject,
        text,
        sender(clinic),
        [notification.address],
        reply_to=_reply_to(notification, clinic),
        headers=headers,
    )
    mail.attach_alternative(html, "text/html")
    for file in event.attachments(notification, clinic):
        mail.attach(file.name, file.content, file.type)
    return mail


def title(notification: Notification, *, clinic: ClinicSettings | None = None) -> str:
    """One line: the subject of the mail, and the entry in the portal's list.

    One query; none if `clinic` is given.
    """
    if notification.is_erased:
        return _("Erased, with the person it was about")
    return _about_whom(notification) + one_line(_rendered(notification, "subject.txt", clinic))


def short(notification: Notification, *, clinic: ClinicSettings | None = None) -> str:
    """One or two sentences, for SMS and the portal. One query; none if `clinic` is given.

    An SMS names the clinic, and is cut if it would need more than two parts.
    """
    if notification.is_erased:
        return _("What this message said was erased, at the request of the person it was about.")
    clinic = clinic or ClinicSettings.current()
    text = _about_whom(notification) + _rendered(notification, "short.txt", clinic).strip()
    if notification.channel != Channel.SMS:
        return text
    whose = segments.shortened(one_line(clinic.name), 24)
    links = _links(notification)
    with_link = _rendered(notification, "short.txt", clinic, links).strip()
    fitted = segments.fitted(f"{whose}: {with_link}")
    if all(link in fitted for link in links.values()):
        return fitted
    return segments.fitted(f"{whose}: {text}")  # better none than half a link


def page(subject: str, text: str, clinic: Letterhead) -> str:
    """The HTML of a mail, made from its text."""
    context = {"subject": subject, "text": text, "clinic": clinic, "origin": settings.ORIGIN}
    return render_to_string("emails/message.html", context)


def letterhead(clinic: ClinicSettings) -> Letterhead:
    """What templates of mails need to know of the clinic."""
    return Letterhead(one_line(clinic.name), clinic.phone, clinic.colour)


def message_id(notification: Notification) -> str:
    """By this id a mailbox recognises a mail that arrives twice."""
    return f"<notification-{notification.pk}@{_host()}>"


def sender(clinic: ClinicSettings) -> str:
    """MAIL_FROM; if it is a bare address, with the clinic's name."""
    return formataddr(name_and_address(clinic))


def name_and_address(clinic: ClinicSettings) -> tuple[str, str]:
    """The sender's name and address, as in `sender`."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return name or one_line(clinic.name), address


def _reply_to(notification: Notification, clinic: ClinicSettings) -> list[str]:
    appointment = notification.appointment
    address = (appointment and appointment.office.reply_to) or clinic.reply_to
    return [address] if address else []


def _host() -> str:
    return urlsplit(settings.ORIGIN).hostname or "localhost"


def _rendered(
    notification: Notification, name: str, clinic: ClinicSettings | None, more: dict | None = None
) -> str:
    context = {
        **printed(EVENTS[notification.event].facts, notification.facts),
        "notification": notification,
        "link": SimpleLazyObject(partial(_link, notification)),
        "clinic": letterhead(clinic or ClinicSettings.current()),
        "origin": settings.ORIGIN,
        **(more or {}),
    }
    return render_to_string(f"notifications/{notification.event}/{name}", context)


def _about_whom(notification: Notification) -> str:
    """“Tim Lund: ” for who looks after Tim Lund; "" for all others."""
    facts = notification.facts
    return f"{one_line(facts['patient'])}: " if facts.get("proxy") and "patient" in facts else ""


def _link(notification: Notification) -> Link | None:
    return EVENTS[notification.event].link(notification, notification.user)


def _for_mail(notification: Notification, clinic: ClinicSettings) -> dict:
    """What only a mail has room for: links and details."""
    event = EVENTS[notification.event]
    more = _links(notification)
    if notification.user or notification.patient is None:
        more["preferences_url"] = url("notification-preferences")
    if notification.user and Channel.EMAIL in event.opt_out:
        token = preferences.unsubscribe_token(notification.user, event=event.name)
        more["unsubscribe_url"] = url("notification-unsubscribe", token)
    return more | event.details(notification, clinic)


def _links(notification: Notification) -> dict:
    """The link with which the recipient can answer, if they can."""
    answer_url = EVENTS[notification.event].answer_url(notification)
    return {"answer_url": answer_url} if answer_url else {}


def url(name: str, *arguments: object) -> str:
    """Built from the configured origin, never from a request's Host."""
    return settings.ORIGIN + reverse(name, args=arguments)
