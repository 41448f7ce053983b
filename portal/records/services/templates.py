"""A doctor's own templates of notes (requirement C06)."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.errors import Forbidden, LimitReached, PortalError, StaleState
from portal.models import Doctor, NoteTemplate, User, locks
from portal.models.record import TEXTS

MOST = 50  # of one doctor


@retried
def store(
    doctor: Doctor, *, name: str, texts: Mapping[str, str], pk: int | None = None, by: User
) -> NoteTemplate:
    """Make a template, or change the doctor's template `pk`. `texts`: TEXTS → text.

    Locks the doctor. Writes the NoteTemplate and an AuditEvent. Raises PortalError with the field
    at fault, LimitReached, StaleState if it is not there any more, Forbidden. Source: C06.
    """
    _demand_own(doctor, by=by)
    if not any(texts[one].strip() for one in TEXTS):
        raise PortalError(_("The template is empty."), field="complaint")
    try:
        with transaction.atomic():
            locks.doctor(doctor.pk)
            template = _found(doctor, pk)
            template.name = name
            for one in TEXTS:
                setattr(template, one, texts[one])
            template.save()
            audit.record("save_note_template", template, by=by)
    except IntegrityError as error:
        raise PortalError(_("You have a template of this name."), field="name") from error
    return template


@retried
def remove(doctor: Doctor, *, pk: int, by: User) -> None:
    """Delete the doctor's template; notes that were begun with it stay. Locks the doctor. Writes
    the NoteTemplate and an AuditEvent. Raises StaleState if it is gone, Forbidden. Source: C06."""
    _demand_own(doctor, by=by)
    with transaction.atomic():
        locks.doctor(doctor.pk)
        template = _found(doctor, pk)
        audit.record("delete_note_template", template, by=by)
        template.delete()


def _demand_own(doctor: Doctor, *, by: User) -> None:
    if doctor.user_id != by.pk:
        raise Forbidden


def _found(doctor: Doctor, pk: int | None) -> NoteTemplate:
    if pk is None:
        if doctor.note_templates.count() >= MOST:
            raise LimitReached(_("There can be %(most)s templates.") % {"most": MOST})
        return NoteTemplate(doctor=doctor)
    found = doctor.note_templates.filter(pk=pk).first()
    if found is None:
        raise StaleState(_("This template is gone."))
    return found
