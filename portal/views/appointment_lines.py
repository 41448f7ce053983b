"""Rows of appointments and patients as their tables print them.

Everything is made here once a row, because filters, URLs and includes inside a template's loop
cost more than the database does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from phonenumber_field.phonenumber import PhoneNumber

from portal.enums import AppointmentState
from portal.models import ClinicSettings, User
from portal.queries.appointments import AppointmentRow
from portal.queries.patients import PatientRow
from portal.services import appointments
from portal.templatetags.clinic import zone_name

TAB_LABELS = (
    ("upcoming", _("Upcoming")),
    ("past", _("Past")),
    ("cancelled", _("Cancelled")),
)


@dataclass(frozen=True, slots=True)
class Line:
    pk: int
    url: str
    cancel_url: str  # empty where it cannot be cancelled by the reader now
    day: str
    time: str
    starts: datetime  # in the office's zone
    is_over: bool
    patient: str
    patient_url: str
    born: str
    phone: str
    doctor: str
    specialty: str
    office: str
    zone: str
    state: str
    label: str
    reason: str
    reference: str


@dataclass(frozen=True, slots=True)
class PatientLine:
    url: str
    book_url: str
    name: str
    born: str
    phone: str


def lines(
    rows: Iterable[AppointmentRow], *, user: User, settings: ClinicSettings, days: str = "D j M Y"
) -> list[Line]:
    """`days` is the format of the date. Everybody who sees an appointment may cancel it (B13)."""
    now = timezone.now()
    page, cancel = reverse("appointment", args=[0]), reverse("appointment-cancel", args=[0])
    patient_page = reverse("patient", args=[0])
    labels = {value: str(label) for value, label in AppointmentState.choices}
    written = lru_cache(lambda day: date_format(day, days))

    def may_cancel(row: AppointmentRow) -> bool:
        if row.state != AppointmentState.CONFIRMED or row.starts <= now:
            return False
        return user.is_staff or now <= appointments.cancel_until(row.starts, settings=settings)

    return [
        Line(
            pk=row.pk,
            url=page.replace("0", str(row.pk)),
            cancel_url=cancel.replace("0", str(row.pk)) if may_cancel(row) else "",
            day=written(row.starts.date()),
            time=f"{row.starts:%H:%M}",
            starts=row.starts,
            is_over=row.ends <= now,
            patient=row.patient,
            patient_url=patient_page.replace("0", str(row.patient_id)),
            born=birthday(row.born),
            phone=phone(row.phone),
            doctor=row.doctor,
            specialty=row.specialty,
            office=row.office,
            zone=zone_name(row),
            state=row.state,
            label=labels[row.state],
            reason=row.reason,
            reference=row.reference,
        )
        for row in rows
    ]


def by_day(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    return [(day, list(group)) for day, group in groupby(lines, key=lambda line: line.day)]


def ungrouped(lines: list[Line]) -> list[tuple[str, list[Line]]]:
    """Each line then says its own day."""
    return [("", lines)] if lines else []


def patient_lines(rows: Iterable[PatientRow]) -> list[PatientLine]:
    page, book = reverse("patient", args=[0]), reverse("slots")
    return [
        PatientLine(
            url=page.replace("0", str(row.pk)),
            book_url=f"{book}?patient={row.pk}",
            name=row.name,
            born=birthday(row.born),
            phone=phone(row.phone),
        )
        for row in rows
    ]


@lru_cache(maxsize=20_000)
def phone(number: str) -> str:
    """“+34 600 11 12 22”. Kept, because telling a country's grouping takes long."""
    return str(PhoneNumber.from_string(number)) if number else ""


def birthday(born: date | None) -> str:
    return date_format(born, "j M Y") if born else ""
