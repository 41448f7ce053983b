"""Single slots with their own times, note and audience (requirements B04, B05, B24).

The times of a slot never change, because a patient may be booking it; another time is a new slot.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.diary.queries.transfers import obstacle_at
from portal.enums import AppointmentState, SlotAudience, SlotState
from portal.errors import OutsideHours, Overlap, PortalError, StaleState, TooLate
from portal.models import ClinicSettings, Doctor, Holiday, Office, Slot, User, locks
from portal.models.availability import LONGEST
from portal.permissions.authority import demand, demand_open
from portal.slots.queries.release import released_at
from portal.slots.services import closures

RASTER = 5  # minutes


@retried
def create_slot(
    doctor: Doctor,
    *,
    office: Office,
    starts_at: datetime,
    ends_at: datetime,
    note: str = "",
    audience: str = SlotAudience.PUBLIC,
    despite_closure: bool = False,
    by: User,
) -> Slot:
    """Add one free slot to the doctor's diary; `starts_at` and `ends_at` are aware.

    On a day on which the office is closed this needs `despite_closure`, which is recorded. Locks
    the doctor. Writes a Slot and an AuditEvent. Raises ClosedDay, TooLate, OutsideHours, Overlap,
    PortalError with the field at fault (`starts`, `ends`, `day`, `audience`), Forbidden. Source:
    requirements B03, B04, B24.
    """
    try:
        with transaction.atomic():
            doctor = locks.doctor(doctor.pk)
            demand(by, "portal.change_diary", doctor)
            slot = _free(doctor, office, starts_at, ends_at, note=note, audience=audience)
            demand(by, "portal.change_slot", slot)
            _check_place(slot)
            closure = _check_open(slot, despite=despite_closure, by=by)
            slot.save()
            audit.record("create", slot, by=by, **_facts(slot))
            _record_override(slot, closure, by=by)
    except IntegrityError as error:
        raise _overlaps(error) from error
    return slot


@retried
def edit_slot(
    slot: Slot,
    *,
    office: Office,
    starts_at: datetime,
    ends_at: datetime,
    note: str,
    audience: str,
    despite_closure: bool = False,
    by: User,
) -> Slot:
    """Change a slot. Returns the resulting slot, which is a new one if the time changes.

    Of a slot that is booked or on offer only the note can change. The time of a slot with requests
    can change only after they are answered. Locks the doctor and the slot. Writes one or two slots
    and an AuditEvent. Raises as create_slot, and StaleState. Source: requirement B05.
    """
    try:
        with transaction.atomic():
            locks.doctor(slot.doctor_id)
            slot = locks.slot(slot.pk)
            demand(by, "portal.change_diary", slot.doctor)
            demand(by, "portal.change_slot", slot)
            _check_changeable(slot)
            place = office.pk, starts_at, ends_at
            is_same_place = place == (slot.office_id, slot.starts_at, slot.ends_at)
            if slot.state != SlotState.OPEN and not (is_same_place and audience == slot.audience):
                raise StaleState(_only_note(slot))
            if is_same_place:
                return _noted(slot, note=note, audience=audience, by=by)
            new = _free(slot.doctor, office, starts_at, ends_at, note=note, audience=audience)
            demand(by, "portal.change_slot", new)
            return _replaced(slot, new, despite_closure=despite_closure, by=by)
    except IntegrityError as error:
        raise _overlaps(error) from error


def _free(
    doctor: Doctor,
    office: Office,
    starts_at: datetime,
    ends_at: datetime,
    *,
    note: str,
    audience: str,
) -> Slot:
    """A free slot that is not saved; its place and time are valid, as read under the doctor's lock.

    One query. Raises TooLate, OutsideHours, PortalError."""
    demand_open(office)
    if ends_at <= starts_at:
        raise PortalError(_("The end must be after the start."), field="ends")
    if ends_at - starts_at > LONGEST:
        raise PortalError(_("A slot lasts a day at the most."), field="ends")
    if starts_at <= timezone.now():
        raise TooLate(_("That time has passed."), field="starts")
    for name, moment in (("starts", starts_at), ("ends", ends_at)):
        if moment != _on_raster(moment, office):
            raise OutsideHours(_("Choose full five minutes, such as 10:05."), field=name)
    if audience not in SlotAudience.values:
        raise PortalError(_("Choose who may book it."), field="audience")
    settings = ClinicSettings.current()
    return Slot(
        doctor=doctor,
        office=office,
        starts_at=starts_at,
        ends_at=ends_at,
        note=note.strip(),
        audience=audience,
        released_at=released_at(audience, starts_at, office, settings),
    )


def _on_raster(moment: datetime, office: Office) -> datetime:
    shown = moment.astimezone(office.zone)
    past = timedelta(
        minutes=shown.minute % RASTER, seconds=shown.second, microseconds=shown.microsecond
    )
    return moment - past


def _check_place(slot: Slot, *, leaving: Slot | None = None) -> None:
    """The doctor has no other slot at that time, and is not away."""
    obstacle = obstacle_at(slot.doctor, slot.starts_at, slot.ends_at, leaving=leaving)
    if obstacle:
        raise Overlap(obstacle.sentence(slot.doctor), field="starts")


def _check_open(slot: Slot, *, despite: bool, by: User) -> Holiday | None:
    """Marks the slot if it is made despite a closure, and returns the closure."""
    closure = closures.check_new(slot.office, slot.starts_at, despite=despite, field="day", by=by)
    slot.despite_closure = closure is not None
    return closure


def _record_override(slot: Slot, closure: Holiday | None, *, by: User) -> None:
    if closure:
        closures.record_override(slot, closure, by=by, starts_at=[slot.starts_at.isoformat()])


def _check_changeable(slot: Slot) -> None:
    if slot.state == SlotState.WITHDRAWN:
        raise StaleState(_("That time was removed before."))
    if slot.starts_at <= timezone.now():
        raise TooLate(_("That time has passed."))


def _only_note(slot: Slot) -> str:
    if slot.state == SlotState.OFFERED:
        return _("This time is on offer to somebody who waits: only its note can be changed.")
    return _("This time is booked: only its note can be changed.")


def _noted(slot: Slot, *, note: str, audience: str, by: User) -> Slot:
    before = _facts(slot)
    slot.note = note.strip()
    if audience != slot.audience:
        if audience not in SlotAudience.values:
            raise PortalError(_("Choose who may book it."), field="audience")
        slot.audience = audience
        slot.released_at = released_at(
            audience, slot.starts_at, slot.office, ClinicSettings.current()
        )
    slot.save(update_fields=["note", "audience", "released_at"])
    audit.record("edit", slot, by=by, before=before, after=_facts(slot))
    return slot


def _replaced(old: Slot, new: Slot, *, despite_closure: bool, by: User) -> Slot:
    asked = old.appointments.filter(state=AppointmentState.REQUESTED)
    if old.has_requests and asked.exists():
        raise StaleState(
            _("Somebody has asked for this time. Answer the request before you change the time."),
            field="starts",
        )
    _check_place(new, leaving=old)
    closure = _check_open(new, despite=despite_closure, by=by)
    old.state = SlotState.WITHDRAWN
    old.save(update_fields=["state"])
    new.save()
    audit.record("edit", new, by=by, was=old.pk, before=_facts(old), after=_facts(new))
    _record_override(new, closure, by=by)
    return new


def _facts(slot: Slot) -> dict:
    """The facts for the audit trail; without the note, which may name a person."""
    return {
        "office": slot.office_id,
        "starts_at": slot.starts_at.isoformat(),
        "ends_at": slot.ends_at.isoformat(),
        "audience": slot.audience,
    }


def _overlaps(error: IntegrityError) -> Overlap:
    if "slot" not in str(error):
        raise error
    return Overlap(_("Another slot of this doctor overlaps this time."), field="starts")
