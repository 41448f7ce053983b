"""Handing appointments and free slots to a colleague (requirement B06).

Locks: both doctors in the order of their ids, the slots in the order of theirs, appointments.
Under the colleague's lock no other slot of theirs comes to be, so what was seen to be free is.
"""

from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appointments.services import taking
from portal.audit.services import audit
from portal.diary.queries import transfers as queries
from portal.diary.queries.transfers import Obstacle
from portal.enums import SlotState
from portal.errors import Overlap, PortalError, StaleState, TooLate
from portal.models import Appointment, Doctor, Office, Slot, User
from portal.permissions.authority import demand


@dataclass(frozen=True)
class DayHanded:
    """What became of a day: what went, and what stayed and why."""

    appointments: list[Appointment] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    left: list[queries.Item] = field(default_factory=list)


def transfer(
    appointment: Appointment, *, to: Doctor, withdraw: bool = False, by: User
) -> Appointment:
    """Hand a confirmed appointment to a colleague at the same time and office: on their own free
    slot if they have just that one, or else on a slot that is made for it and goes with it.

    It stays the same appointment. The old slot is free again, or goes with `withdraw`. Patient,
    new and old doctor are told. Locks both doctors, the slots, the appointment; writes all but the
    doctors, an AuditEvent and Notifications. Raises Overlap, SlotTaken, StaleState, TooLate,
    Forbidden, PortalError. Source: requirement B06.
    """
    try:
        with transaction.atomic():
            doctors = lock_doctors(appointment.doctor_id, to.pk)
            used = queries.free_slots_at(to, [appointment])
            slots = taking.lock_slots(appointment.slot_id, *used)
            appointment = taking.lock_appointment(appointment.pk)
            if appointment.slot_id not in slots:
                raise StaleState
            demand(by, "portal.transfer_appointment", appointment)
            old = slots[appointment.slot_id]
            return hand_over(appointment, old, to=doctors[to.pk], withdraw=withdraw, by=by)
    except IntegrityError as error:
        raise taking.refusal_of(error) from error


def hand_over(
    appointment: Appointment,
    old: Slot,
    *,
    to: Doctor,
    withdraw: bool = False,
    stays: bool = False,
    by: User,
) -> Appointment:
    """What `transfer` does once everything is locked, for use within a larger transaction.

    The caller holds, in this order, both doctors (lock_doctors), `old` and those slots that
    queries.transfers.free_slots_at(to, appointments) names (taking.lock_slots), and the appointment
    (taking.lock_appointment), and has demanded the permission. A slot that has to be made goes with
    its appointment, should it be cancelled, unless it `stays`. Raises as `transfer`.
    """
    if not appointment.can("transfer") or appointment.slot_id != old.pk:
        raise StaleState
    if appointment.has_started:
        raise TooLate(_("This appointment has already started."))
    _check_colleague(to, old.doctor)
    new = _place(old, to, is_extra=not stays)
    taking.take(new)
    return taking.move(appointment, old, new, by=by, verb="transfer", withdraw=withdraw)


def transfer_slot(slot: Slot, *, to: Doctor, by: User) -> Slot:
    """Hand a free slot to a colleague, with its note and audience: it goes from the one diary and
    stands in the other. Requests for it are declined.

    Locks both doctors and the slot; writes two slots, an AuditEvent and what requests need.
    Raises Overlap, StaleState, TooLate, Forbidden, PortalError. Source: requirement B06.
    """
    try:
        with transaction.atomic():
            doctors = lock_doctors(slot.doctor_id, to.pk)
            old = taking.lock_slots(slot.pk)[slot.pk]
            demand(by, "portal.change_slot", old)
            _check_colleague(doctors[to.pk], old.doctor)
            return _hand_over_free(old, doctors[to.pk], by=by)
    except IntegrityError as error:
        raise taking.refusal_of(error) from error


def transfer_day(
    doctor: Doctor,
    *,
    day: date,
    office: Office,
    to: Doctor,
    withdraw: bool = True,
    partly: bool = False,
    by: User,
) -> DayHanded:
    """Hand all that is ahead on `day` (a date at `office`) to a colleague, in one transaction.

    What the colleague cannot take stays as it is if `partly`; otherwise nothing is handed over.
    The doctor's booked times go too unless `withdraw` is false. Locks both doctors, the day's slots
    and the colleague's that are used, the appointments. Writes as `transfer` and `transfer_slot`.
    Raises Overlap, StaleState, Forbidden, PortalError. Source: requirement B06.
    """
    try:
        with transaction.atomic():
            doctors = lock_doctors(doctor.pk, to.pk)
            doctor, to = doctors[doctor.pk], doctors[to.pk]
            demand(by, "portal.change_slot", Slot(doctor=doctor, office=office))
            _check_colleague(to, doctor)
            slots = _lock_day(doctor, day, office, to)
            plan = queries.day_plan(doctor, day, office, to)
            if plan.left and not partly:
                raise Overlap(_("Some of these times cannot be handed over. Nothing has changed."))
            if not plan.possible:
                raise StaleState(_("There is nothing on that day that can be handed over."))
            handed = DayHanded(left=plan.left)
            for item in plan.possible:
                _hand_over_item(item, slots[item.slot], to, handed, withdraw=withdraw, by=by)
            return handed
    except IntegrityError as error:
        raise taking.refusal_of(error) from error


def lock_doctors(*ids: int) -> dict[int, Doctor]:
    """The doctors by id, locked in the order of their ids, with their users.

    The lock leaves the key alone, as that of a diary does. Raises Doctor.DoesNotExist.
    """
    rows = Doctor.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    return {pk: rows.get(pk=pk) for pk in sorted(set(ids))}


def _lock_day(doctor: Doctor, day: date, office: Office, to: Doctor) -> dict[int, Slot]:
    ahead = queries.slots_ahead(doctor, day, office)
    used = queries.free_slots_at(to, ahead)
    return taking.lock_slots(*(slot.pk for slot in ahead), *used)


def _hand_over_item(
    item: queries.Item, old: Slot, to: Doctor, handed: DayHanded, *, withdraw: bool, by: User
) -> None:
    if item.appointment is None:
        handed.slots.append(_hand_over_free(old, to, by=by))
        return
    appointment = taking.lock_appointment(item.appointment)
    handed.appointments.append(
        hand_over(appointment, old, to=to, withdraw=withdraw, stays=True, by=by)
    )


def _check_colleague(to: Doctor, doctor: Doctor) -> None:
    if to.pk == doctor.pk:
        raise PortalError(_("Choose another doctor than the one who has it now."), field="to")
    if not (to.is_bookable and to.user.is_active):
        raise PortalError(
            _("%(doctor)s takes no appointments at present.") % {"doctor": to.name}, field="to"
        )


def _place(old: Slot, to: Doctor, *, is_extra: bool) -> Slot:
    """The colleague's own free slot at just that time and office, or a new one, which is free."""
    own, obstacle = queries.place_for(to, old)
    if obstacle:
        raise _refusal(obstacle, to)
    return own or _made(old, to, is_extra=is_extra)


def _made(old: Slot, to: Doctor, *, is_extra: bool = False) -> Slot:
    return Slot.objects.create(
        doctor=to,
        office=old.office,
        starts_at=old.starts_at,
        ends_at=old.ends_at,
        audience=old.audience,
        released_at=old.released_at,
        note=old.note,
        is_extra=is_extra,
    )


def _hand_over_free(old: Slot, to: Doctor, *, by: User) -> Slot:
    if old.starts_at <= timezone.now():
        raise TooLate(_("That time has passed."))
    if old.state != SlotState.OPEN:
        raise StaleState(_("That time is not free any more."))
    own, obstacle = queries.place_for(to, old)
    if own:
        raise Overlap(_("%(doctor)s is free at that time already.") % {"doctor": to.name})
    if obstacle:
        raise _refusal(obstacle, to)
    Slot.objects.filter(pk=old.pk, state=SlotState.OPEN).update(state=SlotState.WITHDRAWN)
    if old.has_requests:
        taking.decline_requests(old, by=by)
    new = _made(old, to)
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
