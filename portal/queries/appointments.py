"""Lists of appointments, as light rows, and what was done to one (requirements B17, B23)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from portal.models import Appointment, AuditEvent, Doctor, Office, Patient, User
from portal.queries.grid import local_day
from portal.queries.pages import PAGE_SIZE, Page, page_of
from portal.queries.patients import plain_phone

TABS = ("upcoming", "past", "cancelled")
SOONEST = ("starts_at", "pk")
NEWEST = ("-starts_at", "-pk")


@dataclass(slots=True)
class AppointmentRow:
    """One line of a list, with all that a page prints. Fifty model instances cost far more."""

    pk: int
    starts: datetime  # in the office's zone
    ends: datetime
    state: str
    reference: str
    reason: str
    patient_id: int
    patient: str
    born: date | None
    phone: str  # E.164
    doctor_id: int
    doctor: str
    specialty: str
    office_id: int
    office: str
    time_zone: str


_COLUMNS = (
    "pk",
    "starts_at",
    "ends_at",
    "state",
    "reference",
    "reason",
    "patient_id",
    "patient__name",
    "patient__date_of_birth",
    plain_phone("patient__phone"),
    "doctor_id",
    "doctor__name",
    "doctor__specialty__name",
    "office_id",
    "office__name",
    "office__time_zone",
)


_PATIENTS = _COLUMNS.index("doctor_id")  # so many columns are about the appointment and patient


def with_people(appointments: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Adds what a page about one appointment prints. Costs no query of its own."""
    return appointments.select_related(
        "patient", "doctor", "doctor__user", "doctor__specialty", "office"
    )


def rows(found: QuerySet[Appointment], order: Iterable[str]) -> list[AppointmentRow]:
    """All of `found`: one query."""
    return [_row(*values) for values in found.order_by(*order).values_list(*_COLUMNS)]


def page_of_rows(
    found: QuerySet[Appointment], order: Iterable[str], page: int = 1
) -> Page[AppointmentRow]:
    """Page `page` (from 1) of `found`: one query.

    The ids are cut to the page inside it, so that a database which guesses wrong how many rows
    match still joins the names of these few only.
    """
    start = (page - 1) * PAGE_SIZE
    ids = found.order_by(*order).values("pk")[start : start + PAGE_SIZE + 1]
    return page_of(rows(Appointment.objects.filter(pk__in=ids), order), page)


def of_user(user: User, tab: str, page: int = 1) -> Page[AppointmentRow]:
    """The user's own appointments in one of TABS: one query."""
    return in_tab(Appointment.objects.visible_to(user), tab, page)


def of_patient(user: User, patient: Patient, tab: str, page: int = 1) -> Page[AppointmentRow]:
    """The patient's appointments that `user` may see, in one of TABS: one query."""
    return in_tab(Appointment.objects.visible_to(user).filter(patient=patient), tab, page)


def in_tab(found: QuerySet[Appointment], tab: str, page: int) -> Page[AppointmentRow]:
    now = timezone.now()
    if tab == "past":
        return page_of_rows(found.past().filter(starts_at__lt=now), NEWEST, page)
    if tab == "cancelled":
        return page_of_rows(found.cancelled(), NEWEST, page)
    return page_of_rows(found.upcoming(), SOONEST, page)


def doctors_day(doctor: Doctor, day: date, offices: list[Office]) -> list[AppointmentRow]:
    """A doctor's appointments on a date of the doctor's main office: one query.

    `offices` are all offices. What is the same for all rows, or known from them, is not asked for.
    """
    start, end = local_day(day, doctor.office.zone)
    by_id = {office.pk: (office.pk, office.name, office.time_zone) for office in offices}
    found = Appointment.objects.filter(
        doctor=doctor.pk, starts_at__gte=start, starts_at__lt=end
    ).order_by(*SOONEST)
    return [
        _row(*values, doctor.pk, doctor.name, "", *by_id[office])
        for *values, office in found.values_list(*_COLUMNS[:_PATIENTS], "office_id")
    ]


def history(appointment: Appointment) -> list[AuditEvent]:
    """What was done to an appointment, first things first: one query (requirement B23)."""
    events = AuditEvent.objects.filter(object_type="appointment", object_id=appointment.pk)
    return list(events.order_by("pk"))


def _row(pk, starts_at, ends_at, *values) -> AppointmentRow:
    zone = ZoneInfo(values[-1])
    return AppointmentRow(pk, starts_at.astimezone(zone), ends_at.astimezone(zone), *values)
