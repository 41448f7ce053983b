"""The admins' decisions about doctors (requirement A02). DOCTOR_TRANSITIONS say what is possible
when; withdrawing an approval is in `diary`, because appointments are settled with it."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.errors import Forbidden, PortalError, StaleState
from portal.models import DOCTOR_TRANSITIONS, Doctor, User, locks
from portal.models.lengths import longest
from portal.models.names import joined, one_line
from portal.notifications.services import notifications
from portal.people.queries.applications import has_confirmed_address
from portal.people.services import licences
from portal.permissions.authority import demand

LONGEST_NOTE = longest(Doctor, "decision_note")
CORRECTED = ("name", "licence_number", "specialty", "office", "fee_cents")
APPLIED_WITH = (
    "name",
    "licence_number",
    "specialty",
    "office",
    "fee_cents",
    "qualifications",
    "practising_since",
    "languages",
    "statement",
    "usual_minutes",
)


@retried
def approve(doctor: Doctor, *, note: str = "", by: User) -> Doctor:
    """Let a doctor be listed and booked; `note` goes to the doctor.

    Locks the doctor. Writes the doctor, an AuditEvent and Notifications. Raises StaleState if
    somebody has decided already, PortalError while the address is not confirmed, Forbidden. Source:
    requirement A02.
    """
    return _decided(doctor, "approve", note=note, event="doctor_approved", by=by)


@retried
def decline(doctor: Doctor, *, note: str, by: User) -> Doctor:
    """Decline an application; the doctor reads `note`, and may correct and apply again.

    As `approve`; the note is required.
    """
    return _decided(doctor, "decline", note=note, event="doctor_declined", by=by)


@retried
def restore(doctor: Doctor, *, note: str = "", by: User) -> Doctor:
    """Give back an approval that was withdrawn. As `approve`."""
    return _decided(doctor, "restore_approval", note=note, event="doctor_approved", by=by)


@retried
def apply_again(doctor: Doctor, *, by: User, **values: Any) -> Doctor:
    """A declined doctor corrects the application, with `values` among APPLIED_WITH, and it waits
    for a decision again.

    Locks the doctor, then the user. Writes both and an AuditEvent. Raises StaleState, PortalError,
    Forbidden. Source: requirement A02.
    """
    if doctor.user_id != by.pk:
        raise Forbidden
    with transaction.atomic():
        doctor = locks.doctor(doctor.pk)
        _follow(doctor, "apply_again")
        fields = _set(doctor, {name: values[name] for name in APPLIED_WITH if name in values})
        doctor.applied_at = timezone.now()
        licences.save(doctor, by=by)
        _name_login(doctor)
        audit.record("apply_again", doctor, by=by, fields=fields)
        notifications.tell("doctor_applied", about=doctor, by=by)
    return doctor


@retried
def correct(doctor: Doctor, *, by: User, **values: Any) -> Doctor:
    """An admin changes what a doctor cannot change; `values` are among CORRECTED.

    Locks the doctor, then the user. Writes both and an AuditEvent. Raises PortalError, Forbidden.
    Source: requirement A02.
    """
    with transaction.atomic():
        doctor = locks.doctor(doctor.pk)
        demand(by, "portal.approve_doctors", None)
        fields = _set(doctor, {name: values[name] for name in CORRECTED if name in values})
        if not fields:
            return doctor
        licences.save(doctor, by=by)
        _name_login(doctor)
        audit.record("correct", doctor, by=by, fields=fields)
    return doctor


def hold_applicant(user: User, *, by: User) -> None:
    """Lock the doctor of a login, before the login is changed. At most two queries."""
    if pk := Doctor.objects.filter(user=user).values_list("pk", flat=True).first():
        locks.doctor(pk)


def confirmed(user: User, *, by: User) -> None:
    """The address of a new login is confirmed: a doctor's application has reached the clinic. The
    doctor and the admins are told.

    For use in the transaction of the confirmation, after `hold_applicant`. Writes the doctor and
    Notifications.
    """
    new = Doctor.objects.filter(user=user, applied_at=None)
    if new.update(applied_at=timezone.now()):
        doctor = Doctor.objects.select_related("user").get(user=user)
        notifications.tell("doctor_applied", about=doctor, by=by)


def _follow(doctor: Doctor, verb: str) -> None:
    """Set the state, of a doctor who is locked; nothing else does. Raises StaleState."""
    if not doctor.can(verb):
        raise StaleState(
            _("Somebody has decided about this meanwhile: %(state)s. Here is how it stands now.")
            % {"state": doctor.get_state_display()}
        )
    doctor.state = DOCTOR_TRANSITIONS[verb][1]


def decide(doctor: Doctor, verb: str, *, note: str, by: User) -> None:
    """The decision on a locked doctor: state, note, by whom, when. Writes the doctor and an
    AuditEvent without the note. Raises StaleState, PortalError."""
    _follow(doctor, verb)
    doctor.decision_note = _checked_note(note, is_needed=verb in ("decline", "withdraw_approval"))
    doctor.decided_by, doctor.decided_at = by, timezone.now()
    doctor.save(update_fields=["state", "decision_note", "decided_by", "decided_at"])
    audit.record(verb, doctor, by=by)


def _checked_note(note: str, *, is_needed: bool) -> str:
    """Without blanks around it. Raises PortalError if it is missing or too long."""
    note = note.strip()
    if is_needed and not note:
        raise PortalError(_("Write the reason: the doctor reads it."), field="note")
    if len(note) > LONGEST_NOTE:
        text = _("At most %(most)s characters.") % {"most": LONGEST_NOTE}
        raise PortalError(text, field="note")
    return note


def _decided(doctor: Doctor, verb: str, *, note: str, event: str, by: User) -> Doctor:
    with transaction.atomic():
        doctor = locks.doctor(doctor.pk)
        demand(by, "portal.approve_doctors", None)
        if verb == "approve" and doctor.can(verb) and not has_confirmed_address(doctor):
            raise PortalError(_("The doctor has not confirmed their email address yet."))
        decide(doctor, verb, note=note, by=by)
        notifications.tell(event, about=doctor, by=by, note=doctor.decision_note)
    return doctor


def _set(doctor: Doctor, values: dict[str, Any]) -> list[str]:
    """Set what differs; returns the names of it. Raises PortalError for a name without letters."""
    if "name" in values:
        values["name"] = one_line(values["name"])
        if not joined(values["name"]):
            raise PortalError(_("Enter the name."), field="name")
    changed = [name for name, value in values.items() if getattr(doctor, name) != value]
    for name in changed:
        setattr(doctor, name, values[name])
    return changed


def _name_login(doctor: Doctor) -> None:
    """The login has the doctor's name."""
    user = locks.user(doctor.user_id)
    if user.name != doctor.name:
        user.name = doctor.name
        user.save(update_fields=["name", "search_name"])
