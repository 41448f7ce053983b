"""What people are told of: one entry an event. Adding one is adding an entry and its templates.

The templates of the event `reminder` are `templates/notifications/reminder/subject.txt`, `text.txt`
for mail and `short.txt` for SMS and the portal.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from portal.appointments.services import merging, series_mail
from portal.enums import AppointmentState, Channel
from portal.models import LIVE, Appointment, Notification, Offer

EMAIL, SMS, PORTAL = Channel.EMAIL, Channel.SMS, Channel.PORTAL


def _always(_notification: Notification, _appointment: Appointment | None) -> bool:
    return True


def _at_any_hour(_notification: Notification) -> datetime | None:
    return None


def _as_written(_notification: Notification) -> None:
    pass


def _still_stands(notification: Notification, appointment: Appointment) -> bool:
    """The appointment is on, at the time of which the message speaks, and not over."""
    return (
        appointment.state in LIVE
        and appointment.starts_at.isoformat() == notification.facts["starts_at"]
        and appointment.ends_at > timezone.now()
    )


def _still_with(notification: Notification, appointment: Appointment) -> bool:
    """The appointment is on, at that time and with that doctor."""
    doctor = notification.facts.get("doctor_id", appointment.doctor_id)
    return _still_stands(notification, appointment) and doctor == appointment.doctor_id


def _still_cancelled(_notification: Notification, appointment: Appointment) -> bool:
    return appointment.state == AppointmentState.CANCELLED


def _still_asked(_notification: Notification, appointment: Appointment) -> bool:
    """The request has no answer yet."""
    return appointment.state == AppointmentState.REQUESTED


def _still_in(*states: str) -> Callable[[Notification, Appointment], bool]:
    return lambda _notification, appointment: appointment.state in states


def _still_left(notification: Notification, appointment: Appointment) -> bool:
    """The appointment has not come back to that doctor."""
    return appointment.doctor.user_id != notification.user_id


def _still_offered(notification: Notification, _appointment: None) -> bool:
    """Nobody has answered, and there is time left to do so. One query."""
    offer = Offer.objects.filter(pk=notification.facts["offer"]).first()
    return offer is not None and offer.is_good


@dataclass(frozen=True)
class Event:
    """`hearers`: who hears of it, and by which channels: "patient" and "doctor" of an appointment,
    or "user". `optional`: the channels that a person may switch off. `is_true`: whether the message
    still holds when it is about to be sent, of its appointment or None; if not it is void.
    `not_before`: the moment for which it waits then, if any; `renew` brings its facts up to date.
    `calendar`: the METHOD of the calendar file in its mail. `secret`: its facts are forgotten once
    it is sent, and never shown.
    """

    name: str
    label: StrOrPromise
    hearers: dict[str, tuple[Channel, ...]]
    optional: frozenset[Channel] = frozenset()
    is_true: Callable[[Notification, Any], bool] = field(default=_always)
    not_before: Callable[[Notification], datetime | None] = field(default=_at_any_hour)
    renew: Callable[[Notification], None] = field(default=_as_written)
    calendar: str = ""
    secret: bool = False


_ALL = {"patient": (EMAIL, SMS, PORTAL), "doctor": (EMAIL, PORTAL)}

EVENTS: dict[str, Event] = {
    event.name: event
    for event in (
        Event("account", _("Signing in and your account"), {"user": (EMAIL,)}, secret=True),
        Event("account_confirmed", _("Your account is ready"), {"user": (EMAIL, PORTAL)}),
        Event(
            "appointment_confirmed",
            _("An appointment is confirmed"),
            _ALL,
            optional=frozenset({SMS}),
            is_true=_still_stands,
            calendar="REQUEST",
        ),
        Event(
            "appointment_moved",
            _("An appointment is moved"),
            _ALL,
            optional=frozenset({SMS}),
            is_true=_still_stands,
            calendar="REQUEST",
        ),
        Event(
            "appointment_transferred",
            _("An appointment is handed to another doctor"),
            _ALL,
            optional=frozenset({SMS}),
            is_true=_still_with,
            calendar="REQUEST",
        ),
        Event(
            "appointment_left",
            _("An appointment went to a colleague"),
            {"doctor": (EMAIL, PORTAL)},
            is_true=_still_left,
            calendar="CANCEL",
        ),
        Event(
            "appointment_cancelled",
            _("An appointment is cancelled"),
            _ALL,
            optional=frozenset({SMS}),
            is_true=_still_cancelled,
            calendar="CANCEL",
        ),
        Event(
            "series_booked",
            _("A series of appointments is booked"),
            _ALL,
            optional=frozenset({SMS}),
            is_true=series_mail.any_stands,
            renew=series_mail.renew,
            calendar="PUBLISH",
        ),
        Event(
            "series_cancelled",
            _("The rest of a series is cancelled"),
            _ALL,
            optional=frozenset({SMS}),
            is_true=_still_cancelled,
            calendar="PUBLISH",
        ),
        Event(
            "appointment_requested",
            _("A time is requested"),
            {"patient": (EMAIL, PORTAL), "doctor": (EMAIL, PORTAL)},
            is_true=_still_asked,
        ),
        Event(
            "request_declined",
            _("A request is declined"),
            {"patient": (EMAIL, SMS, PORTAL)},
            optional=frozenset({SMS}),
            is_true=_still_in(AppointmentState.DECLINED),
        ),
        Event(
            "request_expired",
            _("A request has expired"),
            {"patient": (EMAIL, SMS, PORTAL), "doctor": (PORTAL,)},
            optional=frozenset({SMS}),
            is_true=_still_in(AppointmentState.EXPIRED),
        ),
        Event(
            "request_withdrawn",
            _("A request is taken back"),
            {"patient": (EMAIL, PORTAL), "doctor": (PORTAL,)},
            is_true=_still_in(AppointmentState.CANCELLED),
        ),
        Event(
            "slot_offered",
            _("A time you wait for is free"),
            {"patient": (EMAIL, SMS, PORTAL)},
            optional=frozenset({SMS}),
            is_true=_still_offered,
        ),
        Event("offer_expired", _("An offered time has gone on"), {"patient": (PORTAL,)}),
        Event("offer_withdrawn", _("An offered time was withdrawn"), {"patient": (PORTAL,)}),
        Event(
            "reminder",
            _("Reminder of an appointment"),
            {"patient": (EMAIL, SMS)},
            optional=frozenset({EMAIL, SMS}),
            is_true=merging.any_stands,
            not_before=merging.not_before,
            renew=merging.renew,
        ),
        Event(
            "clinic_message",
            _("A message from the clinic"),
            {"user": (EMAIL, SMS, PORTAL)},
            optional=frozenset({EMAIL, SMS}),
        ),
    )
}
