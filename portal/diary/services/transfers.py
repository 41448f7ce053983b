"""Handing appointments and free slots over to a colleague (requirement B06).

Locks: both doctors by id, the slots by id, the appointments. Under the colleague's lock nobody else
can add a slot to their diary, so a time that was found free stays free.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appointments.services import declining, holding, moving, obstacles
from portal.audit.services import audit
from portal.database.transactions import retried
from portal.diary.queries import transfers as queries
from portal.diary.queries.transfers import Obstacle
from portal.enums import SlotState
from portal.errors import Overlap, PortalError, StaleState, TooLate
from portal.models import Appointment, Doctor, Holiday, Office, Slot, User, locks
from portal.permissions.authority import demand
from portal.slots.services import closures


@dataclass(frozen=True)
class DayHanded:
    """The result for a day: what was handed over, and what stayed and why."""

    appointments: list[Appointment] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    left: list[queries.Item] = field(default_factory=list)


@retried
def transfer(
    appointment: Appointment,
    *,
    to: Doctor,
    withdraw: bool = False,
    despite_closure: bool = False,
    by: User,
) -> Appointment:
    """Hand a confirmed appointment over to a colleague at the same time and office: on the
    colleague's free slot of exactly that time, or else on a slot that is created for it.

    It stays the same appointment. The old slot becomes free, or is withdrawn with `withdraw`.
    Patient, new and old doctor are notified. On a day on which the office is closed this needs
    `despite_closure`. Locks both doctors, the slots, the appointment; writes all but the doctors,
    AuditEvents and Notifications. Raises ClosedDay, Overlap, SlotTaken, StaleState, TooLate,
    Forbidden, PortalError. Source: requirements B03, B06.
    """
    try:
        with transaction.atomic():
            doctors = locks.doctors(appointment.doctor_id, to.pk)
            used = queries.free_slots_at(to, [appointment])
            slots = locks.slots(appointment.slot_id, *used)
            appointment = locks.appointment(appointment.pk)
            if appointment.slot_id not in slots:
                raise StaleState
            demand(by, "portal.transfer_appointment", appointment)
            old = slots[appointment.slot_id]
            how = {"withdraw": withdraw, "despite_closure": despite_closure}
            return hand_over(appointment, old, to=doctors[to.pk], by=by, **how)
    except IntegrityError as error:
        raise obstacles.refusal_of(error) from error


def hand_over(
    appointment: Appointment,
    old: Slot,
    *,
    to: Doctor,
    withdraw: bool = False,
    stays: bool = False,
    despite_closure: bool = False,
    by: User,
) -> Appointment:
    """The writing part of `transfer`, for use within a larger transaction.

    The caller has locked, in this order, both doctors (locks.doctors), `old` and the slots that
    queries.transfers.free_slots_at(to, appointments) names (locks.slots), and the appointment
    (locks.appointment), and has checked the permission. A created slot is withdrawn when its
    appointment is cancelled, unless it `stays`. Raises as `transfer`.
    """
    if not appointment.can("transfer") or appointment.slot_id != old.pk:
        raise StaleState
    if appointment.has_started:
        raise TooLate(_("This appointment has already started."))
    _check_colleague(to, old.doctor)
    closure = _check_open(old, despite=despite_closure, by=by)
    new = _place(old, to, is_extra=not stays, despite_closure=closure is not None)
    holding.take_open(new)
    if closure and not old.despite_closure:
        starts = [new.starts_at.isoformat()]
        closures.record_override(new, closure, by=by, starts_at=starts)
    return moving.move_to_slot(appointment, old, new, by=by, verb="transfer", withdraw=withdraw)


@retried
def transfer_slot(slot: Slot, *, to: Doctor, despite_closure: bool = False, by: User) -> Slot:
    """Hand a free slot over to a colleague, with its note and audience: it is withdrawn from the
    one diary and created in the other. Requests for it are declined.

    Locks both doctors and the slot; writes two slots, an AuditEvent and what requests need. Raises
    ClosedDay, Overlap, StaleState, TooLate, Forbidden, PortalError. Source: requirement B06.
    """
    try:
        with transaction.atomic():
            doctors = locks.doctors(slot.doctor_id, to.pk)
            old = locks.slot(slot.pk)
            demand(by, "portal.change_slot", old)
            _check_colleague(doctors[to.pk], old.doctor)
            despite = {"despite_closure": despite_closure}
            return _hand_over_free(old, doctors[to.pk], by=by, **despite)
    except IntegrityError as error:
        raise obstacles.refusal_of(error) from error


@retried
def transfer_day(
    doctor: Doctor,
    *,
    day: date,
    office: Office,
    to: Doctor,
    withdraw: bool = True,
    partly: bool = False,
    despite_closure: bool = False,
    by: User,
) -> DayHanded:
    """Hand everything in the future on `day` (a date at `office`) over to a colleague, in one
    transaction.

    With `partly`, whatever the colleague cannot take stays as it is; otherwise nothing is handed
    over. The doctor's booked slots are withdrawn unless `withdraw` is false. On a closed day this
    needs `despite_closure`. Locks both doctors, the day's slots and the colleague's slots that are
    used, the appointments. Writes as `transfer` and `transfer_slot`. Raises ClosedDay, Overlap,
    StaleState, Forbidden, PortalError. Source: requirements B03, B06.
    """
    try:
        with transaction.atomic():
            doctors = locks.doctors(doctor.pk, to.pk)
            doctor, to = doctors[doctor.pk], doctors[to.pk]
            demand(by, "portal.change_slot", Slot(doctor=doctor, office=office))
            _check_colleague(to, doctor)
            slots = _lock_day(doctor, day, office, to)
            plan = queries.day_plan(doctor, day, office, to)
            if plan.left and not partly:
                raise Overlap(_("Some of these times cannot be handed over. Nothing has changed."))
            if not plan.possible:
                raise StaleState(_("There is nothing on that day that can be handed over."))
            handed, held = DayHanded(left=plan.left), _lock_appointments(plan, slots)
            how = {"withdraw": withdraw, "despite_closure": despite_closure}
            for item in plan.possible:
                old = slots[item.slot]
                held_one = held.get(item.appointment) if item.appointment else None
                _hand_over_item(item, old, held_one, to, handed, by=by, **how)
            return handed
    except IntegrityError as error:
        raise obstacles.refusal_of(error) from error


def _lock_day(doctor: Doctor, day: date, office: Office, to: Doctor) -> dict[int, Slot]:
    ahead = queries.slots_ahead(doctor, day, office)
    used = queries.free_slots_at(to, ahead)
    return locks.slots(*(slot.pk for slot in ahead), *used)


def _lock_appointments(plan: queries.DayPlan, slots: dict[int, Slot]) -> dict[int, Appointment]:
    pks = [item.appointment for item in plan.possible if item.appointment]
    return {one.pk: one for one in locks.appointments(pks, of=slots)}


def _hand_over_item(
    item: queries.Item,
    old: Slot,
    appointment: Appointment | None,
    to: Doctor,
    handed: DayHanded,
    *,
    by: User,
    **how: Any,
) -> None:
    if item.appointment is None:
        despite = how["despite_closure"]
        handed.slots.append(_hand_over_free(old, to, despite_closure=despite, by=by))
        return
    if appointment is None:
        raise StaleState
    handed.appointments.append(hand_over(appointment, old, to=to, stays=True, by=by, **how))


def _check_colleague(to: Doctor, doctor: Doctor) -> None:
    if to.pk == doctor.pk:
        raise PortalError(_("Choose another doctor than the one who has it now."), field="to")
    if not (to.is_bookable and to.user.is_active):
        raise PortalError(
            _("%(doctor)s takes no appointments at present.") % {"doctor": to.name}, field="to"
        )


def _check_open(old: Slot, *, despite: bool = False, by: User) -> Holiday | None:
    """The closure despite which the time is handed over; None for a slot that was made despite the
    closure, because that was confirmed before."""
    despite = despite or old.despite_closure
    return closures.check_new(old.office, old.starts_at, despite=despite, by=by)


def _place(old: Slot, to: Doctor, *, is_extra: bool, despite_closure: bool) -> Slot:
    """The colleague's own free slot at exactly that time and office, or a new free one."""
    own, obstacle = queries.place_for(to, old)
    if obstacle:
        raise _refusal(obstacle, to)
    return own or _made(old, to, is_extra=is_extra, despite_closure=despite_closure)


def _made(old: Slot, to: Doctor, *, is_extra: bool = False, despite_closure: bool = False) -> Slot:
    return Slot.objects.create(
        doctor=to,
        office=old.office,
        starts_at=old.starts_at,
        ends_at=old.ends_at,
        audience=old.audience,
        released_at=old.released_at,
        note=old.note,
        is_extra=is_extra,
        despite_closure=despite_closure,
    )


def _hand_over_free(old: Slot, to: Doctor, *, despite_closure: bool = False, by: User) -> Slot:
    if old.starts_at <= timezone.now():
        raise TooLate(_("That time has passed."))
    if old.state != SlotState.OPEN:
        raise StaleState(_("That time is not free any more."))
    closure = _check_open(old, despite=despite_closure, by=by)
    own, obstacle = queries.place_for(to, old)
    if own:
        raise Overlap(_("%(doctor)s is free at that time already.") % {"doctor": to.name})
    if obstacle:
        raise _refusal(obstacle, to)
    Slot.objects.filter(pk=old.pk, state=SlotState.OPEN).update(state=SlotState.WITHDRAWN)
    if old.has_requests:
        declining.decline_requests(old, by=by)
    new = _made(old, to, despite_closure=closure is not None)
    audit.record(
        "transfer",
        new,
        by=by,
        was=old.pk,
        was_doctor=old.doctor.name,
        doctor=to.pk,
        starts_at=new.starts_at.isoformat(),
    )
    return new


def _refusal(obstacle: Obstacle, to: Doctor) -> Overlap:
    return Overlap(obstacle.sentence(to), field="to")
