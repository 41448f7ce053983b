"""The history of an appointment, in sentences (requirement B23)."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.appointments.queries import appointments as queries
from portal.enums import Role
from portal.models import Appointment


@dataclass(frozen=True)
class Event:
    sentence: str
    at: datetime


def history(appointment: Appointment) -> list[Event]:
    """Three queries."""
    sentences = {
        "book": _("Booked by %(who)s"),
        "request": _("Requested by %(who)s"),
        "see": _("The request was seen by %(who)s"),
        "accept": _("Accepted by %(who)s"),
        "decline": _("Declined by %(who)s"),
        "expire": _("Expired without an answer"),
        "cancel": _("Cancelled by %(who)s"),
        "arrive": _("Arrived, noted by %(who)s"),
        "call_in": _("In the room, noted by %(who)s"),
        "complete": _("Completed, noted by %(who)s"),
        "no_show": _("Did not attend, noted by %(who)s"),
        "undo_arrive": _("“Arrived” taken back by %(who)s"),
        "undo_call_in": _("“In the room” taken back by %(who)s"),
        "undo_complete": _("“Completed” taken back by %(who)s"),
        "undo_no_show": _("“Did not attend” taken back by %(who)s"),
        "coming": _("The patient said that they are coming"),
        "reschedule": _("Moved by %(who)s from %(was)s to %(now)s"),
        "transfer": _("Handed by %(who)s from %(was_doctor)s to %(doctor)s"),
    }
    zone = appointment.office.zone
    roles = {value: str(label).lower() for value, label in Role.choices}
    return [
        Event(
            sentences[event.verb]
            % {
                "who": _who(event, appointment, roles),
                "was": _time(event.changes.get("was_starts_at"), zone),
                "now": _time(event.changes.get("starts_at"), zone),
                "was_doctor": event.changes.get("was_doctor", ""),
                "doctor": event.changes.get("doctor_name", ""),
            },
            event.at,
        )
        for event in queries.history(appointment)
        if event.verb in sentences
    ]


def _time(at: str | None, zone: ZoneInfo) -> str:
    return date_format(datetime.fromisoformat(at).astimezone(zone), "D j M Y, H:i") if at else ""


def _who(event, appointment: Appointment, roles: dict[str, str]) -> str:
    if not event.actor_id:
        is_link = event.changes.get("by_link")
        return _("the patient, with the link of a reminder") if is_link else _("the portal itself")
    if event.actor_role == Role.PATIENT and event.actor_id != appointment.patient.user_id:
        names = {"proxy": event.actor_name, "patient": appointment.patient.name}
        return _("%(proxy)s for %(patient)s") % names
    return f"{event.actor_name} ({roles.get(event.actor_role, event.actor_role)})"
