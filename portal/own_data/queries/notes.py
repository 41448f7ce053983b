"""Notes that doctors have signed about the patient."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models import Correction, SignedNote
from portal.own_data.queries.section import Owner, Record, Section, records

WITH = {
    "appointment": "note__appointment__reference",
    "doctor": "note__author__name",
    "signed_by": "signed_by__name",
}

ASKED = {
    "appointment": "note__appointment__reference",
    "doctor": "note__author__name",
    "asked_by": "asked_by__name",
}


def _notes(owner: Owner) -> list[Record]:
    """One query. What is held back is read, and exported, once its time is over."""
    is_read = Q(note__held_until=None) | Q(note__held_until__lte=timezone.now())
    found = SignedNote.objects.filter(is_read, note__patient__in=owner.patients)
    return records(found.order_by("note", "number"), also=WITH)


def _corrections(owner: Owner) -> list[Record]:
    """One query."""
    found = Correction.objects.filter(note__patient__in=owner.patients).order_by("pk")
    return records(found, also=ASKED)


CORRECTIONS = Section(
    name="corrections",
    title=_("What was said about notes"),
    read=_corrections,
    holds=("Correction.note",),
    heading=("asked_at", "doctor"),
)
NOTES = Section(
    name="notes",
    title=_("Notes of your visits"),
    read=_notes,
    holds=("EncounterNote.patient", "EncounterNote.appointment", "SignedNote.note"),
    heading=("signed_at", "doctor", "number"),
)
