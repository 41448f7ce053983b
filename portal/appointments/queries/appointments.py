"""Lists of appointments as small row objects, and an appointment's history (requirements B17,
B23)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.utils import timezone

from portal.audit.queries.erased import masked
from portal.clock.grid import local_day
from portal.database.phones import plain_phone
from portal.database.written import seconds, utc
from portal.models import Appointment, AuditEvent, Doctor, Office, Patient, User
from portal.models.appointment import AppointmentQuerySet
from portal.web.pages import PAGE_SIZE, Page, page_of

TABS = ("upcoming", "past", "cancelled")


@dataclass(frozen=True)
class Order:
    """One sort order in two forms: for the query of the page, and for _NAMED."""

    fields: tuple[str, ...]
    sql: str


class AppointmentRow(NamedTuple):
    """One row of a list, with everything that a page prints. Fifty model instances take far
    longer."""

    pk: int
    starts: datetime  # in the office's zone
    ends: datetime
    state: str
    reference: str
    reason: str
    mode: str  # in person or by video
    arrived_at: datetime | None  # UTC, as is in_room_at
    in_room_at: datetime | None
    patient_id: int
    patient: str
    born: date | None
    born_about: int | None  # the year, if the date is not known
    phone: str  # E.164
    doctor_id: int
    doctor: str
    specialty: str
    office_id: int
    office: str
    time_zone: str


# What the page's own query reads of the appointments …
_OWN = (
    "id",
    "starts_at",
    "ends_at",
    "state",
    "reference",
    "reason",
    "mode",
    "arrived_at",
    "in_room_at",
    "patient_id",
    "doctor_id",
    "office_id",
)
# … and the names that are joined to these few rows, in the order of AppointmentRow.
_NAMED = """
    SELECT page.id, {starts}, {ends}, page.state, page.reference, page.reason,
           page.mode, page.arrived_at, page.in_room_at,
           page.patient_id, patient.name, patient.date_of_birth,
           patient.birth_year_about, patient.phone,
           page.doctor_id, doctor.name, specialty.name, page.office_id, office.name,
           office.time_zone
    FROM ({page}) page
    JOIN portal_patient patient ON patient.id = page.patient_id
    JOIN portal_doctor doctor ON doctor.id = page.doctor_id
    JOIN portal_specialty specialty ON specialty.id = doctor.specialty_id
    JOIN portal_office office ON office.id = page.office_id
    ORDER BY {order}"""

# What differs between the appointments of one doctor on one day.
_OF_DAY: tuple[str | Combinable, ...] = (
    *_OWN[: _OWN.index("doctor_id")],
    "patient__name",
    "patient__date_of_birth",
    "patient__birth_year_about",
    plain_phone("patient__phone"),
    "office_id",
)

SOONEST = Order(("starts_at", "pk"), "page.starts_at, page.id")
NEWEST = Order(("-starts_at", "-pk"), "page.starts_at DESC, page.id DESC")
BY_DOCTOR = Order(
    ("starts_at", "doctor__search_name", "pk"), "page.starts_at, doctor.search_name, page.id"
)


def with_people(appointments: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Selects the people that a page about one appointment prints. No extra query."""
    return appointments.select_related(
        "patient", "patient__user", "doctor", "doctor__user", "doctor__specialty", "office"
    )


def rows(found: QuerySet[Appointment], order: Order, *, cut: slice | None = None) -> list:
    """All of `found`, or the slice `cut` of it, as AppointmentRows: one query.

    Only the rows of this slice are joined to the names, whatever number of matches the database
    estimates; see docs/decisions/written-out-sql.md.
    """
    part = found.order_by(*order.fields).values_list(*_OWN)
    try:
        sql, parameters = (part[cut] if cut else part).query.sql_with_params()
    except EmptyResultSet:  # Django sees from the conditions alone that nothing can match
        return []
    with connection.cursor() as cursor:
        starts, ends = seconds("page.starts_at"), seconds("page.ends_at")
        named = _NAMED.format(page=sql, order=order.sql, starts=starts, ends=ends)
        cursor.execute(named, parameters)
        return [_row(values, datetime.fromtimestamp) for values in cursor.fetchall()]


def page_of_rows(found: QuerySet[Appointment], order: Order, page: int = 1) -> Page[AppointmentRow]:
    """Page `page` (from 1) of `found`: one query."""
    start = (page - 1) * PAGE_SIZE
    return page_of(rows(found, order, cut=slice(start, start + PAGE_SIZE + 1)), page)


def of_user(user: User, tab: str, page: int = 1) -> Page[AppointmentRow]:
    """The user's own appointments in one of TABS: one query."""
    return in_tab(Appointment.objects.visible_to(user), tab, page)


def of_patient(user: User, patient: Patient, tab: str, page: int = 1) -> Page[AppointmentRow]:
    """The patient's appointments that `user` may see, in one of TABS: one query."""
    return in_tab(Appointment.objects.visible_to(user).filter(patient=patient), tab, page)


def in_tab(found: AppointmentQuerySet, tab: str, page: int) -> Page[AppointmentRow]:
    """Those of `found` in one of TABS: one query."""
    now = timezone.now()
    if tab == "past":
        return page_of_rows(found.past().filter(starts_at__lt=now), NEWEST, page)
    if tab == "cancelled":
        return page_of_rows(found.cancelled(), NEWEST, page)
    return page_of_rows(found.upcoming(), SOONEST, page)


def doctors_day(doctor: Doctor, day: date, offices: list[Office]) -> list[AppointmentRow]:
    """A doctor's appointments on a date of the doctor's main office: one query.

    `offices` are all offices. Values that are known from them, or equal in all rows, are not read
    again.
    """
    start, end = local_day(day, doctor.office.zone)
    by_id = {office.pk: (office.pk, office.name, office.time_zone) for office in offices}
    found = Appointment.objects.filter(
        doctor=doctor.pk, starts_at__gte=start, starts_at__lt=end
    ).order_by(*SOONEST.fields)
    return [
        _row((*values, doctor.pk, doctor.name, "", *by_id[office]), _local)
        for *values, office in found.values_list(*_OF_DAY)
    ]


def history(appointment: Appointment) -> list[AuditEvent]:
    """What was done to an appointment, oldest first, as it may be shown: three queries (requirement
    B23)."""
    events = AuditEvent.objects.filter(object_type="appointment", object_id=appointment.pk)
    return masked(events.order_by("pk"))


def _row(values: Sequence[Any], at: Callable[[Any, ZoneInfo], datetime]) -> AppointmentRow:
    """`at` puts the start and the end, as this query gives them, on the clock of the office."""
    pk, starts, ends, state, reference, reason, mode, arrived, in_room, *others = values
    zone = ZoneInfo(values[-1])
    told = state, reference, reason, mode
    return AppointmentRow(
        pk, at(starts, zone), at(ends, zone), *told, utc(arrived), utc(in_room), *others
    )


def _local(moment: Any, zone: ZoneInfo) -> datetime:
    return utc(moment).astimezone(zone)
