"""Free slots as the lines of a list. It is long, so each line is made of finished text."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.models import Appointment, ClinicSettings, Office, Patient
from portal.slots.patient_choice import choosing, is_staff, may_book_with
from portal.slots.queries.release import audience_marks
from portal.slots.queries.slots import SlotRow
from portal.web.templatetags.clinic import money, zone_name


class FreeSlotLine(NamedTuple):
    day: str
    time: str
    note: str  # the zone where offices differ in it, an unusual length; for staff, for whom it is
    doctor: str
    doctor_url: str
    specialty: str
    office: str
    fee: str
    url: str  # empty where the reader may not book
    hidden: str  # then the link is not shown
    verb: str  # what the link says
    label: str  # the link's full name for screen readers


def lines_of(
    rows: list[SlotRow],
    offices: list[Office],
    *,
    user,
    patient: Patient | None,
    moving: Appointment | None = None,
    settings: ClinicSettings,
) -> Iterator[FreeSlotLine]:
    """`moving`: the appointment for which a time is sought. Addresses, days and zones are made once
    each, not once a row. At most one query."""
    doctor, choose = reverse("doctor", args=[0]), choosing(moving=moving, patient=patient)
    query = f"?move={moving.pk}" if moving else f"?patient={patient.pk}" if patient else ""
    may_book = may_book_with(user)
    zones = _zones_to_tell(offices_of(rows, offices))
    days: dict = {}
    marks = audience_marks(settings) if is_staff(user) else {}
    verbs = _verbs(user, moving)
    for row in rows:
        date = row.starts.date()
        if date not in days:
            days[date] = date_format(date, "l j F")
        day, time = days[date], f"{row.starts:%H:%M}"
        allowed = may_book(row.doctor_user, row.office_id)
        yield FreeSlotLine(
            day=day,
            time=time,
            note=_note(zones[row.office_id], row.minutes, settings, marks.get(row.audience)),
            doctor=row.doctor,
            doctor_url=doctor.replace("0", str(row.doctor_id)) + query,
            specialty=row.specialty,
            office=row.office,
            fee=money(row.fee_cents, settings.currency),
            url=choose(row.pk) if allowed else "",
            hidden="" if allowed else "hidden",
            verb=verbs[row.on_request],
            label=f"{verbs[row.on_request]} {day}, {time}, {row.doctor}",
        )


def _verbs(user, moving: Appointment | None) -> dict[bool, str]:
    """What a link says, by whether the doctor wants to be asked."""
    if moving:
        return dict.fromkeys((False, True), _("Move here"))
    return {False: _("Book"), True: _("Book") if is_staff(user) else _("Request")}


def groups_of(lines: Iterable[FreeSlotLine], sort: str) -> list[tuple[str, list[FreeSlotLine]]]:
    """In order of time each day has its heading; in the other orders each line says its day."""
    if sort != "time":
        every = list(lines)
        return [("", every)] if every else []
    days: dict[str, list[FreeSlotLine]] = {}  # at two offices it may be two days at a moment
    for line in lines:
        days.setdefault(line.day, []).append(line)
    return list(days.items())


def offices_of(rows: list[SlotRow], offices: list[Office]) -> list[Office]:
    """Those of these offices at which the slots are."""
    found = {row.office_id for row in rows}
    return [office for office in offices if office.pk in found]


def _zones_to_tell(offices: list[Office]) -> dict[int, str]:
    """The name of each office's zone; empty when all of them share one."""
    if len({office.time_zone for office in offices}) <= 1:
        return dict.fromkeys([office.pk for office in offices], "")
    return {office.pk: zone_name(office) for office in offices}


def _note(zone: str, minutes: int, settings: ClinicSettings, mark: str | None) -> str:
    is_usual = minutes == settings.grid_minutes
    if is_usual and not mark:
        return zone
    length = "" if is_usual else _("%(minutes)s min") % {"minutes": minutes}
    return ", ".join(part for part in (zone, length, mark) if part)
