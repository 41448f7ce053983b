"""What booking, moving, accepting and handing over have in common: locks, checks, taking a slot.

Locks are always taken in the order doctor, slot (by id), patient, appointment, so that no two
services can wait for each other. SQLite has no row locks; there every writing transaction runs
alone. Everything here is called inside the caller's transaction.
"""

from datetime import datetime

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appointments.queries.appointments import with_people
from portal.appointments.services import offering
from portal.audit.services import audit
from portal.database.written import for_update, insert, instances
from portal.enums import AppointmentState, DoctorState, SlotState
from portal.errors import (
    LimitReached,
    OutsideHours,
    Overlap,
    PortalError,
    SlotTaken,
    StaleState,
    TooLate,
)
from portal.models import TRANSITIONS, Appointment, ClinicSettings, Patient, Slot, User
from portal.notifications.services import notifications
from portal.slots.queries.slots import nearest_free


def lock_slot(slot_id: int) -> Slot:
    """The slot, locked, with its doctor, doctor's user and office. Raises Slot.DoesNotExist."""
    return (
        Slot.objects.select_for_update(of=("self",))
        .select_related("doctor", "doctor__user", "office")
        .get(pk=slot_id)
    )


def lock_slots(*slot_ids: int) -> dict[int, Slot]:
    """The same for several, in the order of their ids, by id."""
    return {pk: lock_slot(pk) for pk in sorted(set(slot_ids))}


def lock_patient(patient_id: int | None, *, by: User) -> Patient:
    """The patient, locked, with what booking needs; written out because every booking waits for it.

    None means the user's own. Raises Patient.DoesNotExist.
    """
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


def lock_appointment(pk: int) -> Appointment:
    """The appointment, locked, with its people. Its slot must be locked before."""
    return with_people(Appointment.objects.select_for_update(of=("self",))).get(pk=pk)


def check_bookable(
    slot: Slot, *, by: User, settings: ClinicSettings, of: str = SlotState.OPEN
) -> None:
    """The doctor takes patients, and the time is free, ahead, and within notice and horizon; `of`
    as in `take`.

    Raises SlotTaken, TooLate, OutsideHours.
    """
    now = timezone.now()
    if slot.doctor.state != DoctorState.APPROVED or not slot.doctor.user.is_active:
        raise SlotTaken(_("This doctor takes no appointments at present."))
    if slot.starts_at <= now:
        raise TooLate(_("That time has passed."))
    if slot.state != of:
        raise gone(slot)
    if by.is_staff:
        return
    if slot.released_at is None or slot.released_at > now:
        raise SlotTaken(_("That time cannot be booked online. Please call the office."))
    if slot.starts_at < now + settings.minimum_notice:
        raise TooLate(_("That time is too soon to be booked online. Please call the office."))
    if slot.starts_at > now + settings.horizon:
        raise OutsideHours(_("That time is too far ahead to be booked yet."))


def gone(slot: Slot) -> SlotTaken:
    """Why a slot that is not open cannot be had: one query where it is kept for one who waits."""
    offer = slot.state == SlotState.OFFERED and slot.offers.open().first()
    if not offer:
        return SlotTaken()
    until = offer.expires_at.astimezone(slot.office.zone)
    text = _("That time is kept until %(until)s for somebody who waits for it.")
    return SlotTaken(text % {"until": f"{until:%H:%M}"})


def check_patient_is_free(
    patient: Patient,
    slot: Slot,
    *,
    by: User,
    settings: ClinicSettings,
    leaving: int | None = None,
) -> None:
    """One query: the patient's live appointments that are not over, without the one they leave.

    Raises Overlap, LimitReached.
    """
    others = patient.appointments.upcoming()
    if leaving:
        others = others.exclude(pk=leaving)
    held = list(others.values_list("starts_at", "ends_at", "slot"))
    if any(starts < slot.ends_at and ends > slot.starts_at for starts, ends, _slot in held):
        if slot.has_requests and any(asked == slot.pk for _starts, _ends, asked in held):
            raise Overlap(_asked_before(patient, by=by))
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


def take(slot: Slot, *, of: str = SlotState.OPEN) -> None:
    """Conditional: of any number who try, one changes the row. Raises SlotTaken.

    `of` is OPEN, or OFFERED for the one to whom it is offered.
    """
    taken = Slot.objects.filter(pk=slot.pk, state=of).update(state=SlotState.TAKEN)
    if not taken:
        raise SlotTaken


def release(slot: Slot, *, withdraw: bool = False) -> None:
    """The slot, which is locked, is free again; one that was made for a walk-in goes, and so does
    one whose doctor will not be there (`withdraw`). A free one is kept for whoever waits for it,
    who is locked by that: so it is best done last (B15)."""
    left = SlotState.WITHDRAWN if withdraw or slot.is_extra else SlotState.OPEN
    if Slot.objects.filter(pk=slot.pk, state=SlotState.TAKEN).update(state=left):
        slot.state = left
        offering.offer(slot)


def confirm(slot: Slot, *, patient: Patient, by: User, tell: bool = True, **values) -> Appointment:
    """The appointment on a slot that has just been taken, and its trace. Without `tell` the caller
    tells of it."""
    appointment = _made("book", slot, patient=patient, by=by, **values)
    if tell:
        notifications.tell("appointment_confirmed", appointment, by=by)
    if slot.has_requests:
        decline_requests(slot, by=by)
    return appointment


def request(
    slot: Slot, *, patient: Patient, by: User, settings: ClinicSettings, **values
) -> Appointment:
    """A request for a free slot, which stays free: several may ask for it (B10)."""
    appointment = _made(
        "request",
        slot,
        patient=patient,
        by=by,
        state=AppointmentState.REQUESTED,
        answer_by=answer_by(slot, settings=settings),
        **values,
    )
    if not slot.has_requests:
        Slot.objects.filter(pk=slot.pk).update(has_requests=True)
    notifications.tell(
        "appointment_requested", appointment, by=by, answer_by=appointment.answer_by.isoformat()
    )
    return appointment


def decline_requests(slot: Slot, *, by: User | None) -> list[Appointment]:
    """Decline all requests for a slot that is locked, and taken or withdrawn.

    Locks and writes them, an AuditEvent and Notifications each. A patient who got the slot has not
    declined anybody, and the others need not know who it was: then it was the program.
    """
    rows = with_people(Appointment.objects.select_for_update(of=("self",)))
    requests = list(rows.filter(slot=slot.pk, state=AppointmentState.REQUESTED).order_by("pk"))
    free_times = free_times_near(slot) if requests else []
    staff = by if by and by.is_staff else None
    declined = [
        close(one, "decline", by=staff, is_gone=True, free_times=free_times) for one in requests
    ]
    Slot.objects.filter(pk=slot.pk).update(has_requests=False)
    return declined


def free_times_near(slot: Slot) -> list[dict]:
    """Up to three other free times of the doctor, as facts of a message: at most three queries."""
    near = nearest_free(slot, settings=ClinicSettings.current())
    return [
        {
            "slot": other.pk,
            "starts_at": other.starts_at.isoformat(),
            "ends_at": other.ends_at.isoformat(),
            "zone": other.office.time_zone,
            "office": other.office.name,
        }
        for other in near
        if other.doctor_id == slot.doctor_id
    ]


def close(
    appointment: Appointment, verb: str, *, by: User | None, comment: str = "", **facts
) -> Appointment:
    """A locked request comes to nothing by `verb`: decline or expire. Its slot stays as it is.

    `facts` are for the messages about it.
    """
    appointment.state = TRANSITIONS[verb][1]
    appointment.cancel_comment = comment
    appointment.cancelled_by = by
    appointment.cancelled_at = timezone.now()
    appointment.version += 1
    appointment.save()
    audit.record(
        verb,
        appointment,
        by=by,
        patient=appointment.patient,
        reference=appointment.reference,
        starts_at=appointment.starts_at.isoformat(),
    )
    notifications.tell(f"request_{appointment.state}", appointment, by=by, **facts)
    return appointment


def move(
    appointment: Appointment,
    old: Slot,
    new: Slot,
    *,
    by: User,
    verb: str = "reschedule",
    withdraw: bool = False,
) -> Appointment:
    """Put a locked appointment from its slot on another that has just been taken; the old one is
    free again, or goes. Doctor and patient hear of it, and a doctor whose it is no more."""
    was = appointment.starts_at
    before = notifications.facts_of(appointment)
    appointment.state = TRANSITIONS[verb][1]
    # Who is handed over pays what was agreed; who chooses another doctor is told the new fee.
    is_chosen = verb == "reschedule" and new.doctor_id != appointment.doctor_id
    appointment.fee_cents = new.doctor.fee_cents if is_chosen else appointment.agreed_fee_cents
    appointment.slot, appointment.doctor, appointment.office = new, new.doctor, new.office
    appointment.starts_at, appointment.ends_at = new.starts_at, new.ends_at
    appointment.coming_at = None
    appointment.moves += by.is_patient
    appointment.version += 1
    appointment.save()
    audit.record(
        verb,
        appointment,
        by=by,
        patient=appointment.patient,
        reference=appointment.reference,
        was_starts_at=was.isoformat(),
        starts_at=new.starts_at.isoformat(),
        was_doctor=old.doctor.name,
        doctor_name=new.doctor.name,
        doctor=new.doctor_id,
        slot=new.pk,
    )
    notifications.tell(
        "appointment_transferred" if verb == "transfer" else "appointment_moved",
        appointment,
        by=by,
        was_starts_at=was.isoformat(),
        was_zone=old.office.time_zone,
        was_office=old.office.name,
        was_doctor=old.doctor.name,
        doctor_id=new.doctor_id,
    )
    if old.doctor_id != new.doctor_id:
        before |= {"version": appointment.version, "is_withdrawn": withdraw or old.is_extra}
        notifications.tell("appointment_left", appointment, by=by, only=old.doctor, **before)
    if new.has_requests:
        decline_requests(new, by=by)
    release(old, withdraw=withdraw)
    return appointment


def refusal_of(error: IntegrityError) -> PortalError:
    """What the database refused, in words. The checks above come first; this is the last line."""
    text = str(error)
    if "form_token" in text:
        return StaleState(_("This form has been sent before. Please start again."))
    if "patient" in text or "appointment_no_overlap" in text:
        return Overlap(_("There is already an appointment at that time."))
    if "slot" in text:
        return SlotTaken()
    raise error


def _made(verb: str, slot: Slot, *, patient: Patient, by: User, **values) -> Appointment:
    appointment = Appointment(
        patient=patient,
        doctor=slot.doctor,
        office=slot.office,
        slot=slot,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        fee_cents=slot.doctor.fee_cents,
        booked_by=by,
        **values,
    )
    insert([appointment])
    audit.record(
        verb,
        appointment,
        by=by,
        patient=patient,
        reference=appointment.reference,
        doctor=slot.doctor_id,
        slot=slot.pk,
        starts_at=slot.starts_at.isoformat(),
    )
    return appointment


def _asked_before(patient: Patient, *, by: User) -> str:
    if by.is_patient:
        return _("You have already requested this time.")
    return _("%(patient)s has requested this time: accept the request.") % {"patient": patient.name}


def answer_by(slot: Slot, *, settings: ClinicSettings) -> datetime:
    """When a request that is made now expires (UTC): after the clinic's hours for an answer, or for
    a near slot when half of the time is left."""
    now = timezone.now()
    return min(now + settings.request_answer, now + (slot.starts_at - now) / 2)
