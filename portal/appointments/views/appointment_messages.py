"""The messages about an appointment, for the staff who are responsible for it (requirement D03)."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from portal.enums import Channel, NotificationState
from portal.models import Appointment, User
from portal.notifications.queries import ledger
from portal.notifications.queries.ledger import AppointmentMessage
from portal.notifications.registry import label_of
from portal.notifications.rows.manage_lines import moment

# Messages of one cause are written together, a moment apart.
SAME_CAUSE = timedelta(minutes=1)


@dataclass(frozen=True)
class Message:
    what: str
    to: str
    channel: str
    state: str
    label: str
    at: str


def told(appointment: Appointment, *, to: User) -> dict:
    """The messages for templates/appointments/_messages.html: one query; nothing for patients."""
    if not to.is_staff:
        return {}
    rows = ledger.of_appointment(appointment)
    has_missed = not appointment.is_over and any(_is_missed(row, rows) for row in rows)
    return {"told": _messages(appointment, rows), "has_missed": has_missed}


def _messages(appointment: Appointment, rows: list[AppointmentMessage]) -> list[Message]:
    people = {"patient": _("Patient"), "doctor": _("Doctor")}
    channels, states = dict(Channel.choices), dict(NotificationState.choices)
    return [
        Message(
            what=label_of(row.event),
            to=row.proxy or people["doctor" if row.kind == "doctor" else "patient"],
            channel=str(channels[row.channel]),
            state=row.state,
            label=_("Delivered") if row.delivered_at else str(states[row.state]),
            at=moment(row.sent_at or row.created_at, appointment.office, "j M, H:i"),
        )
        for row in rows
    ]


def _is_missed(failed: AppointmentMessage, rows: list[AppointmentMessage]) -> bool:
    """The message has failed, and no other channel has reached the patient with the same news. The
    portal does not count, because the patient has to look there."""
    if failed.state != NotificationState.FAILED or failed.kind == "doctor":
        return False
    return not any(
        row.event == failed.event
        and (row.kind, row.proxy) == (failed.kind, failed.proxy)
        and row.channel != Channel.PORTAL
        and row.state == NotificationState.SENT
        and row.created_at > failed.created_at - SAME_CAUSE
        for row in rows
    )
