"""A series of appointments: booked completely or not at all, with one notification (requirement
B11)."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from portal.appointments.queries.message_facts import facts_of
from portal.appointments.services import appointments, holding, making, obstacles, same_form
from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import AppointmentState, CancelReason
from portal.errors import Forbidden, PortalError, SeriesBroken, StaleState
from portal.models import Appointment, ClinicSettings, Patient, Series, Slot, User, locks
from portal.notifications.services import notifications
from portal.permissions.authority import demand

FEWEST, MOST = 2, 20
EVERY = (7, 14, 21, 28)


def book_series(
    slot_ids: list[int],
    *,
    patient_id: int,
    by: User,
    every_days: int,
    reason: str = "",
    form_token: UUID | None = None,
) -> Series:
    """Book all these free slots of one doctor for a patient, or none of them; staff only.

    The patient and the doctor each get one notification. A `form_token` that the same user has sent
    before returns the series that it made. Locks the slots in the order of their ids, then the
    patient. Writes them, a Series, Appointments, AuditEvents, Notifications. Raises SeriesBroken,
    which names the slots that cannot be booked; PortalError, Forbidden; Slot.DoesNotExist,
    Patient.DoesNotExist. Source: requirement B11.
    """
    _check_form(slot_ids, every_days, by=by)

    def book() -> Series:
        slots = list(locks.slots(*slot_ids).values())
        for slot in slots:
            demand(by, "portal.book_slot", slot)
        if len({slot.doctor_id for slot in slots}) > 1:
            raise PortalError(_("A series is with one doctor."))
        patient = locks.patient(patient_id, by=by)
        demand(by, "portal.book_for_patient", patient)
        slots.sort(key=lambda slot: slot.starts_at)
        return _book(slots, patient, every_days, reason=reason, form_token=form_token, by=by)

    return same_form.once(book, earlier=lambda: _made_by_same_form(form_token, by))


@retried
def cancel_rest(
    series: Series, *, by: User, reason: str = "", comment: str = ""
) -> list[Appointment]:
    """Cancel all future appointments of a series, or none; staff only. Their slots become free.
    Patient and doctor each get one notification.

    Locks the slots in the order of their ids, then the appointments. Writes both, AuditEvents and
    Notifications. Raises StaleState if none is left or one has just changed, Forbidden, PortalError
    without a reason. Source: requirement B13.
    """
    if not by.is_staff:
        raise Forbidden
    if reason not in CancelReason.values and not comment.strip():
        raise PortalError(_("Choose a reason, or say in your own words why."), field="reason")
    with transaction.atomic():
        seen = dict(_ahead(series).values_list("pk", "slot_id"))
        slots = locks.slots(*seen.values())
        held = locks.appointments(seen, of=slots)
        for one in held:
            demand(by, "portal.cancel_appointment", one)
        if not held or len(held) < len(seen) or not all(one.can("cancel") for one in held):
            raise StaleState
        held.sort(key=lambda one: one.starts_at)
        comment = comment.strip()
        for one in held:
            appointments.cancel_held(
                one, slots[one.slot_id], by=by, tell=False, reason=reason, comment=comment
            )
        _tell("series_cancelled", held, by=by, has_message=bool(comment))
        return held


def _check_form(slot_ids: list[int], every_days: int, *, by: User) -> None:
    if not by.is_staff:
        raise Forbidden
    if not FEWEST <= len(set(slot_ids)) <= MOST:
        raise PortalError(_("Choose between 2 and 20 times."))
    if every_days not in EVERY:
        raise PortalError(_("Choose every one to four weeks."), field="every_weeks")


def _book(
    slots: list[Slot],
    patient: Patient,
    every_days: int,
    *,
    by: User,
    form_token: UUID | None,
    reason: str,
) -> Series:
    """All slots and the patient are locked. Two queries per slot to check and take it."""
    settings = ClinicSettings.current()
    lost: dict[int, StrOrPromise] = {}
    for slot in slots:
        try:
            obstacles.check_bookable(slot, by=by, settings=settings)
            obstacles.check_patient_is_free(patient, slot, by=by, settings=settings)
            holding.take_open(slot)
        except PortalError as error:
            lost[slot.pk] = error.message
    if lost:
        raise SeriesBroken(lost)
    series = Series.objects.create(patient=patient, every_days=every_days, made_by=by)
    made = [
        making.make_confirmed(
            slot,
            patient=patient,
            by=by,
            reason=reason,
            form_token=form_token if slot == slots[0] else None,
            series=series,
            tell=False,
        )
        for slot in slots
    ]
    starts = [one.starts_at.isoformat() for one in made]
    audit.record("book_series", series, by=by, patient=patient, starts_at=starts)
    _tell("series_booked", made, by=by)
    return series


def _tell(event: str, made: list[Appointment], *, by: User, **facts: Any) -> None:
    """One notification for each recipient, about the first appointment and all others."""
    first, *more = made
    others = [facts_of(one) | {"appointment": one.pk} for one in more]
    notifications.tell(event, about=first, by=by, appointment=first.pk, others=others, **facts)


def _ahead(series: Series) -> QuerySet[Appointment]:
    return series.appointments.filter(
        state=AppointmentState.CONFIRMED, starts_at__gt=timezone.now()
    ).order_by()


def _made_by_same_form(form_token: UUID | None, by: User) -> Series | None:
    if form_token is None:
        return None
    return Series.objects.filter(appointments__form_token=form_token, made_by=by).first()
