"""Writing, signing and amending encounter notes (requirement C06).

The lock of the appointment orders all changes of its notes.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import NoteState
from portal.errors import NoteChanged, PortalError, StaleState
from portal.models import Appointment, Doctor, EncounterNote, SignedNote, User, locks
from portal.models.record import LONGEST, TEXTS
from portal.notifications.services import notifications
from portal.permissions.authority import demand

LONGEST_HOLD = timedelta(days=90)


@retried
def save_draft(
    appointment: Appointment, *, texts: Mapping[str, str], seen: int, by: User
) -> EncounterNote:
    """Keep what the doctor has typed, as typed. For a signed note it is the draft of an amendment.

    `texts`: TEXTS → text. `seen` is the version that the page shows, 0 if there was none. Locks the
    appointment. Writes the EncounterNote; an AuditEvent when it is begun. Raises NoteChanged, which
    has the stored note, if another window has saved since; PortalError for a text that is too long,
    Forbidden. Source: requirement C06.
    """
    _check(texts)
    with transaction.atomic():
        appointment = locks.appointment(appointment.pk)
        demand(by, "portal.write_note", appointment)
        return _saved(appointment, texts, seen, by=by)


@retried
def sign(
    appointment: Appointment,
    *,
    texts: Mapping[str, str],
    seen: int,
    reason: str = "",
    hold_days: int = 0,
    hold_reason: str = "",
    by: User,
) -> SignedNote:
    """Sign the note, or an amendment of it, for which `reason` says why. The patient reads it at
    once and is told, unless it is held back for `hold_days` with `hold_reason`.

    Locks the appointment. Writes the EncounterNote, a SignedNote, an AuditEvent and Notifications.
    Raises NoteChanged as `save_draft`, PortalError with the field at fault for an empty note, an
    amendment without a reason or without a change, Forbidden. Source: requirement C06.
    """
    _check(texts)
    if not any(texts[name].strip() for name in TEXTS):
        raise PortalError(_("The note is empty."), field="complaint")
    held_until = _held_until(hold_days, hold_reason)
    with transaction.atomic():
        appointment = locks.appointment(appointment.pk)
        demand(by, "portal.write_note", appointment)
        note = _saved(appointment, texts, seen, by=by)
        last = note.signed.last()
        if last:
            _check_amendment(last, texts, reason)
        else:
            note.signed_at = timezone.now()
            note.held_until, note.held_reason = held_until, hold_reason.strip()
        note.state = NoteState.SIGNED
        note.save()
        number = last.number + 1 if last else 1
        signed = SignedNote.objects.create(
            note=note, number=number, reason=reason.strip() if last else "", signed_by=by, **texts
        )
        verb = "amend_note" if last else "sign_note"
        held = {"held_until": held_until.isoformat()} if held_until and not last else {}
        audit.record(verb, note, by=by, patient=note.patient, number=number, **held)
        if not note.is_held:
            notifications.tell("note_signed", about=note, by=by, is_amended=bool(last))
    return signed


@retried
def release(note: EncounterNote, *, by: User) -> EncounterNote:
    """The author lets the patient read a note that was held back; the patient is told. Locks the
    appointment. Writes the EncounterNote, an AuditEvent and Notifications. Raises StaleState if it
    is not held back, Forbidden. Source: requirement C06."""
    demand(by, "portal.sign_note", note)
    with transaction.atomic():
        locks.appointment(note.appointment_id)
        return _released(note.pk, by=by, at=timezone.now())


def release_due(*, by: None) -> int:
    """The periodic job: tell patients of notes whose time of being held back is over. Each is a
    transaction of its own. Returns how many. Source: requirement C06."""
    over = EncounterNote.objects.filter(state=NoteState.SIGNED, held_until__lte=timezone.now())
    found = list(over.order_by("pk").values_list("pk", "appointment_id"))
    return sum(_release_over(pk, appointment) for pk, appointment in found)


@retried
def _release_over(pk: int, appointment: int) -> bool:
    with transaction.atomic():
        locks.appointment(appointment)
        try:
            _released(pk, by=None, at=None)
        except StaleState:
            return False
    return True


def _released(pk: int, *, by: User | None, at: datetime | None) -> EncounterNote:
    """`at` None: its time is over. The appointment is locked."""
    note = EncounterNote.objects.select_related("patient__user", "appointment__office").get(pk=pk)
    if note.held_until is None or note.state != NoteState.SIGNED:
        raise StaleState(_("This note is not held back."))
    note.held_until, note.held_reason = None, ""
    note.save(update_fields=["held_until", "held_reason"])
    audit.record("release_note", note, by=by, patient=note.patient)
    notifications.tell("note_signed", about=note, by=by, is_amended=False)
    return note


def _saved(
    appointment: Appointment, texts: Mapping[str, str], seen: int, *, by: User
) -> EncounterNote:
    author = Doctor.objects.get(user=by)
    own = EncounterNote.objects.filter(appointment=appointment, author=author)
    note = own.select_related("patient__user", "appointment__office", "author__user").first()
    if note is None:
        note = EncounterNote(
            patient=appointment.patient, appointment=appointment, author=author, version=0
        )
    if note.version != seen and any(note.texts[name] != texts[name] for name in TEXTS):
        raise NoteChanged(note)
    is_new = note.pk is None
    for name in TEXTS:
        setattr(note, name, texts[name])
    note.version += 1
    note.saved_at = timezone.now()
    note.save()
    if is_new:
        audit.record("begin_note", note, by=by, patient=note.patient)
    return note


def _check(texts: Mapping[str, str]) -> None:
    for name in TEXTS:
        if len(texts[name]) > LONGEST:
            said = _("This is too long: at most %(most)s characters.") % {"most": LONGEST}
            raise PortalError(said, field=name)


def _check_amendment(last: SignedNote, texts: Mapping[str, str], reason: str) -> None:
    if all(getattr(last, name) == texts[name] for name in TEXTS):
        raise PortalError(_("Nothing has changed since it was signed."), field="complaint")
    if not reason.strip():
        raise PortalError(_("Say why it is amended."), field="reason")


def _held_until(days: int, reason: str) -> datetime | None:
    if not days:
        return None
    if not reason.strip():
        raise PortalError(_("Say why it is held back."), field="hold_reason")
    if not 0 < days <= LONGEST_HOLD.days:
        said = _("A note can be held back for at most %(most)s days.")
        raise PortalError(said % {"most": LONGEST_HOLD.days}, field="hold_days")
    return timezone.now() + timedelta(days=days)
