"""What was done to an appointment, in sentences (requirement B23)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from portal.enums import Role
from portal.models import Appointment
from portal.queries import appointments as queries


@dataclass(frozen=True)
class Event:
    sentence: str
    at: datetime


def history(appointment: Appointment) -> list[Event]:
    """One query."""
    sentences = {"book": _("Booked by %(who)s"), "cancel": _("Cancelled by %(who)s")}
    roles = {value: str(label).lower() for value, label in Role.choices}
    return [
        Event(sentences[event.verb] % {"who": _who(event, roles)}, event.at)
        for event in queries.history(appointment)
        if event.verb in sentences
    ]


def _who(event, roles: dict[str, str]) -> str:
    if not event.actor_id:
        return _("the portal itself")
    return f"{event.actor_name} ({roles.get(event.actor_role, event.actor_role)})"
