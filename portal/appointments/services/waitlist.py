"""Joining and leaving the waiting list (requirements B15, B20)."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appointments.queries.waits import met, too_late
from portal.appointments.services import obstacles, offering, wait_endings
from portal.audit.services import audit
from portal.clock.today import today_at, today_of_clinic
from portal.database.transactions import retried
from portal.enums import OfferState, PartOfDay, SlotState, WaitState
from portal.errors import Forbidden, LimitReached, PortalError, StaleState, TooLate
from portal.models import (
    HOLDING,
    Appointment,
    Doctor,
    Office,
    Patient,
    Slot,
    Specialty,
    User,
    Wait,
    locks,
)
from portal.models.lengths import longest
from portal.permissions.authority import demand
from portal.slots.services import closures

MOST = 10  # open entries that a patient may have
_ROWS = (Slot, Appointment, Doctor, Specialty, Office)


@dataclass(frozen=True)
class Wish:
    """What the patient waits for; empty values mean "any". Days are dates of the slot's office,
    both included; `parts` are PartOfDay values."""

    doctor: Doctor | None = None
    specialty: Specialty | None = None
    office: Office | None = None
    first_day: date | None = None
    last_day: date | None = None
    parts: tuple[str, ...] = ()

    def as_wait(self, patient: Patient, appointment: Appointment | None = None) -> Wait:
        """An entry that is not saved, to ask which times fit it."""
        return Wait(
            patient=patient,
            appointment=appointment,
            doctor=self.doctor,
            specialty=None if self.doctor else self.specialty,
            office=self.office,
            first_day=self.first_day,
            last_day=self.last_day,
            parts=_parts(self.parts),
        )


@retried
def join(patient: Patient, *, wish: Wish, reason: str = "", by: User) -> Wait:
    """Make an entry for any time with a doctor, in a specialty or at an office.

    If the same entry exists, it is returned. Locks the patient. Writes a Wait and an AuditEvent.
    Staff make entries for times that they could book: doctors for themselves, assistants at their
    offices. Raises PortalError, LimitReached, Forbidden. Source: requirement B15.
    """
    if not (wish.doctor or wish.specialty or wish.office):
        raise PortalError(_("Choose a doctor, a specialty or an office."))
    if wish.doctor and wish.doctor.on_request:
        raise PortalError(_asks_first(wish.doctor), field="doctor")
    if wish.doctor and not wish.doctor.is_bookable:
        raise PortalError(_gone(wish.doctor), field="doctor")
    _check_reach(wish, by=by)
    _check_days(wish)
    values = {
        "doctor": wish.doctor,
        "specialty": None if wish.doctor else wish.specialty,
        "office": wish.office,
        "first_day": wish.first_day,
        "last_day": wish.last_day,
        "parts": _parts(wish.parts),
    }
    with transaction.atomic():
        patient = _lock(patient, by=by)
        same = {**values, "slot": None, "appointment": None}
        return _made(patient, same, reason=reason, by=by)


@retried
def join_for_slot(
    patient: Patient,
    *,
    slot: Slot,
    appointment: Appointment | None = None,
    reason: str = "",
    by: User,
) -> Wait:
    """Make an entry for one slot that is taken. If the same entry exists, it is returned.

    `appointment`, if given, is the patient's appointment that is to move there. Locks the slot,
    then the patient, then the appointment. Writes a Wait and an AuditEvent. Raises StaleState if
    the slot is free or withdrawn by now, TooLate, PortalError, LimitReached, Forbidden. Source:
    B15.
    """
    with transaction.atomic():
        slot = locks.slot(slot.pk)
        demand(by, "portal.book_slot", slot)
        patient = _lock(patient, by=by)
        if slot.starts_at <= timezone.now():
            raise TooLate(_("That time has passed."))
        if slot.state == SlotState.OPEN:
            raise StaleState(_("That time is free again: book it now."))
        if slot.state == SlotState.WITHDRAWN or slot.released_at is None or slot.is_extra:
            raise StaleState(_("That time will not be free for booking online."))
        closures.check_slot(slot)
        if slot.doctor.on_request:
            raise PortalError(_asks_first(slot.doctor))
        if slot.appointments.filter(patient=patient, state__in=HOLDING).exists():
            raise PortalError(_("That time is booked for this patient already."))
        if not Slot.objects.visible_to(by).filter(pk=slot.pk).exists():
            raise Forbidden
        if appointment:
            _check_movable(locks.appointment(appointment.pk), patient, by=by)
        values = {"slot": slot, "appointment": appointment}
        return _made(patient, values, reason=reason, by=by)


@retried
def join_for_earlier(
    appointment: Appointment,
    *,
    by: User,
    parts: tuple[str, ...] = (),
    first_day: date | None = None,
) -> Wait:
    """Make an entry for an earlier time with the same doctor at the same office, to which this
    appointment then moves. If the same entry exists, it is returned.

    Locks the patient, then the appointment. Writes a Wait and an AuditEvent. Raises StaleState,
    PortalError, LimitReached, Forbidden. Source: requirement B20.
    """
    with transaction.atomic():
        patient = _lock(appointment.patient, by=by)
        appointment = locks.appointment(appointment.pk)
        _check_movable(appointment, patient, by=by)
        if appointment.doctor.on_request:
            raise PortalError(_asks_first(appointment.doctor))
        known = Wait.objects.waiting().filter(appointment=appointment, slot=None).first()
        if known:
            return known
        values = {
            "appointment": appointment,
            "office": appointment.office,
            "first_day": first_day,
            "parts": _parts(parts),
        }
        return _made(patient, values, reason="", by=by)


@retried
def leave(wait: Wait, *, by: User) -> Wait:
    """Close an entry. If it has an open offer, the next entry gets the offer.

    Locks the slot on offer, the wait and the offer. Writes them and AuditEvents. Raises StaleState
    if the entry is closed already, Forbidden. Source: requirement B15.
    """
    offered = wait.offers.open().first()
    with transaction.atomic():
        slot = locks.slot(offered.slot_id) if offered else None
        demand(by, "portal.book_for_patient", wait.patient)
        if not Wait.objects.visible_to(by).filter(pk=wait.pk).exists():
            raise Forbidden
        if not offering.close_wait(wait, WaitState.LEFT, by=by):
            raise StaleState(_("This wait has ended already."))
        if offered and slot:
            offer = locks.offer(offered.pk)
            if offer.state == OfferState.OPEN:
                offering.end(offer, slot=slot, state=OfferState.DECLINED, by=by)
    return wait


def tidy(*, by: User | None) -> int:
    """The periodic job: close entries that no time can fit any more, entries whose patient has
    booked what they waited for, and those for doctors whose approval is withdrawn; the patients of
    the latter are told. Conditional updates. Returns how many were closed."""
    left_over = wait_endings.end_left_over(by=by)
    ended = [(wait, WaitState.EXPIRED) for wait in too_late()]
    ended += [(wait, WaitState.SERVED) for wait in met()]
    return left_over + sum(_closed(wait, state, by=by) for wait, state in ended)


@retried
def _closed(wait: Wait, state: WaitState, *, by: User | None) -> bool:
    with transaction.atomic():
        return offering.close_wait(wait, state, by=by)


def _lock(patient: Patient, *, by: User) -> Patient:
    demand(by, "portal.book_for_patient", patient)
    return locks.patient(patient.pk, by=by)


def _check_movable(appointment: Appointment, patient: Patient, *, by: User) -> None:
    demand(by, "portal.reschedule_appointment", appointment)
    if appointment.patient_id != patient.pk:
        raise Forbidden
    if not appointment.can("reschedule") or appointment.has_started:
        raise StaleState


def _made(patient: Patient, values: dict, *, reason: str, by: User) -> Wait:
    obstacles.check_lives(patient)
    obstacles.check_stays(patient, by=by)
    waiting = Wait.objects.waiting().filter(patient=patient)
    if same := waiting.filter(**values).first():
        return same
    if values.get("appointment") and waiting.filter(appointment=values["appointment"]).exists():
        raise PortalError(_("This appointment waits for another time already. Leave that first."))
    if waiting.count() >= MOST:
        raise LimitReached(
            _("There can be %(most)s waits at once. Please leave one first.") % {"most": MOST}
        )
    most = longest(Wait, "reason")
    if len(reason) > most:
        raise PortalError(
            _("The reason is too long: at most %(most)s characters.") % {"most": most},
            field="reason",
        )
    wait = Wait.objects.create(patient=patient, reason=reason, made_by=by, **values)
    what = {name: value.pk for name, value in values.items() if isinstance(value, _ROWS)}
    audit.record("wait", wait, by=by, patient=patient, **what)
    return wait


def _check_reach(wish: Wish, *, by: User) -> None:
    if by.is_doctor and (wish.doctor is None or wish.doctor.user_id != by.pk):
        raise Forbidden
    if by.is_assistant and (office := wish.office or (wish.doctor and wish.doctor.office)):
        demand(by, "portal.run_office", office)


def _check_days(wish: Wish) -> None:
    if wish.first_day and wish.last_day and wish.last_day < wish.first_day:
        raise PortalError(_("The last day is before the first."), field="last_day")
    office = wish.office or (wish.doctor and wish.doctor.office)
    today = today_at(office) if office else today_of_clinic()
    if wish.last_day and wish.last_day < today:
        raise PortalError(_("That day has passed."), field="last_day")


def _parts(parts: tuple[str, ...]) -> str:
    """All parts of the day mean the same as none."""
    chosen = [part.value for part in PartOfDay if part in parts]
    return "" if len(chosen) == len(PartOfDay) else ",".join(chosen)


def _gone(doctor: Doctor) -> str:
    return _("%(doctor)s sees no patients here at present.") % {"doctor": doctor.name}


def _asks_first(doctor: Doctor) -> str:
    return _("%(doctor)s answers each request. Please request a free time instead.") % {
        "doctor": doctor.name
    }
