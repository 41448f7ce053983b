"""Notes that doctors have signed about the patient."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models import SignedNote
from portal.own_data.queries.section import Owner, Record, Section, records

WITH = {
    "appointment": "note__appointment__reference",
    "doctor": "note__author__name",
    "signed_by": "signed_by__name",
}


def _notes(owner: Owner) -> list[Record]:
    """One query. What is held back is read, and exported, once its time is over."""
    is_read = Q(note__held_until=None) | Q(note__held_until__lte=timezone.now())
    found = SignedNote.objects.filter(is_read, note__patient__in=owner.patients)
    return records(found.order_by("note", "number"), also=WITH)


NOTES = Section(
    name="notes",
    title=_("Notes of your visits"),
    read=_notes,
    holds=("EncounterNote.patient", "EncounterNote.appointment", "SignedNote.note"),
    heading=("signed_at", "doctor", "number"),
)
