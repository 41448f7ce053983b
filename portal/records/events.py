"""The events of records: nothing clinical leaves the portal (requirement C06)."""

from functools import partial

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.enums import Channel
from portal.models import Correction, EncounterNote, Notification, User
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


def _facts_of_correction(correction: Correction, by: User | None, given: dict) -> dict:
    return _facts(correction.note, by, given)


def _author(correction: Correction, _by: User | None) -> list[Recipient]:
    return [Recipient("doctor", correction.note.author.user)]


def _who_asked(correction: Correction, _by: User | None) -> list[Recipient]:
    """Whoever asked, if they still may read it."""
    patient, asked_by = correction.note.patient, correction.asked_by
    return [one for one in of_records(patient) if one.user and one.user.pk == asked_by.pk]


def _row_of_correction(correction: Correction, _recipient: Recipient) -> dict:
    return {"patient": correction.note.patient, "appointment": correction.note.appointment}


CorrectionEvent = partial(
    Event,
    topic=RECORDS,
    facts=NoteFacts,
    facts_of=_facts_of_correction,
    key="{event}:{about.pk}:{channel}",
    refers=_row_of_correction,
    link=_to_note,
)

register(
    CorrectionEvent(
        name="correction_asked",
        label=_("A patient asks for a correction of a note"),
        channels={"doctor": (Channel.EMAIL, Channel.PORTAL)},
        recipients=_author,
    ),
    CorrectionEvent(
        name="correction_answered",
        label=_("A doctor answers what you said about a note"),
        channels={"patient": (Channel.EMAIL, Channel.PORTAL)},
        recipients=_who_asked,
    ),
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
    ),
)
