"""Doctors' times off: saved only if every appointment in them is settled (requirement B19).

Locks in the usual order: doctors, slots, patients, appointments, each by id. A booking in the
period locks its slot, so everything that is read under these locks is complete.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appointments.services import appointments, holding, moving, obstacles, offering
from portal.audit.services import audit
from portal.database.transactions import retried
from portal.diary.queries import time_off as queries
from portal.diary.queries.transfers import free_slots_at
from portal.diary.services import availability, bulk_changes, transfers
from portal.enums import AppointmentState, BulkChangeKind, SlotState
from portal.errors import Forbidden, PortalError, StaleState, TooLate, Unsettled
from portal.models import Appointment, ClinicSettings, Doctor, Slot, TimeOff, User, locks
from portal.permissions.authority import demand
from portal.slots.queries.absences import times_off

LONGEST = timedelta(days=366)
MOST = 200  # appointments that are settled at once
VERBS = (
    "cancel",
    "transfer",
    "reschedule",
)  # in this order: cancelling makes room
PERMISSIONS = {verb: f"portal.{verb}_appointment" for verb in VERBS}
PERMISSIONS["decline"] = "portal.answer_request"


@dataclass(frozen=True)
class Choice:
    """What to do with an appointment: a verb of TRANSITIONS, or "" while nothing is chosen.

    `version`: the version of the appointment that the user saw. `slot` is for reschedule, `doctor`
    for transfer, `message` for cancel. The only choice for a request is "decline".
    """

    version: int
    verb: str = ""
    slot: int | None = None
    doctor: int | None = None
    message: str = ""


@retried
def take_time_off(
    doctor: Doctor,
    *,
    starts_at: datetime,
    ends_at: datetime,
    choices: Mapping[int, Choice],
    note: str = "",
    by: User,
) -> TimeOff:
    """Save that the doctor is away for `starts_at` ≤ t < `ends_at` (aware), at all offices.

    The `bulk` of the result undoes it. `choices` by appointment. All in one transaction: each live
    future appointment that overlaps the period is moved, handed over or cancelled; requests are
    declined, offers become void, free slots are withdrawn. Appointments that have begun stay as
    they are. Locks the doctor and the colleagues who take something over, the slots, the patients,
    the appointments; writes all but the doctors and patients, a TimeOff, a BulkChange, AuditEvents
    and Notifications. Raises Unsettled if a choice is missing, or is about something that has
    changed since; a refusal of one choice has `field` "choice-<appointment>". Raises TooLate,
    StaleState, SlotTaken, Overlap, Forbidden, PortalError. Source: requirement B19.
    """
    _check_stretch(starts_at, ends_at)
    to = {choice.doctor for choice in choices.values() if choice.doctor}
    try:
        with transaction.atomic():
            doctors = locks.doctors(doctor.pk, *to)
            doctor = doctors[doctor.pk]
            demand(by, "portal.change_diary", doctor)
            _check_new(doctor, starts_at, ends_at)
            slots = _lock_slots(doctor, starts_at, ends_at, choices, doctors)
            held = _lock_appointments(doctor, starts_at, ends_at, choices, slots)
            _check_settled(held, choices, slots)
            for one in held:
                demand(by, PERMISSIONS[choices[one.pk].verb], one)
            made = TimeOff.objects.create(
                doctor=doctor, starts_at=starts_at, ends_at=ends_at, note=note.strip()
            )
            gone = _withdraw(slots, doctor, starts_at, ends_at, by=by)
            for verb in VERBS:
                for one in held:
                    if choices[one.pk].verb == verb:
                        _settle(one, choices[one.pk], slots, doctors, made, by=by)
            _trace("take_time_off", made, by=by, appointments=len(held))
            facts = {"time_off": made.pk, "appointments": len(held)}
            kind = BulkChangeKind.TIME_OFF
            made.bulk = bulk_changes.keep(kind, doctor=doctor, removed=gone, facts=facts, by=by)
    except IntegrityError as error:
        raise obstacles.refusal_of(error) from error
    return made


@retried
def cancel_time_off(time_off: TimeOff, *, ends_at: datetime | None = None, by: User) -> TimeOff:
    """Cancel a time off, or end it early at `ends_at` (aware); one that has begun ends now.

    Slots are not restored here; the job for weekly hours creates those of the hours again. Locks
    the doctor. Writes the TimeOff and an AuditEvent. Raises StaleState, TooLate, PortalError,
    Forbidden. Source: requirement B19.
    """
    with transaction.atomic():
        doctor = locks.doctor(time_off.doctor_id)
        demand(by, "portal.change_diary", doctor)
        time_off = TimeOff.objects.get(pk=time_off.pk)
        now = timezone.now()
        if time_off.cancelled_at:
            raise StaleState(_("This time off was taken back before."))
        if time_off.ends_at <= now:
            raise TooLate(_("This time off is over."))
        if ends_at is None and time_off.starts_at >= now:
            time_off.cancelled_at = now
        else:
            time_off.ends_at = _earlier_end(time_off, ends_at or now, now)
        time_off.save()
        verb = "cancel_time_off" if time_off.cancelled_at else "shorten_time_off"
        _trace(verb, time_off, by=by)
    return time_off


def _check_stretch(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise PortalError(_("The end must be after the start."), field="last")
    if ends_at <= timezone.now():
        raise TooLate(_("That time has passed."), field="last")
    if ends_at - starts_at > LONGEST:
        raise PortalError(_("A time off lasts a year at the most."), field="last")


def _check_new(doctor: Doctor, starts_at: datetime, ends_at: datetime) -> None:
    for one in times_off(doctor, starts_at, ends_at):
        if one.starts_at <= starts_at and ends_at <= one.ends_at:
            raise StaleState(_("This time off is there already."))


def _earlier_end(time_off: TimeOff, ends_at: datetime, now: datetime) -> datetime:
    if ends_at < now:
        raise TooLate(_("That time has passed."), field="last")
    if not time_off.starts_at < ends_at < time_off.ends_at:
        raise PortalError(_("Choose an end between the start and the present end."), field="last")
    return ends_at


def _lock_slots(
    doctor: Doctor,
    starts_at: datetime,
    ends_at: datetime,
    choices: Mapping[int, Choice],
    doctors: Mapping[int, Doctor],
) -> dict[int, Slot]:
    """The slots in the period, those to which appointments move, and colleagues' own slots that are
    used."""
    ids = set(queries.slots_ahead(doctor, starts_at, ends_at).values_list("pk", flat=True))
    ids |= {choice.slot for choice in choices.values() if choice.slot}
    handed = [pk for pk, choice in choices.items() if choice.doctor]
    wanted = list(Appointment.objects.filter(pk__in=handed))
    for colleague in doctors.values():
        theirs = [one for one in wanted if choices[one.pk].doctor == colleague.pk]
        ids.update(free_slots_at(colleague, theirs))
    return locks.slots(*ids)


def _lock_appointments(
    doctor: Doctor,
    starts_at: datetime,
    ends_at: datetime,
    choices: Mapping[int, Choice],
    slots: Mapping[int, Slot],
) -> list[Appointment]:
    """The appointments to be settled, by start. The patients of those that move are locked first.

    Raises Unsettled if one of them is not on its slot any more.
    """
    found = list(queries.to_settle(doctor, starts_at, ends_at))
    if len(found) > MOST:
        raise PortalError(queries.too_many(len(found), MOST), field="last")
    moving = {
        one.patient_id
        for one in found
        if one.pk in choices and choices[one.pk].verb == "reschedule"
    }
    locks.hold_patients(moving)
    held = locks.appointments([one.pk for one in found], of=slots)
    if gone := {one.pk for one in found} - {one.pk for one in held}:
        raise Unsettled(missing=[], changed=sorted(gone))
    return sorted(held, key=lambda one: (one.starts_at, one.pk))


def _check_settled(
    held: list[Appointment], choices: Mapping[int, Choice], slots: Mapping[int, Slot]
) -> None:
    missing, changed, taken = [], [], set()
    for one in held:
        choice = choices.get(one.pk)
        if choice is None or choice.version != one.version or one.slot_id not in slots:
            changed.append(one.pk)
        elif choice.verb not in _verbs_for(one):
            missing.append(one.pk)
        elif choice.slot and choice.slot in taken:
            raise PortalError(
                _("This time is chosen for another appointment too."), field=f"choice-{one.pk}"
            )
        elif choice.slot:
            taken.add(choice.slot)
    if missing or changed:
        raise Unsettled(missing=missing, changed=changed)


def _verbs_for(appointment: Appointment) -> tuple[str, ...]:
    if appointment.state == AppointmentState.REQUESTED:
        return ("decline",)
    return tuple(verb for verb in VERBS if appointment.can(verb))


def _withdraw(
    slots: Mapping[int, Slot], doctor: Doctor, starts_at: datetime, ends_at: datetime, *, by: User
) -> list[int]:
    """Withdraw the doctor's free slots in the period and return their ids; offers become void,
    requests are declined.

    The time off is saved before, so these slots are not offered to anybody.
    """
    now = timezone.now()
    free = []
    for slot in slots.values():
        is_in = slot.starts_at < ends_at and slot.ends_at > starts_at and slot.starts_at > now
        if slot.doctor_id != doctor.pk or not is_in:
            continue
        if slot.state in (SlotState.OPEN, SlotState.OFFERED):
            free.append(slot)
    offering.void_all([slot for slot in free if slot.state == SlotState.OFFERED], by=by)
    gone = availability._withdraw(free, by=by)
    # Not by hand: the job makes them again, should the time off be taken back.
    weekly = [slot.pk for slot in gone if slot.weekly_hours_id]
    Slot.objects.filter(pk__in=weekly).update(is_extra=True)
    return [slot.pk for slot in gone]


def _settle(
    appointment: Appointment,
    choice: Choice,
    slots: Mapping[int, Slot],
    doctors: Mapping[int, Doctor],
    time_off: TimeOff,
    *,
    by: User,
) -> None:
    old = slots[appointment.slot_id]
    try:
        if choice.verb == "cancel":
            _cancel(appointment, old, choice.message.strip(), by=by)
        elif choice.verb == "transfer":
            if choice.doctor is None:
                raise PortalError(_("Choose who takes it over."))
            to = doctors[choice.doctor]
            transfers.hand_over(appointment, old, to=to, withdraw=True, by=by)
        else:
            if choice.slot is None:
                raise PortalError(_("Choose another time."))
            _move(appointment, old, slots[choice.slot], time_off, by=by)
    except Forbidden:
        raise
    except PortalError as error:
        error.field = f"choice-{appointment.pk}"
        raise


def _cancel(appointment: Appointment, old: Slot, message: str, *, by: User) -> None:
    if not message:
        raise PortalError(_("Write what the patient is to read."))
    appointments.cancel_held(
        appointment,
        old,
        comment=message,
        withdraw=True,
        by=by,
        has_message=True,
        is_withdrawn=True,
    )


def _move(appointment: Appointment, old: Slot, new: Slot, time_off: TimeOff, *, by: User) -> None:
    is_in = new.starts_at < time_off.ends_at and new.ends_at > time_off.starts_at
    if new.doctor_id != time_off.doctor_id or is_in:
        raise PortalError(_("Choose a time of this doctor’s outside the time off."))
    demand(by, "portal.book_slot", new)
    settings = ClinicSettings.current()
    obstacles.check_bookable(new, by=by, settings=settings)
    obstacles.check_patient_is_free(
        appointment.patient, new, by=by, settings=settings, leaving=appointment.pk
    )
    holding.take_open(new)
    moving.move_to_slot(appointment, old, new, withdraw=True, by=by)


def _trace(verb: str, time_off: TimeOff, *, by: User, **more: Any) -> None:
    """The facts for the audit trail; without the note, which may name a person."""
    audit.record(
        verb,
        time_off,
        by=by,
        doctor=time_off.doctor_id,
        starts_at=time_off.starts_at.isoformat(),
        ends_at=time_off.ends_at.isoformat(),
        **more,
    )
