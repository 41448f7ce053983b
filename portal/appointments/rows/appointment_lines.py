"""Rows of appointments and patients as their tables print them.

Everything is made here once a row, because filters, URLs and includes inside a template's loop
cost more than the database does.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache, partial
from types import SimpleNamespace

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.phonenumber import PhoneNumber

from portal.appointments.queries import requests
from portal.appointments.queries.appointments import AppointmentRow
from portal.appointments.rows.presence_buttons import buttons, waiting
from portal.appointments.services import appointments
from portal.enums import AppointmentState, Mode
from portal.models import ClinicSettings, User
from portal.people.queries.patients import PatientRow
from portal.web.born import about_year
from portal.web.filled import Filled, filled, url_of_each
from portal.web.templatetags.clinic import zone_name
from portal.web.templatetags.rows import Kept

TAB_LABELS = (
    ("upcoming", _("Upcoming")),
    ("past", _("Past")),
    ("cancelled", _("Cancelled")),
)


@dataclass(slots=True)
class AppointmentLine:
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
    office: str  # or that it is by video
    about: str  # what stands below it: the zone; for staff also whose diary a video one is in
    zone: str  # beside the time, where the list is of several zones
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
) -> list[AppointmentLine]:
    """`days` is the format of the date. Everybody who sees an appointment may cancel it (B13)."""
    make = _Maker(days, rows, for_staff=user.is_staff)
    if with_marks:
        make.marks = buttons(make.now)
    if with_cancel:
        make.cancel = _cancel_links(user, settings, days)
    asked = [row.pk for row in rows if row.state == AppointmentState.REQUESTED]
    make.due = requests.answers_due(asked)
    return [make.line(row) for row in rows]


def kept_lines(rows: list[AppointmentRow], *, user: User) -> list[Kept]:
    """Lines with nothing to press, and without what is due. Their text is kept: who types a name
    is shown the same rows after each letter."""
    make = _Maker("D j M Y", rows, for_staff=user.is_staff)
    shared = make.shows_zone, make.for_staff, make.language
    return [Kept("", (row, row.ends <= make.now, shared), partial(make.line, row)) for row in rows]


class _Maker:
    """Makes lines; what they share is looked up once."""

    def __init__(self, days: str, rows: list[AppointmentRow], *, for_staff: bool):
        self.shows_zone = len({row.time_zone for row in rows}) > 1
        self.for_staff = for_staff
        self.now, self.language, self.days = timezone.now(), get_language(), days
        self.page, self.patients = reverse("appointments"), reverse("patients")
        self.due: dict[int, datetime] = {}
        self.marks = self.cancel = lambda _row: ""

    @cached_property
    def labels(self) -> dict[str, str]:
        return {value: str(label) for value, label in AppointmentState.choices}

    @cached_property
    def by_video(self) -> str:
        return str(Mode.VIDEO.label)

    def _place(self, row: AppointmentRow, zone: str) -> tuple[str, str]:
        """What stands in the column “Office”, and below it."""
        about = "" if self.shows_zone else zone
        if row.mode != Mode.VIDEO:
            return row.office, about
        diary = row.office if self.for_staff else ""
        return self.by_video, ", ".join(filter(None, (diary, about)))

    def line(self, row: AppointmentRow) -> AppointmentLine:
        zone = _zone(row.time_zone, self.language)
        office, about = self._place(row, zone)
        return AppointmentLine(
            pk=row.pk,
            url=f"{self.page}{row.pk}/",
            cancel=self.cancel(row),
            marks=self.marks(row),
            waiting=waiting(row, self.now) if row.state == AppointmentState.ARRIVED else "",
            due=_due(row, self.due[row.pk], self.language) if row.pk in self.due else "",
            day=_written(row.starts.date(), self.days, self.language),
            time=f"{row.starts:%H:%M}",
            starts=row.starts,
            css="is-past" if row.ends <= self.now else "",
            patient=row.patient,
            patient_url=f"{self.patients}{row.patient_id}/",
            born=birthday(row.born, row.born_about),
            phone=phone(row.phone),
            doctor=row.doctor,
            specialty=row.specialty,
            office=office,
            about=about,
            zone=zone if self.shows_zone else "",
            state=row.state,
            label=self.labels[row.state],
            reason=row.reason,
            reference=row.reference,
        )


@lru_cache(maxsize=1_000)
def _zone(time_zone: str, _language: str | None) -> str:
    return zone_name(SimpleNamespace(time_zone=time_zone))


def _cancel_links(
    user: User, settings: ClinicSettings, days: str
) -> Callable[[AppointmentRow], str]:
    """Makes the link of one row: to cancel, for a request to take it back or to answer it."""
    now, language = timezone.now(), get_language()
    until = partial(appointments.cancel_until, settings=settings)
    for_confirmed = _link("appointment-cancel", gettext("Cancel"))
    for_request = (
        _link("appointment", gettext("Answer"))
        if user.is_staff
        else _link("appointment-cancel", gettext("Take back"))
    )

    def link_of(row: AppointmentRow) -> str:
        is_request = row.state == AppointmentState.REQUESTED
        if row.starts <= now or not (is_request or row.state == AppointmentState.CONFIRMED):
            return ""
        ends = row.starts if is_request or user.is_staff else until(row.starts)
        if now > ends:
            return ""
        form = for_request if is_request else for_confirmed
        return form.fill(
            pk=row.pk,
            day=_written(row.starts.date(), days, language),
            time=f"{row.starts:%H:%M}",
            whose=row.patient if user.is_staff else row.doctor,
        )

    return link_of


def _link(view: str, word: str) -> Filled:
    return filled("appointments/_cancel_link.html", url=url_of_each(view), word=word)


def by_day(lines: Iterable[AppointmentLine]) -> list[tuple[str, list[AppointmentLine]]]:
    """Each day, as the office's calendar has it, once: at two offices it may be two at a moment."""
    days: dict[str, list[AppointmentLine]] = {}
    for line in lines:
        days.setdefault(line.day, []).append(line)
    return list(days.items())


def ungrouped(lines: list[AppointmentLine]) -> list[tuple[str, list[AppointmentLine]]]:
    """Each line then says its own day."""
    return [("", lines)] if lines else []


def patient_lines(rows: Iterable[PatientRow]) -> list[PatientLine]:
    page, book = reverse("patient", args=[0]), reverse("slots")
    return [
        PatientLine(
            url=page.replace("0", str(row.pk)),
            book_url=f"{book}?patient={row.pk}",
            name=row.name,
            born=birthday(row.born, row.born_about),
            phone=phone(row.phone),
        )
        for row in rows
    ]


@lru_cache(maxsize=20_000)
def phone(number: str) -> str:
    """“+34 600 11 12 22”. Kept, because telling a country's grouping takes long."""
    return str(PhoneNumber.from_string(number)) if number else ""


def birthday(born: date | None, about: int | None) -> str:
    """“4 Mar 1980”, or “about 1961” if only the year `about` is known."""
    return _written(born, "j M Y", get_language()) if born else about_year(about)


def _due(row: AppointmentRow, moment: datetime, language: str | None) -> str:
    local = moment.astimezone(row.starts.tzinfo)
    day = _written(local.date(), "D j F", language)
    return gettext("Answer by %(when)s") % {"when": f"{day}, {local:%H:%M}"}


@lru_cache(maxsize=20_000)
def _written(day: date, form: str, _language: str | None) -> str:
    """Kept, because the same days and birthdays come again and again, and Django writes slowly."""
    return date_format(day, form)
