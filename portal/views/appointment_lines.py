"""Rows of appointments and patients as their tables print them.

Everything is made here once a row, because filters, URLs and includes inside a template's loop
cost more than the database does.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from html import escape
from itertools import groupby

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.phonenumber import PhoneNumber

from portal.enums import AppointmentState
from portal.models import ClinicSettings, User
from portal.queries import requests
from portal.queries.appointments import AppointmentRow
from portal.queries.patients import PatientRow
from portal.services import appointments
from portal.templatetags.clinic import zone_name
from portal.views.presence_buttons import buttons, waiting

TAB_LABELS = (
    ("upcoming", _("Upcoming")),
    ("past", _("Past")),
    ("cancelled", _("Cancelled")),
)


CANCEL_LINK = '<a class="btn btn-secondary btn-sm" href="{url}" aria-label="{name}">{text}</a>'


@dataclass(slots=True)
class Line:
    pk: int
    url: str
    cancel: str  # a link, or empty where the reader cannot cancel it now
    marks: str  # buttons for the day of the appointment
    waiting: str
    due: str  # by when a request is answered
    day: str
    time: str
    starts: datetime  # in the office's zone
    css: str
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


@dataclass(slots=True)
class PatientLine:
    url: str
    book_url: str
    name: str
    born: str
    phone: str


def lines(
    rows: list[AppointmentRow],
    *,
    user: User,
    settings: ClinicSettings,
    days: str = "D j M Y",
    with_cancel: bool = True,
    with_marks: bool = False,
) -> list[Line]:
    """`days` is the format of the date. Everybody who sees an appointment may cancel it (B13)."""
    now, language = timezone.now(), get_language()
    page, patient_page = reverse("appointment", args=[0]), reverse("patient", args=[0])
    labels = {value: str(label) for value, label in AppointmentState.choices}

    marks = buttons(now) if with_marks else lambda _row: ""
    zones = {name: zone_name(row) for name, row in {row.time_zone: row for row in rows}.items()}
    due = requests.answers_due([row.pk for row in rows if row.state == AppointmentState.REQUESTED])
    cancel_link = _cancel_links(user, settings, days) if with_cancel else lambda _row: ""

    return [
        Line(
            pk=row.pk,
            url=page.replace("0", str(row.pk)),
            cancel=cancel_link(row),
            marks=marks(row),
            waiting=waiting(row, now) if row.state == AppointmentState.ARRIVED else "",
            due=_due(row, due[row.pk], language) if row.pk in due else "",
            day=_written(row.starts.date(), days, language),
            time=f"{row.starts:%H:%M}",
            starts=row.starts,
            css="is-past" if row.ends <= now else "",
            patient=row.patient,
            patient_url=patient_page.replace("0", str(row.patient_id)),
            born=birthday(row.born),
            phone=phone(row.phone),
            doctor=row.doctor,
            specialty=row.specialty,
            office=row.office,
            zone=zones[row.time_zone],
            state=row.state,
            label=labels[row.state],
            reason=row.reason,
            reference=row.reference,
        )
        for row in rows
    ]


def _cancel_links(
    user: User, settings: ClinicSettings, days: str
) -> Callable[[AppointmentRow], str]:
    """Makes the link of one row: to cancel, for a request to take it back or to answer it."""
    now, language = timezone.now(), get_language()
    page, cancel = reverse("appointment", args=[0]), reverse("appointment-cancel", args=[0])
    until = partial(appointments.cancel_until, settings=settings)
    for_confirmed = cancel, gettext("Cancel")
    for_request = (page, gettext("Answer")) if user.is_staff else (cancel, gettext("Take back"))

    def link_of(row: AppointmentRow) -> str:
        is_request = row.state == AppointmentState.REQUESTED
        if row.starts <= now or not (is_request or row.state == AppointmentState.CONFIRMED):
            return ""
        ends = row.starts if is_request or user.is_staff else until(row.starts)
        if now > ends:
            return ""
        path, word = for_request if is_request else for_confirmed
        whose = row.patient if user.is_staff else row.doctor
        day = _written(row.starts.date(), days, language)
        name = escape(f"{word}: {day}, {row.starts:%H:%M}, {whose}")
        url = path.replace("0", str(row.pk))
        return SafeString(CANCEL_LINK.format(url=url, name=name, text=escape(word)))

    return link_of


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
    return _written(born, "j M Y", get_language()) if born else ""


def _due(row: AppointmentRow, moment: datetime, language: str | None) -> str:
    local = moment.astimezone(row.starts.tzinfo)
    day = _written(local.date(), "D j F", language)
    return gettext("Answer by %(when)s") % {"when": f"{day}, {local:%H:%M}"}


@lru_cache(maxsize=20_000)
def _written(day: date, form: str, _language: str | None) -> str:
    """Kept, because the same days and birthdays come again and again, and Django writes slowly."""
    return date_format(day, form)
