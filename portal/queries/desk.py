"""The front desk's day (requirement B17)."""

from datetime import date

from django.db.models import Q
from django.utils import timezone

from portal.models import Appointment, Doctor, Office, User, offices_of
from portal.queries.appointments import BY_DOCTOR, AppointmentRow, rows
from portal.queries.grid import local_day


def offices_run_by(user: User) -> list[Office]:
    """The offices whose day an assistant or admin sees: one query."""
    return list(Office.objects.filter(pk__in=offices_of(user)).order_by("name"))


def doctors_at(offices: list[Office]) -> list[tuple[int, str]]:
    """Id and name of every doctor of those offices: one query."""
    return list(
        Doctor.objects.filter(office__in=[office.pk for office in offices])
        .order_by("name", "pk")
        .values_list("pk", "name")
    )


def today_at(office: Office) -> date:
    return timezone.now().astimezone(office.zone).date()


def day_sheet(
    offices: list[Office], day: date | None, *, doctor: int | None = None
) -> list[AppointmentRow]:
    """Every appointment of one day, cancelled ones too, sorted by time: one query.

    `day` is a date of each office's own calendar; None means today, wherever each office is.
    """
    if not offices:
        return []
    found = Appointment.objects.filter(_on(day, offices))
    if doctor:
        found = found.filter(doctor=doctor)
    return rows(found, BY_DOCTOR)


def _on(day: date | None, offices: list[Office]) -> Q:
    """Each time zone has its own midnight. The outer bounds let one index answer for all zones."""
    spans: dict[tuple, list[int]] = {}
    for office in offices:
        spans.setdefault(local_day(day or today_at(office), office.zone), []).append(office.pk)
    first = min(start for start, _end in spans)
    last = max(end for _start, end in spans)
    condition = Q()
    for (start, end), ids in spans.items():
        condition |= Q(office__in=ids, starts_at__gte=start, starts_at__lt=end)
    return Q(starts_at__gte=first, starts_at__lt=last) & condition
