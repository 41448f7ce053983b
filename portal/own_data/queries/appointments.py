"""Appointments and requests with their history, series, and reviews."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.audit.queries.erased import shown_actor
from portal.enums import AppointmentState, CancelReason, Mode
from portal.models import Appointment, AuditEvent, Review, Series
from portal.own_data.queries.section import Owner, Record, Section, records

WITH = {
    "doctor": "doctor__name",
    "specialty": "doctor__specialty__name",
    "office": "office__name",
    "time_zone": "office__time_zone",
    "booked_by": "booked_by__name",
    "booked_by_role": "booked_by__role",
    "cancelled_by": "cancelled_by__name",
    "cancelled_by_role": "cancelled_by__role",
    "series": "series",
}
# What an event of the history tells beside its verb.
TOLD = ("starts_at", "was_starts_at", "doctor_name", "was_doctor", "by_link")


def _appointments(owner: Owner) -> list[Record]:
    """Whatever became of them: two queries."""
    found = Appointment.objects.filter(patient__in=owner.patients).order_by("starts_at", "pk")
    events = _history(owner)
    read = records(found, without=("form_token", "version"), also={"id": "pk"} | WITH)
    return [one | {"history": events[one.pop("id")]} for one in read]


def _history(owner: Owner) -> dict[int, list[Record]]:
    """By the appointment's id, oldest first: one query."""
    its = Appointment.objects.filter(patient__in=owner.patients).values("pk")
    events = AuditEvent.objects.filter(object_type="appointment", object_id__in=its)
    found: dict[int, list[Record]] = defaultdict(list)
    wanted = ("object_id", "at", "verb", shown_actor(), "actor_role", "changes")
    for pk, at, verb, name, role, changes in events.order_by("pk").values_list(*wanted):
        told = {key: _moment(changes[key]) for key in TOLD if key in changes}
        found[pk].append({"at": at, "what": verb, "by": name, "by_role": role, **told})
    return found


def _moment(told: Any) -> Any:
    """A time of the trail, which is ISO text, as a time; anything else as it is."""
    try:
        return datetime.fromisoformat(told)
    except (TypeError, ValueError):
        return told


def _series(owner: Owner) -> list[Record]:
    found = Series.objects.filter(patient__in=owner.patients).order_by("pk")
    also = {"id": "pk", "made_by": "made_by__name", "made_by_role": "made_by__role"}
    return records(found, also=also)


def _reviews(owner: Owner) -> list[Record]:
    found = Review.objects.filter(appointment__patient__in=owner.patients).order_by("pk")
    return records(found, also={"appointment": "appointment__reference", "doctor": "doctor__name"})


APPOINTMENTS = Section(
    name="appointments",
    title=_("Your appointments and requests"),
    read=_appointments,
    holds=("Appointment.patient", "Appointment.series", "AuditEvent.object_id"),
    heading=("starts_at", "doctor"),
    words={
        "state": AppointmentState.choices,
        "mode": Mode.choices,
        "cancel_reason": CancelReason.choices,
    },
)
SERIES = Section(
    name="series",
    title=_("Series of appointments"),
    read=_series,
    holds=("Series.patient",),
    columns=("id", "made_at", "every_days", "made_by"),
)
REVIEWS = Section(
    name="reviews",
    title=_("Your reviews"),
    read=_reviews,
    holds=("Review.appointment",),
    heading=("created_at", "doctor"),
)
