"""The events of records: nothing clinical leaves the portal (requirement C06)."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.enums import Channel
from portal.models import EncounterNote, Notification, User
from portal.notifications.declaration import Event, Link, Recipient, Topic
from portal.notifications.facts import Facts, Moment
from portal.notifications.registry import register
from portal.records.queries.readers import of_records

RECORDS = Topic(
    "records",
    _("Your records"),
    _("What is new in your records always stands in your list here."),
)


class NoteFacts(Facts):
    """`starts_at`: of the appointment, on the clock of its office."""

    note: int
    patient: str
    doctor: str
    starts_at: Moment
    zone: str
    is_amended: bool = False


def _facts(note: EncounterNote, _by: User | None, _given: dict) -> dict:
    return {
        "note": note.pk,
        "patient": note.patient.name,
        "doctor": note.author.name,
        "starts_at": note.appointment.starts_at.isoformat(),
        "zone": note.appointment.office.time_zone,
    }


def _readers(note: EncounterNote, _by: User | None) -> list[Recipient]:
    return of_records(note.patient)


def _to_note(notification: Notification, reader: User | None) -> Link | None:
    """One query."""
    if reader is None:
        return None
    found = EncounterNote.objects.visible_to(reader).filter(pk=notification.facts["note"]).first()
    return Link(gettext("Read the note"), found.get_absolute_url()) if found else None


register(
    Event(
        name="note_signed",
        label=_("A note is added to your records"),
        topic=RECORDS,
        channels={"patient": (Channel.EMAIL, Channel.PORTAL)},
        opt_out=frozenset({Channel.EMAIL}),
        recipients=_readers,
        facts=NoteFacts,
        facts_of=_facts,
        key="{event}:{new}:{kind}:{channel}",
        refers=lambda note, _recipient: {"patient": note.patient, "appointment": note.appointment},
        link=_to_note,
    )
)
