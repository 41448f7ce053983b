"""The events of messages from the clinic to many recipients (requirement D03)."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from portal.enums import Channel
from portal.models import Broadcast, User
from portal.notifications.declaration import TO_MANY, Event, Recipient, Topic
from portal.notifications.facts import Facts, Text
from portal.notifications.queries import links
from portal.notifications.registry import register

FROM_CLINIC = Topic(
    "clinic",
    _("From the clinic"),
    _("What the clinic writes to you always stands in your list here."),
)


@dataclass(frozen=True)
class Sending:
    """A broadcast that is being sent, with the appointments through which patients are its
    recipients."""

    broadcast: Broadcast
    appointments: dict[int, int]  # by the patient's id


class ClinicMessage(Facts):
    title: str
    text: Text


def _facts(sending: Sending, _by: User | None, _given: dict) -> dict:
    return {"title": sending.broadcast.title, "text": sending.broadcast.text}


def _refers(sending: Sending, recipient: Recipient) -> dict:
    patient = recipient.patient
    appointment = sending.appointments.get(patient.pk) if patient else None
    return {"broadcast": sending.broadcast, "appointment_id": appointment}


CLINIC_MESSAGE = Event(
    name="clinic_message",
    label=_("A message from the clinic"),
    topic=FROM_CLINIC,
    channels={"user": (Channel.EMAIL, Channel.SMS, Channel.PORTAL)},
    opt_out=frozenset({Channel.EMAIL, Channel.SMS}),
    chosen=lambda sending: sending.broadcast.channels.split(),
    facts=ClinicMessage,
    facts_of=_facts,
    key="broadcast:{about.broadcast.pk}:{recipient.mark}:{channel}",
    skips_known=True,  # a worker that died half-way begins again
    refers=_refers,
    priority=TO_MANY,
    link=links.to_appointment,
)
register(CLINIC_MESSAGE)
