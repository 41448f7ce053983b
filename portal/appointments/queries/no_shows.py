"""How often patients missed appointments, for the staff who book for them (requirement B14)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from portal.enums import AppointmentState
from portal.models import Appointment

LOOKS_BACK = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Attendance:
    """`due` appointments were completed or missed; `missed` of them were missed."""

    missed: int
    due: int


def no_shows(patient_ids: Iterable[int]) -> dict[int, int]:
    """The number of missed appointments in the last twelve months, by patient id.

    Patients who missed none are left out. All offices and doctors count. One query; none without
    patients.
    """
    ids = set(patient_ids)
    if not ids:
        return {}
    missed = _lately(ids).filter(state=AppointmentState.NO_SHOW)
    counted = missed.order_by().values("patient").annotate(count=Count("pk"))
    return dict(counted.values_list("patient", "count"))


def attendance(patient_id: int) -> Attendance:
    """The same for one patient, with the number of all appointments: one query."""
    ended = _lately([patient_id]).order_by()
    counts = ended.aggregate(
        missed=Count("pk", filter=Q(state=AppointmentState.NO_SHOW)),
        due=Count("pk", filter=Q(state__in=(AppointmentState.NO_SHOW, AppointmentState.COMPLETED))),
    )
    return Attendance(**counts)


def _lately(patient_ids: Iterable[int]) -> QuerySet[Appointment]:
    now = timezone.now()
    return Appointment.objects.filter(
        patient__in=patient_ids, starts_at__gt=now - LOOKS_BACK, starts_at__lte=now
    )
