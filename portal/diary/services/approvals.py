"""Withdrawing a doctor's approval: saved only if every coming appointment is settled, as for a time
off (requirement A02)."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.appointments.services import declining, obstacles, offering, wait_endings
from portal.database.transactions import retried
from portal.diary.queries.time_off import all_ahead
from portal.diary.services import time_off
from portal.diary.services.time_off import Choice
from portal.enums import SlotState
from portal.errors import PortalError
from portal.models import Appointment, Doctor, Slot, TimeOff, User, locks
from portal.notifications.services import notifications
from portal.people.services import approvals
from portal.permissions.authority import demand


@retried
def withdraw(doctor: Doctor, *, choices: Mapping[int, Choice], reason: str, by: User) -> Doctor:
    """Withdraw the approval: nobody finds or books the doctor any more, who reads `reason`.

    `choices` by appointment, as in `time_off.take_time_off`, but nothing can be moved to another
    time of the doctor. All in one transaction: each coming appointment is handed over or cancelled,
    requests are declined, offers become void; entries of the waiting list for this doctor end, and
    their patients are told. Free slots stay: they are for nobody until the
    approval is given back. Locks the doctor and the colleagues, the slots, the appointments; writes
    all but the colleagues, AuditEvents and Notifications. Raises Unsettled, StaleState, Overlap,
    PortalError, Forbidden. Source: requirement A02.
    """
    stretch = all_ahead()
    to = {choice.doctor for choice in choices.values() if choice.doctor}
    try:
        with transaction.atomic():
            doctors = locks.doctors(doctor.pk, *to)
            doctor = doctors[doctor.pk]
            demand(by, "portal.approve_doctors", None)
            # Before the slots are read: a slot of this doctor is then offered to nobody.
            approvals.decide(doctor, "withdraw_approval", note=reason, by=by)
            slots = time_off._lock_slots(doctor, *stretch, choices, doctors)
            held = time_off._lock_appointments(doctor, *stretch, choices, slots)
            _check(held, choices, slots, by=by)
            _close(doctor, slots, by=by)
            for one in held:
                choice = choices[one.pk]
                if choice.verb in ("cancel", "transfer"):
                    away = TimeOff(doctor=doctor, starts_at=stretch[0], ends_at=stretch[1])
                    time_off._settle(one, choice, slots, doctors, away, by=by)
            wait_endings.end_all_of(doctor, by=by)
            note = doctor.decision_note
            notifications.tell("doctor_withdrawn", about=doctor, by=by, note=note)
    except IntegrityError as error:
        raise obstacles.refusal_of(error) from error
    return doctor


def _check(
    held: list[Appointment],
    choices: Mapping[int, Choice],
    slots: Mapping[int, Slot],
    *,
    by: User,
) -> None:
    time_off._check_settled(held, choices, slots)
    for one in held:
        verb = choices[one.pk].verb
        if verb == "reschedule":
            text = _("Hand it over or cancel it: the doctor has no times any more.")
            raise PortalError(text, field=f"choice-{one.pk}")
        demand(by, time_off.PERMISSIONS[verb], one)


def _close(doctor: Doctor, slots: Mapping[int, Slot], *, by: User) -> None:
    """Requests are declined, and offers withdrawn."""
    own = [slot for slot in slots.values() if slot.doctor_id == doctor.pk]
    offering.void_all([slot for slot in own if slot.state == SlotState.OFFERED], by=by)
    for slot in own:
        if slot.has_requests:
            declining.decline_requests(slot, by=by)
