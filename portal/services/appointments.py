"""Making and changing appointments.

Locks are always taken in the order doctor, slot, patient, appointment, so that no two services can
wait for each other. SQLite has no row locks; there every writing transaction runs alone.
"""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.enums import CancelReason, DoctorState, Mode, SlotState
from portal.errors import (
    Forbidden,
    LimitReached,
    OutsideHours,
    Overlap,
    PortalError,
    SlotTaken,
    StaleState,
    TooLate,
)
from portal.models import TRANSITIONS, Appointment, ClinicSettings, Patient, Slot, User
from portal.models.written import for_update, insert, instances
from portal.queries.appointments import with_people
from portal.services import audit, notifications
from portal.services.authority import demand


def book(
    slot_id: int,
    *,
    patient_id: int | None = None,
    by: User,
    reason: str = "",
    mode: str = Mode.IN_PERSON,
    form_token: UUID | None = None,
) -> Appointment:
    """Confirm an appointment of a patient on a free slot, at once.

    `patient_id` None means the user's own patient. A `form_token` that the same user has sent
    before returns the appointment that it made. Patients are held to the clinic's notice, horizon
    and cap; staff are not.
    Locks the slot, then the patient. Writes the slot, an Appointment, an AuditEvent.
    Raises SlotTaken, Overlap, TooLate, OutsideHours, LimitReached, Forbidden; Slot.DoesNotExist and
    Patient.DoesNotExist. Source: requirements B08, B09, B11.
    """
    try:
        with transaction.atomic():
            slot = _locked_slot(slot_id)
            demand(by, "portal.book_slot", slot)
            settings = ClinicSettings.current()
            _check_bookable(slot, by=by, settings=settings)
            patient = _locked_patient(patient_id, by=by)
            demand(by, "portal.book_for_patient", patient)
            _check_patient_is_free(patient, slot, by=by, settings=settings)
            _take(slot)
            return _confirm(
                slot, patient=patient, by=by, reason=reason, mode=mode, form_token=form_token
            )
    except Forbidden:
        raise
    except PortalError:
        if earlier := _made_by_same_form(form_token, by):
            return earlier
        raise
    except IntegrityError as error:
        if earlier := _made_by_same_form(form_token, by):
            return earlier
        raise _refusal(error) from error


def cancel(
    appointment: Appointment, *, by: User, reason: str = "", comment: str = ""
) -> Appointment:
    """Cancel a confirmed appointment before its start; its slot is free again at once.

    Patients can until the clinic's cut-off, staff until the start. Needs a reason (CancelReason) or
    a comment. Locks the slot, then the appointment. Writes both and an AuditEvent.
    Raises StaleState, TooLate, Forbidden, PortalError. Source: requirement B13.
    """
    if reason not in CancelReason.values and not comment.strip():
        raise PortalError(_("Choose a reason, or say in your own words why."), field="reason")
    with transaction.atomic():
        Slot.objects.select_for_update().get(pk=appointment.slot_id)
        appointment = with_people(Appointment.objects.select_for_update(of=("self",))).get(
            pk=appointment.pk
        )
        demand(by, "portal.cancel_appointment", appointment)
        if not appointment.can("cancel"):
            raise StaleState
        _check_cancellable(appointment, by=by)
        appointment.state = TRANSITIONS["cancel"][1]
        appointment.cancel_reason = reason
        appointment.cancel_comment = comment.strip()
        appointment.cancelled_by = by
        appointment.cancelled_at = timezone.now()
        appointment.version += 1
        appointment.save()
        Slot.objects.filter(pk=appointment.slot_id, state=SlotState.TAKEN).update(
            state=SlotState.OPEN
        )
        audit.record(
            "cancel",
            appointment,
            by=by,
            patient=appointment.patient,
            reference=appointment.reference,
            reason=reason,
            starts_at=appointment.starts_at.isoformat(),
        )
        notifications.tell("appointment_cancelled", appointment, by=by)
    return appointment


def reschedule(appointment: Appointment, *, slot_id: int, by: User) -> Appointment:
    """Move a confirmed appointment to a free slot; the old one is free again in the same moment.

    It stays the same appointment: reference, history and calendar entry go on. Patients can until
    the cut-off for cancelling, and to times that they could book; staff until the start. Locks both
    slots in the order of their ids, the patient, the appointment. Writes all but the patient, an
    AuditEvent and Notifications.
    Raises SlotTaken, Overlap, StaleState, TooLate, OutsideHours, Forbidden; Slot.DoesNotExist.
    Source: requirement B12.
    """
    try:
        with transaction.atomic():
            slots = {pk: _locked_slot(pk) for pk in sorted({slot_id, appointment.slot_id})}
            slot = slots[slot_id]
            patient = _locked_patient(appointment.patient_id, by=by)
            appointment = with_people(Appointment.objects.select_for_update(of=("self",))).get(
                pk=appointment.pk
            )
            demand(by, "portal.reschedule_appointment", appointment)
            demand(by, "portal.book_slot", slot)
            if not appointment.can("reschedule") or appointment.slot_id not in slots:
                raise StaleState
            _check_cancellable(appointment, by=by)
            settings = ClinicSettings.current()
            _check_bookable(slot, by=by, settings=settings)
            _check_patient_is_free(patient, slot, by=by, settings=settings, leaving=appointment.pk)
            return _move(appointment, slots[appointment.slot_id], slot, by=by)
    except IntegrityError as error:
        raise _refusal(error) from error


def _move(appointment: Appointment, old: Slot, new: Slot, *, by: User) -> Appointment:
    was = appointment.starts_at
    before = notifications.facts_of(appointment)
    _take(new)
    appointment.state = TRANSITIONS["reschedule"][1]
    appointment.slot, appointment.doctor, appointment.office = new, new.doctor, new.office
    appointment.starts_at, appointment.ends_at = new.starts_at, new.ends_at
    appointment.coming_at = None
    appointment.version += 1
    appointment.save()
    Slot.objects.filter(pk=old.pk, state=SlotState.TAKEN).update(state=SlotState.OPEN)
    audit.record(
        "reschedule",
        appointment,
        by=by,
        patient=appointment.patient,
        reference=appointment.reference,
        was_starts_at=was.isoformat(),
        starts_at=new.starts_at.isoformat(),
        doctor=new.doctor_id,
        slot=new.pk,
    )
    notifications.tell(
        "appointment_moved",
        appointment,
        by=by,
        was_starts_at=was.isoformat(),
        was_zone=old.office.time_zone,
        was_office=old.office.name,
        was_doctor=old.doctor.name,
    )
    if old.doctor_id != new.doctor_id:
        before["version"] = appointment.version
        notifications.tell("appointment_left", appointment, by=by, only=old.doctor, **before)
    return appointment


def can_change(appointment: Appointment, *, by: User, settings: ClinicSettings) -> bool:
    """Whether `by` can still move or cancel it as far as state and time go; no query (B12, B13)."""
    if not appointment.can("cancel") or appointment.has_started:
        return False
    return by.is_staff or timezone.now() <= cancel_until(appointment.starts_at, settings=settings)


def cancel_until(starts_at, *, settings: ClinicSettings):
    """The moment (UTC) until which a patient cancels online. Source: requirement B18."""
    return starts_at - settings.cancel_cutoff


def _locked_slot(slot_id: int) -> Slot:
    return (
        Slot.objects.select_for_update(of=("self",))
        .select_related("doctor", "doctor__user", "office")
        .get(pk=slot_id)
    )


def _locked_patient(patient_id: int | None, *, by: User) -> Patient:
    """With what booking needs of a patient; written out because every booking waits for it."""
    column, value = ("user_id", by.pk) if patient_id is None else ("id", patient_id)
    columns = "id, name, phone, user_id"
    found = instances(
        Patient,
        f"SELECT {columns} FROM portal_patient WHERE {column} = %s{for_update()}",  # noqa: S608
        [value],
    )
    if not found:
        raise Patient.DoesNotExist
    if found[0].user_id == by.pk:
        found[0].user = by
    return found[0]


def _made_by_same_form(form_token: UUID | None, by: User) -> Appointment | None:
    if form_token is None:
        return None
    return Appointment.objects.filter(form_token=form_token, booked_by=by).first()


def _check_bookable(slot: Slot, *, by: User, settings: ClinicSettings) -> None:
    """The doctor takes patients, and the time is free, ahead, and within notice and horizon."""
    now = timezone.now()
    if slot.doctor.state != DoctorState.APPROVED or not slot.doctor.user.is_active:
        raise SlotTaken(_("This doctor takes no appointments at present."))
    if slot.starts_at <= now:
        raise TooLate(_("That time has passed."))
    if slot.state != SlotState.OPEN:
        raise SlotTaken
    if by.is_staff:
        return
    if slot.starts_at < now + settings.minimum_notice:
        raise TooLate(_("That time is too soon to be booked online. Please call the office."))
    if slot.starts_at > now + settings.horizon:
        raise OutsideHours(_("That time is too far ahead to be booked yet."))


def _check_patient_is_free(
    patient: Patient,
    slot: Slot,
    *,
    by: User,
    settings: ClinicSettings,
    leaving: int | None = None,
) -> None:
    """One query: the patient's live appointments that are not over, without the one they leave."""
    others = patient.appointments.upcoming()
    if leaving:
        others = others.exclude(pk=leaving)
    held = list(others.values_list("starts_at", "ends_at"))
    if any(starts < slot.ends_at and ends > slot.starts_at for starts, ends in held):
        raise Overlap(
            _("You already have an appointment at that time.")
            if by.is_patient
            else _("%(patient)s already has an appointment at that time.")
            % {"patient": patient.name}
        )
    if by.is_patient and len(held) >= settings.max_upcoming_per_patient:
        raise LimitReached(
            _("You have %(count)s upcoming appointments, which is as many as can be held at once.")
            % {"count": len(held)}
        )


def _take(slot: Slot) -> None:
    """Conditional: of any number who try, one changes the row."""
    taken = Slot.objects.filter(pk=slot.pk, state=SlotState.OPEN).update(state=SlotState.TAKEN)
    if not taken:
        raise SlotTaken


def _check_cancellable(appointment: Appointment, *, by: User) -> None:
    if appointment.has_started:
        raise TooLate(_("This appointment has already started."))
    until = cancel_until(appointment.starts_at, settings=ClinicSettings.current())
    if by.is_patient and timezone.now() > until:
        raise TooLate(_("It is too late to cancel online. Please call the office."))


def _confirm(slot: Slot, *, patient: Patient, by: User, **values) -> Appointment:
    """The appointment on a slot that has just been taken, and its trace."""
    appointment = Appointment(
        patient=patient,
        doctor=slot.doctor,
        office=slot.office,
        slot=slot,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        booked_by=by,
        **values,
    )
    insert([appointment])
    audit.record(
        "book",
        appointment,
        by=by,
        patient=patient,
        reference=appointment.reference,
        doctor=slot.doctor_id,
        slot=slot.pk,
        starts_at=slot.starts_at.isoformat(),
    )
    notifications.tell("appointment_confirmed", appointment, by=by)
    return appointment


def _refusal(error: IntegrityError) -> PortalError:
    """What the database refused, in words. The checks above come first; this is the last line."""
    text = str(error)
    if "form_token" in text:
        return StaleState(_("This form has been sent before. Please start again."))
    if "patient" in text or "appointment_no_overlap" in text:
        return Overlap(_("There is already an appointment at that time."))
    if "slot" in text:
        return SlotTaken()
    raise error
