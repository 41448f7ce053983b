"""The outbox: who is told what (requirements D01, D06). Sending is the worker's: delivery.py."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from portal.enums import Channel, NotificationState
from portal.models import Appointment, Doctor, Notification, Patient, User
from portal.notifications.services.events import EVENTS, Event
from portal.notifications.services.queue import later


@dataclass(frozen=True)
class Hearer:
    """Somebody who is told. A patient whom the desk entered has no login, but perhaps a phone."""

    kind: str  # as in Event.hearers
    user: User | None
    patient: Patient | None = None

    def can_hear(self, event: Event, channel: Channel) -> bool:
        if channel == Channel.SMS:
            if not (settings.SMS_URL and self.patient and self.patient.phone):
                return False
        elif self.user is None:
            return False
        if self.user is None:
            return True
        is_on = channel not in event.optional or self.user.hears(event.name, channel)
        return self.user.is_active and is_on


def tell(
    name: str,
    appointment: Appointment,
    /,
    *,
    by: User | None,
    only: Doctor | None = None,
    **facts: Any,
) -> list[Notification]:
    """Tell the patient and the doctor of `appointment` what was done to it; or `only` this
    doctor, whose it is no more.

    To be called inside the transaction of the change, after `appointment.version` has risen, with
    patient, doctor, doctor's user and office at hand. Doctors are not told of what they did
    themselves. Writes Notifications and one task. `facts` are JSON values that the texts need;
    `by_link` says that the patient did it without signing in.
    """
    event = EVENTS[name]
    patient = appointment.patient
    hearers = [] if only else [Hearer("patient", patient.user, patient)]
    doctor = only or appointment.doctor
    if by is None or by.pk != doctor.user_id:
        hearers.append(Hearer("doctor", doctor.user))
    actor = "patient" if facts.get("by_link") else _who(by, appointment)
    facts = facts_of(appointment) | {"by": actor} | facts
    return send(
        [
            Notification(
                key=f"appointment:{appointment.pk}:v{appointment.version}:"
                f"{name}:{hearer.kind}:{channel}",
                event=name,
                channel=channel,
                user=hearer.user,
                patient=patient,
                appointment=appointment,
                facts=facts | {"for": hearer.kind},
            )
            for hearer in hearers
            for channel in event.hearers.get(hearer.kind, ())
            if hearer.can_hear(event, channel)
        ]
    )


def tell_user(
    name: str, user: User, *, by: User | None, key: str, **facts: Any
) -> list[Notification]:
    """Tell one person something that is not about an appointment; `key` makes it unique."""
    event = EVENTS[name]
    hearer = Hearer("user", user)
    return send(
        [
            Notification(
                key=f"{name}:{key}:{channel}", event=name, channel=channel, user=user, facts=facts
            )
            for channel in event.hearers["user"]
            if hearer.can_hear(event, channel)
        ]
    )


def tell_patient(
    name: str, patient: Patient, /, *, by: User | None, key: str, **facts: Any
) -> list[Notification]:
    """Tell a patient something that is not about an appointment of theirs; `key` makes it unique.

    `patient.user` should be at hand.
    """
    event = EVENTS[name]
    hearer = Hearer("patient", patient.user, patient)
    return send(
        [
            Notification(
                key=f"{key}:{name}:patient:{channel}",
                event=name,
                channel=channel,
                user=hearer.user,
                patient=patient,
                facts=facts | {"for": "patient"},
            )
            for channel in event.hearers["patient"]
            if hearer.can_hear(event, channel)
        ]
    )


def mail_account(
    address: str, *, user: User | None, subject: str, text: str, html: str
) -> list[Notification]:
    """Mail about signing in, ready-made, to an address that need not be `user`'s own yet."""
    facts = {"subject": subject, "text": text, "html": html}
    key = f"account:{uuid4()}:email"
    return send(
        [
            Notification(
                key=key,
                event="account",
                channel=Channel.EMAIL,
                user=user,
                address=address,
                facts=facts,
            )
        ]
    )


def send(notifications: list[Notification], *, priority: int = 0) -> list[Notification]:
    """Write these rows and enqueue one task that delivers them. What is for the portal is there."""
    now = timezone.now()
    for notification in notifications:
        notification.due_at = notification.created_at = now
        if notification.channel == Channel.PORTAL:
            notification.state, notification.sent_at = NotificationState.SENT, now
    written = Notification.objects.bulk_create(notifications)
    waiting = [one.pk for one in written if one.state == NotificationState.QUEUED]
    if waiting:
        later("deliver", ids=waiting, priority=priority)
    return written


def _who(by: User | None, appointment: Appointment) -> str:
    """Who did it, as far as the others need to know; "" is the program."""
    if by is None:
        return ""
    of_users = {appointment.patient.user_id: "patient", appointment.doctor.user_id: "doctor"}
    return of_users.get(by.pk, "clinic")


def facts_of(appointment: Appointment) -> dict:
    """What a message may say of an appointment: nothing clinical."""
    return {
        "starts_at": appointment.starts_at.isoformat(),
        "ends_at": appointment.ends_at.isoformat(),
        "zone": appointment.office.time_zone,
        "office": appointment.office.name,
        "doctor": appointment.doctor.name,
        "patient": appointment.patient.name,
        "reference": appointment.reference,
        "version": appointment.version,
    }
