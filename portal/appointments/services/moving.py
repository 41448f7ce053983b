"""Moving an appointment to another slot, after both slots and the appointment were locked."""

from portal.appointments.queries import message_recipients
from portal.appointments.queries.message_facts import facts_of
from portal.appointments.services.declining import decline_requests
from portal.appointments.services.holding import release
from portal.audit.services import audit
from portal.models import TRANSITIONS, Appointment, Slot, User
from portal.notifications.services import notifications


def move_to_slot(
    appointment: Appointment,
    old: Slot,
    new: Slot,
    *,
    by: User,
    verb: str = "reschedule",
    withdraw: bool = False,
) -> Appointment:
    """Move a locked appointment to a slot that was just taken. The old slot is freed or withdrawn.
    Notifies the doctor and the patient, and the previous doctor if the doctor changes."""
    was = appointment.starts_at
    before = facts_of(appointment)
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
        about=appointment,
        by=by,
        was_starts_at=was.isoformat(),
        was_zone=old.office.time_zone,
        was_office=old.office.name,
        was_doctor=old.doctor.name,
        doctor_id=new.doctor_id,
    )
    if old.doctor_id != new.doctor_id:
        before |= {"version": appointment.version, "is_withdrawn": withdraw or old.is_extra}
        left = message_recipients.of_doctor(old.doctor, by)
        notifications.tell("appointment_left", about=appointment, by=by, to=left, **before)
    if new.has_requests:
        decline_requests(new, by=by)
    release(old, withdraw=withdraw)
    return appointment
