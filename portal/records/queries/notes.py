"""Notes of encounters as pages show them (requirements C06, C12)."""

from django.db.models import Prefetch, QuerySet

from portal.models import Appointment, EncounterNote, Patient, SignedNote, User

_SIGNED = Prefetch("signed", SignedNote.objects.select_related("signed_by").order_by("-number"))


def with_all(notes: QuerySet[EncounterNote]) -> QuerySet[EncounterNote]:
    """Selects the people, the place and what was signed, the newest first: one more query."""
    people = ("patient", "author__user", "author__specialty", "appointment__office")
    return notes.select_related(*people).prefetch_related(_SIGNED)


def of_patient(patient: Patient, *, reader: User) -> QuerySet[EncounterNote]:
    """What `reader` may read about the patient, the latest appointment first."""
    found = EncounterNote.objects.visible_to(reader).filter(patient=patient)
    return with_all(found).order_by("-appointment__starts_at", "-pk")


def held_back(patient: Patient, *, reader: User) -> list[EncounterNote]:
    """Signed notes that the reader, a patient, may not read yet; only their dates are shown. One
    query."""
    found = EncounterNote.objects.of_patient(reader).filter(patient=patient)
    found = found.exclude(pk__in=EncounterNote.objects.released())
    people = ("author", "appointment__office")
    return list(found.select_related(*people).order_by("-appointment__starts_at"))


def own_note(appointment: Appointment, user: User) -> EncounterNote | None:
    """The doctor's own note about the appointment, signed or not: two queries at most."""
    found = EncounterNote.objects.filter(appointment=appointment, author__user=user)
    return with_all(found).first()


def last_signed(patient: Patient, *, author: User, before: Appointment) -> SignedNote | None:
    """What this doctor has signed last about the patient, for “as last time”: one query."""
    found = SignedNote.objects.filter(note__patient=patient, note__author__user=author)
    found = found.exclude(note__appointment=before)
    return found.order_by("-note__appointment__starts_at", "-number").first()
