"""A patient's answer to a reminder, without signing in (requirement D02)."""

from datetime import UTC, datetime

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import gettext as _

from portal.appointments.services import appointments
from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import AppointmentState
from portal.errors import StaleState, TooLate
from portal.models import Appointment, ClinicSettings, Notification, User, locks

COMING = (AppointmentState.CONFIRMED, AppointmentState.ARRIVED)  # a request is not certain

# Short, because it goes into SMS: `17-tz8k00_18-tz8xw0.<signature>`, an id and a start each.
_signer = Signer(salt="portal.attendance", sep=".")


def answer_url(notification: Notification) -> str:
    """The URL at which the patient answers the reminder of these appointments.

    Anybody who has the URL can answer, so it contains nothing about the patient and expires at the
    start.
    """
    facts = notification.facts
    return settings.ORIGIN + reverse("attendance", args=[_token([facts, *facts.get("others", [])])])


def named_in(token: str) -> list[tuple[int, datetime]]:
    """The ids of the appointments and the starts (UTC) that the reminder named.

    None if the token is not valid.
    """
    try:
        pairs = [pair.split("-") for pair in _signer.unsign(token).split("_")]
    except BadSignature:
        return []
    return [
        (base36_to_int(pk), datetime.fromtimestamp(base36_to_int(start), UTC))
        for pk, start in pairs
    ]


@retried
def confirm(appointment: Appointment, *, by: User | None = None) -> Appointment:
    """Mark that the patient will come; a second call changes nothing.

    `by` is None for a person who uses the link of a reminder. Locks the appointment; writes it and
    an AuditEvent. Raises StaleState if it is not confirmed or was moved since `appointment` was
    read, TooLate if it has started.
    """
    with transaction.atomic():
        fresh = locks.appointment(appointment.pk)
        if fresh.state not in COMING or fresh.starts_at != appointment.starts_at:
            raise StaleState
        if fresh.has_started:
            raise TooLate
        if fresh.coming_at is None:
            fresh.coming_at = timezone.now()
            fresh.save(update_fields=["coming_at"])
            audit.record("coming", fresh, by=by, patient=fresh.patient, by_link=by is None)
    return fresh


@retried
def cancel(appointment: Appointment, *, by: User | None = None) -> Appointment:
    """Cancel an appointment whose patient cannot come, until the cut-off; no reason is needed.

    `by` is None for a person who uses the link of a reminder. The slot becomes free at once, and
    patient and doctor are notified. Locks the slot, then the appointment; writes both, an
    AuditEvent and Notifications. Raises StaleState if it is not confirmed or was moved since
    `appointment` was read, TooLate after the cut-off. Source: requirements B13, D02.
    """
    with transaction.atomic():
        slot = locks.slot(appointment.slot_id)
        fresh = locks.appointment(appointment.pk)
        is_same = fresh.slot_id == slot.pk and fresh.starts_at == appointment.starts_at
        if fresh.state != AppointmentState.CONFIRMED or not is_same:
            raise StaleState
        until = appointments.cancel_until(fresh.starts_at, settings=ClinicSettings.current())
        if timezone.now() > until or fresh.has_started:
            raise TooLate(_("It is too late to cancel online. Please call the office."))
        return appointments.cancel_held(fresh, slot, by=by, by_link=by is None)


def _token(facts: list[dict]) -> str:
    pairs = []
    for one in facts:
        start = int(datetime.fromisoformat(one["starts_at"]).timestamp())
        pairs.append(f"{int_to_base36(one['appointment'])}-{int_to_base36(start)}")
    return _signer.sign("_".join(pairs))
