"""Asking for a correction of a signed note, and answering (requirement C11).

The lock of the appointment orders all changes of its notes and their corrections.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.errors import Forbidden, PortalError, StaleState
from portal.models import Correction, EncounterNote, User, locks
from portal.models.lengths import longest
from portal.notifications.services import notifications
from portal.permissions.authority import demand


@retried
def ask(note: EncounterNote, *, text: str, by: User) -> Correction:
    """The patient, or who looks after them with the scope of records, says what is wrong. The
    author is told.

    Locks the appointment. Writes a Correction, an AuditEvent and Notifications. Raises PortalError
    with the field at fault, StaleState while an earlier one is not answered, Forbidden. Source:
    requirement C11.
    """
    text = _checked(text, "text", _("Say what is wrong."))
    if not by.is_patient or not EncounterNote.objects.visible_to(by).filter(pk=note.pk).exists():
        raise Forbidden
    with transaction.atomic():
        locks.appointment(note.appointment_id)
        if note.corrections.filter(answered_at=None).exists():
            raise StaleState(_("The doctor has not answered what was said before."))
        made = Correction.objects.create(note=note, text=text, asked_by=by)
        audit.record("ask_correction", note, by=by, patient=note.patient)
        notifications.tell("correction_asked", about=made, by=by)
    return made


@retried
def answer(correction: Correction, *, text: str, by: User) -> Correction:
    """The author of the note answers; the patient is told. To change the note itself the author
    amends it.

    Locks the appointment. Writes the Correction, an AuditEvent and Notifications. Raises
    PortalError with the field at fault, StaleState if it is answered already, Forbidden. Source:
    requirement C11.
    """
    text = _checked(text, "answer", _("Write an answer."))
    note = correction.note
    demand(by, "portal.sign_note", note)
    with transaction.atomic():
        locks.appointment(note.appointment_id)
        fresh = note.corrections.filter(pk=correction.pk, answered_at=None).first()
        if fresh is None:
            raise StaleState(_("This is answered already."))
        fresh.note, fresh.answer, fresh.answered_at = note, text, timezone.now()
        fresh.save()
        audit.record("answer_correction", note, by=by, patient=note.patient)
        notifications.tell("correction_answered", about=fresh, by=by)
    return fresh


def _checked(text: str, field: str, missing: str) -> str:
    text, most = text.strip(), longest(Correction, field)
    if not text:
        raise PortalError(missing, field=field)
    if len(text) > most:
        said = _("This is too long: at most %(most)s characters.")
        raise PortalError(said % {"most": most}, field=field)
    return text
