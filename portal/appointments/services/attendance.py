"""The patient's answer to a reminder, without signing in (requirement D02)."""

from datetime import UTC, datetime

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import base36_to_int, int_to_base36

from portal.audit.services import audit
from portal.enums import AppointmentState
from portal.errors import StaleState, TooLate
from portal.models import Appointment, Notification, User

COMING = (AppointmentState.CONFIRMED, AppointmentState.ARRIVED)  # a request is not certain

# Short, because it goes into SMS: `17-tz8k00_18-tz8xw0.<signature>`, an id and a start each.
_signer = Signer(salt="portal.attendance", sep=".")


def answer_url(notification: Notification) -> str:
    """Where the patient says whether they come to what this reminder is of.

    Whoever has it may say so, so it says nothing of the patient and is of no use from the start on.
    """
    facts = notification.facts
    return settings.ORIGIN + reverse("attendance", args=[_token([facts, *facts.get("others", [])])])


def named_in(token: str) -> list[tuple[int, datetime]]:
    """The ids of appointments, and the starts (UTC) of which the reminder spoke.

    None if the token is not one of ours.
    """
    try:
        pairs = [pair.split("-") for pair in _signer.unsign(token).split("_")]
    except BadSignature:
        return []
    return [
        (base36_to_int(pk), datetime.fromtimestamp(base36_to_int(start), UTC))
        for pk, start in pairs
    ]


def confirm(appointment: Appointment, *, by: User | None = None) -> Appointment:
    """Note that the patient is coming; done again, it changes nothing.

    `by` is None for whoever has the link of a reminder. Locks the appointment; writes it and an
    AuditEvent. Raises StaleState if it is not confirmed or was moved since `appointment` was read,
    TooLate if it has started.
    """
    with transaction.atomic():
        found = Appointment.objects.select_for_update(of=("self",)).select_related("patient")
        fresh = found.get(pk=appointment.pk)
        if fresh.state not in COMING or fresh.starts_at != appointment.starts_at:
            raise StaleState
        if fresh.has_started:
            raise TooLate
        if fresh.coming_at is None:
            fresh.coming_at = timezone.now()
            fresh.save(update_fields=["coming_at"])
            audit.record("coming", fresh, by=by, patient=fresh.patient, by_link=by is None)
    return fresh


def _token(facts: list[dict]) -> str:
    pairs = []
    for one in facts:
        start = int(datetime.fromisoformat(one["starts_at"]).timestamp())
        pairs.append(f"{int_to_base36(one['appointment'])}-{int_to_base36(start)}")
    return _signer.sign("_".join(pairs))
