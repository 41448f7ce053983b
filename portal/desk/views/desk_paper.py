"""The day on paper, for when nothing else works: one sheet a doctor (requirement B21)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portal.appointments.rows.appointment_lines import birthday, phone
from portal.clock.today import today_at, today_of_clinic
from portal.desk.queries import desk as queries
from portal.desk.queries.desk import DeskRow, FreeSlot
from portal.enums import Role
from portal.models import HOLDING, Office
from portal.web.choices import offices_run_by
from portal.web.days import day_in_url
from portal.web.fetch import demand_role
from portal.web.ids import id_of
from portal.web.templatetags.clinic import zone_name

WALK_INS = 4  # blank lines at the foot of each sheet
# A sheet of A4 holds so many lines of each height; more than the last go on to a second sheet.
HEIGHTS = ((26, ""), (34, "is-close"), (52, "is-dense"))


@dataclass(frozen=True)
class PaperLine:
    """One slot; without a patient it is blank."""

    time: str
    patient: str = ""
    born: str = ""
    phone: str = ""
    reason: str = ""
    mark: str = ""  # what a blank line is kept for, or that the patient has died


@dataclass(frozen=True)
class Sheet:
    doctor: str
    office: str
    zone: str  # its name, where the sheets are of several zones
    day: str
    printed: str  # when, on the office's clock
    css: str
    lines: list[PaperLine]


@require_GET
def desk_paper(request):
    """Tomorrow unless the URL says another day; all doctors unless it names one."""
    demand_role(request.user, Role.ASSISTANT, Role.ADMIN)
    offices = offices_run_by(request.user)
    office, doctor = id_of(request.GET.get("office")), id_of(request.GET.get("doctor"))
    shown = [one for one in offices if one.pk == office] or offices
    day = day_in_url(request) or _tomorrow(shown)
    rows = queries.day_sheet(shown, day, doctor=doctor)
    free = queries.free_slots(shown, day, doctor=doctor)
    doctors = queries.doctors_at(offices)
    context = {
        "sheets": _sheets(rows, free, day, {one.pk: one for one in shown}),
        "walk_ins": range(WALK_INS),
        "day": day.isoformat(),
        "day_words": date_format(day, "l j F Y"),
        "office_options": [(one.pk, one.name, one.pk == office) for one in offices],
        "doctor_options": [(pk, name, pk == doctor) for pk, name in doctors],
        "desk_url": f"{reverse('desk')}?day={day.isoformat()}",
    }
    return render(request, "desk/paper.html", context)


def _tomorrow(offices: list[Office]) -> date:
    today = today_at(offices[0]) if offices else today_of_clinic()
    return today + timedelta(days=1)


def _sheets(
    rows: list[DeskRow], free: list[FreeSlot], day: date, offices: dict[int, Office]
) -> list[Sheet]:
    """A doctor who works at two offices on one day has a sheet at each."""
    held = [row for row in rows if row.state in HOLDING]
    entries: list[DeskRow | FreeSlot] = [*held, *free]
    entries.sort(key=lambda one: (_whose(one), one.starts))
    words, now = date_format(day, "l j F Y"), timezone.now()
    shows_zone = len({one.zone for one in entries}) > 1
    sheets = []
    for (doctor, _pk, office_id), group in groupby(entries, key=_whose):
        lines = [_line(one) for one in group]
        office = offices[office_id]
        zone = zone_name(office) if shows_zone else ""
        printed, css = _printed(now, office), _css(len(lines))
        sheets.append(Sheet(doctor, office.name, zone, words, printed, css, lines))
    return sheets


def _whose(one: DeskRow | FreeSlot) -> tuple[str, int, int]:
    return one.doctor, one.doctor_id, one.office_id


def _line(one: DeskRow | FreeSlot) -> PaperLine:
    time = f"{one.starts:%H:%M}"
    if isinstance(one, FreeSlot):
        return PaperLine(time, mark=_("on offer") if one.state == "offered" else "")
    return PaperLine(
        time=time,
        patient=one.patient,
        born=birthday(one.born, one.born_about),
        phone=phone(one.phone),
        mark=f" ({_('deceased')})" if one.is_deceased else "",
        reason=" · ".join(filter(None, (_("By video") if one.is_by_video else "", one.reason))),
    )


def _printed(now: datetime, office: Office) -> str:
    at = now.astimezone(office.zone).replace(tzinfo=None)
    return f"{date_format(at, 'l j F Y, H:i')}, {zone_name(office)}"


def _css(count: int) -> str:
    return next((css for most, css in HEIGHTS if count <= most), HEIGHTS[-1][1])
