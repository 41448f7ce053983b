"""The words of notifications, from their templates and the facts that were noted with them.

Facts are what people have typed, too: each is made one line before a template sees it, so that a
name can be neither a header nor a paragraph, whatever is in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber

from portal.appointments.services import attendance, calendars
from portal.appointments.services.appointments import cancel_until
from portal.enums import AppointmentState, Channel, Mode
from portal.models import Appointment, CalendarDomain, ClinicSettings, Notification, User
from portal.notifications.services import preferences, segments
from portal.notifications.services.events import EVENTS
from portal.notifications.services.letters import lines, one_line, tidy
from portal.notifications.services.notifications import facts_of

CALENDAR_FILE = "appointment.ics"


@dataclass(frozen=True)
class Letterhead:
    """In whose name and colour it is."""

    name: str
    phone: PhoneNumber | str  # written out where it is printed, which takes long
    colour: str


@dataclass(frozen=True)
class Place:
    """An office; only mails say address and phone."""

    name: str
    time_zone: str
    address: str = ""
    phone: str = ""

    def __str__(self) -> str:
        return self.name


def email(notification: Notification) -> EmailMultiAlternatives:
    """The mail, the same at every attempt down to its Message-ID. Three queries at most.

    Answers to it go to the office of the appointment, or to the clinic, if they have an address for
    that.
    """
    clinic = ClinicSettings.current()
    facts = notification.facts
    headers = {"Message-ID": message_id(notification), "Auto-Submitted": "auto-generated"}
    if notification.event == "account":
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
    appointment = notification.appointment
    if appointment and (method := EVENTS[notification.event].calendar):
        if method == "PUBLISH":
            file = _published(_all_told(notification), kind=facts["for"], clinic=clinic)
        else:
            entry = _entry(notification, appointment, clinic, CalendarDomain.current())
            file = calendars.invitation(entry, method=method)
        mail.attach(CALENDAR_FILE, file, f"text/calendar; method={method}")
    return mail


def title(notification: Notification, *, clinic: ClinicSettings | None = None) -> str:
    """One line: the subject of the mail, and what the list in the portal shows.

    One query, which `clinic` saves.
    """
    return one_line(_rendered(notification, "subject.txt", clinic))


def short(notification: Notification, *, clinic: ClinicSettings | None = None) -> str:
    """One sentence or two, for SMS and the portal. One query, which `clinic` saves.

    An SMS says whose it is, and is cut where it would cost more than two.
    """
    clinic = clinic or ClinicSettings.current()
    text = _rendered(notification, "short.txt", clinic).strip()
    if notification.channel != Channel.SMS:
        return text
    whose = segments.shortened(one_line(clinic.name), 24)
    links = _answer(notification)
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
    """What templates of mails know of the clinic."""
    return Letterhead(one_line(clinic.name), clinic.phone, clinic.colour)


def message_id(notification: Notification) -> str:
    """By it a mailbox knows a mail that comes twice."""
    return f"<notification-{notification.pk}@{_host()}>"


def sender(clinic: ClinicSettings) -> str:
    """MAIL_FROM; if that is a bare address, in the clinic's name."""
    return formataddr(_sender(clinic))


def _sender(clinic: ClinicSettings) -> tuple[str, str]:
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
        **_told(notification.facts),
        "notification": notification,
        "clinic": letterhead(clinic or ClinicSettings.current()),
        "origin": settings.ORIGIN,
        **(more or {}),
    }
    return render_to_string(f"notifications/{notification.event}/{name}", context)


def _told(facts: dict) -> dict:
    """The facts as templates print them: times on the office's clock, words without surprises."""
    told: dict[str, Any] = {
        name: one_line(fact) if isinstance(fact, str) else fact for name, fact in facts.items()
    }
    if isinstance(facts.get("text"), str):
        told["text"] = lines(facts["text"])
    if "zone" in facts:
        told["office"] = Place(told["office"], facts["zone"])
        told |= {name: _local(facts[name], facts["zone"]) for name in ("starts_at", "ends_at")}
    if "expires_at" in facts:
        told["expires_at"] = _local(facts["expires_at"], facts["zone"])
    if "answer_by" in facts:
        told["answer_by"] = _local(facts["answer_by"], facts["zone"])
    if "was_starts_at" in facts:
        told["was_zone"] = facts.get("was_zone", facts["zone"])
        told["was_office"] = Place(told.get("was_office", told["office"].name), told["was_zone"])
        told["was_starts_at"] = _local(facts["was_starts_at"], told["was_zone"])
    for name in ("others", "free_times"):
        told[name] = [_told(other) for other in facts.get(name, ())]
    return told


def _local(moment: str, zone: str) -> datetime:
    """Naive on purpose, or the `date` filter would turn it back into the server's zone."""
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _for_mail(notification: Notification, clinic: ClinicSettings) -> dict:
    """What there is no room for elsewhere: links, the address, until when one may cancel."""
    more = {"preferences_url": _url("notification-preferences"), **_answer(notification)}
    if notification.user and Channel.EMAIL in EVENTS[notification.event].optional:
        token = preferences.unsubscribe_token(notification.user, event=notification.event)
        more["unsubscribe_url"] = _url("notification-unsubscribe", token)
    appointment = _appointment(notification)
    if appointment is None:
        return more
    until = cancel_until(appointment.starts_at, settings=clinic)
    zone = appointment.office.time_zone
    return more | {
        "office": _place(appointment),
        "appointment_url": _url("appointment", appointment.pk),
        "book_url": f"{_url('slots')}?doctor={appointment.doctor_id}",
        "is_by_video": appointment.mode == Mode.VIDEO,
        "cancel_until": _local(until.isoformat(), zone) if until > timezone.now() else None,
    }


def _answer(notification: Notification) -> dict:
    """Where the patient answers: a reminder asks whether they come, an offer whether they take it;
    for that they sign in."""
    if notification.event == "reminder":
        return {"answer_url": attendance.answer_url(notification)}
    if notification.event == "slot_offered" and notification.user:
        return {"answer_url": _url("offer", notification.facts["offer"])}
    return {}


def _appointment(notification: Notification) -> Appointment | None:
    """The one of which the facts speak: of several reminders in one, the first that still holds."""
    own, told = notification.appointment, notification.facts.get("appointment")
    if own is None or told in (None, own.pk):
        return own
    return Appointment.objects.select_related("office").get(pk=told)


def _place(appointment: Appointment) -> Place:
    office = appointment.office
    address, phone = one_line(office.address), str(office.phone)
    return Place(one_line(office.name), office.time_zone, address, phone)


def _url(name: str, *arguments: object) -> str:
    """From the configured origin, never from a request's Host."""
    return settings.ORIGIN + reverse(name, args=arguments)


def calendar_file(appointment: Appointment, *, reader: User) -> str:
    """The entry for the calendar of `reader`, who may see `appointment`, as it stands now: the same
    entry as in the mails about it. Two queries."""
    told = Notification(
        appointment=appointment,
        facts=facts_of(appointment) | {"for": "patient" if reader.is_patient else "doctor"},
        address=reader.email,
    )
    is_cancelled = appointment.state == AppointmentState.CANCELLED
    entry = _entry(told, appointment, ClinicSettings.current(), CalendarDomain.current())
    return calendars.download(entry, is_cancelled=is_cancelled)


def calendar_feed(appointments: Iterable[Appointment], *, reader: User) -> str:
    """The feed of `reader`, a patient or a doctor: the same entries as in the mails. Two queries.

    The appointments come with their office, patient, doctor. The text stays the same to the byte
    until one of them changes.
    """
    kind = "patient" if reader.is_patient else "doctor"
    return _published(appointments, kind=kind, clinic=ClinicSettings.current())


def _published(appointments: Iterable[Appointment], *, kind: str, clinic: ClinicSettings) -> str:
    entries, domain = [], CalendarDomain.current()
    for appointment in appointments:
        told = Notification(
            appointment=appointment,
            facts=facts_of(appointment) | {"for": kind},
            created_at=appointment.cancelled_at or appointment.booked_at,
        )
        is_cancelled = appointment.state == AppointmentState.CANCELLED
        entries.append((_entry(told, appointment, clinic, domain), is_cancelled))
    return calendars.feed(entries, name=one_line(clinic.name))


def _all_told(notification: Notification) -> Iterable[Appointment]:
    """The appointments of a series of which a message speaks, by time: one query."""
    told = [notification.facts, *notification.facts.get("others", ())]
    found = Appointment.objects.filter(pk__in=[facts["appointment"] for facts in told])
    return found.select_related("office", "patient", "doctor").order_by("starts_at", "pk")


def _entry(
    notification: Notification, appointment: Appointment, clinic: ClinicSettings, domain: str
) -> calendars.Entry:
    facts = notification.facts
    place, name, address = _place(appointment), *_sender(clinic)
    is_patient = facts["for"] == "patient"
    summary = _("Appointment at %(clinic)s") % {"clinic": one_line(clinic.name)}
    if not is_patient:  # their diary may lie open to others: no name
        summary = _("Appointment %(reference)s") % {"reference": facts["reference"]}
    return calendars.Entry(
        uid=f"appointment-{appointment.pk}@{domain}",
        sequence=facts["version"] - 1,
        starts_at=datetime.fromisoformat(facts["starts_at"]),
        ends_at=datetime.fromisoformat(facts["ends_at"]),
        zone=facts["zone"],
        summary=summary,
        location=f"{place.name}, {place.address}",
        url=_url("appointment", appointment.pk),
        organiser=(name, address),
        attendee=(one_line(facts["patient" if is_patient else "doctor"]), notification.address),
        noted_at=notification.created_at,
    )
