"""The front desk's day sheet (requirements B17, B21). It is long and polled every few seconds, so
its queries are written as SQL; see docs/decisions/day-sheet.md."""

from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from portal.clock.grid import local_day
from portal.clock.today import today_at
from portal.database.open_days import on_open_day
from portal.database.written import seconds
from portal.models import Office


class DeskRow(NamedTuple):
    """An appointment as the day sheet prints it. Times are seconds since 1970: a full day has
    hundreds of rows, and few of them are rendered again (docs/decisions/day-sheet.md)."""

    pk: int
    starts_s: int
    ends_s: int
    state: str
    reference: str
    reason: str
    is_coming: bool  # the patient said so
    arrived_s: int | None
    in_room_s: int | None
    answer_by_s: int | None
    patient_id: int
    patient: str
    born: date | None
    born_about: int | None  # the year, if the date is not known
    phone: str  # E.164
    is_deceased: bool
    is_not_written_to: bool
    doctor_id: int
    doctor: str
    office_id: int
    version: int
    is_extra: bool  # its slot was made by the desk, outside the doctor's times
    is_by_video: bool
    zone: ZoneInfo  # of the office

    @property
    def starts(self) -> datetime:
        """In the office's zone, as `answer_by` is."""
        return datetime.fromtimestamp(self.starts_s, self.zone)

    @property
    def answer_by(self) -> datetime | None:
        return datetime.fromtimestamp(self.answer_by_s, self.zone) if self.answer_by_s else None

    @property
    def arrived_at(self) -> datetime | None:
        """In UTC, as `in_room_at` is."""
        return datetime.fromtimestamp(self.arrived_s, UTC) if self.arrived_s else None

    @property
    def in_room_at(self) -> datetime | None:
        return datetime.fromtimestamp(self.in_room_s, UTC) if self.in_room_s else None


class FreeSlot(NamedTuple):
    """A slot without an appointment: open or on offer. `starts_s` is in seconds since 1970."""

    pk: int
    starts_s: int
    state: str
    audience: str
    doctor_id: int
    doctor: str
    office_id: int
    is_bookable: bool  # its doctor takes patients
    zone: ZoneInfo  # of the office

    @property
    def starts(self) -> datetime:
        """In the office's zone."""
        return datetime.fromtimestamp(self.starts_s, self.zone)


_OFFICE, _SLOT_OFFICE = DeskRow._fields.index("office_id"), FreeSlot._fields.index("office_id")

_DOCTORS = """
    SELECT id, name FROM portal_doctor WHERE office_id IN ({places}) ORDER BY search_name, id"""


def doctors_at(offices: list[Office]) -> list[tuple[int, str]]:
    """Id and name of every doctor of those offices: one query."""
    if not offices:
        return []
    places = ", ".join(["%s"] * len(offices))
    with connection.cursor() as cursor:
        cursor.execute(_DOCTORS.format(places=places), [office.pk for office in offices])
        return cursor.fetchall()


_SHEET = """
    SELECT page.id, {starts}, {ends}, page.state, page.reference, page.reason,
           page.coming_at IS NOT NULL, {arrived}, {in_room}, {answer_by},
           page.patient_id, patient.name, patient.date_of_birth, patient.birth_year_about,
           patient.phone, patient.deceased_on IS NOT NULL, patient.is_not_written_to,
           page.doctor_id, doctor.name, page.office_id, page.version,
           page.slot_id IN (SELECT page.id FROM portal_slot page WHERE page.is_extra AND {when}),
           page.mode = 'video'
    FROM portal_appointment page
    JOIN portal_patient patient ON patient.id = page.patient_id
    JOIN portal_doctor doctor ON doctor.id = page.doctor_id
    WHERE {when}
    ORDER BY page.starts_at, doctor.search_name, page.id"""

# Open slots have an index by office, and the few on offer one of their own.
OFFERED = "FROM portal_offer offer JOIN portal_slot page ON page.id = offer.slot_id"
IS_OFFERED = "offer.state = 'open' AND page.state = 'offered'"

ON_OPEN_DAY = on_open_day("page.despite_closure", "page.office_id", "page.starts_at")

_FREE = f"""
    SELECT page.id, {{starts}}, page.state, page.audience, page.doctor_id, doctor.name,
           page.office_id, doctor.state = 'approved' AND account.state = 'active'
    FROM (
        SELECT page.* FROM portal_slot page
        WHERE page.state = 'open' AND {{when}} AND {ON_OPEN_DAY}
        UNION ALL
        SELECT page.* {OFFERED} WHERE {IS_OFFERED} AND {{when}}
    ) page
    JOIN portal_doctor doctor ON doctor.id = page.doctor_id
    JOIN portal_user account ON account.id = doctor.user_id
    ORDER BY page.starts_at, doctor.search_name, page.id"""  # noqa: S608 (names of our own columns)


def day_sheet(
    offices: list[Office], day: date | None, *, doctor: int | None = None
) -> list[DeskRow]:
    """Every appointment of one day, cancelled ones and requests too, sorted by time: one query.

    `day` is a date of each office's own calendar; None means today, wherever each office is.
    """
    if not offices:
        return []
    zones = {office.pk: office.zone for office in offices}
    when, values = of_day(offices, day, doctor)
    with connection.cursor() as cursor:
        cursor.execute(_SHEET.format(when=when, **_moments()), values * 2)
        return [DeskRow._make((*found, zones[found[_OFFICE]])) for found in cursor.fetchall()]


def free_slots(
    offices: list[Office], day: date | None, *, doctor: int | None = None
) -> list[FreeSlot]:
    """The slots of one day, as in `day_sheet`, that nobody holds, sorted by time: one query."""
    if not offices:
        return []
    zones = {office.pk: office.zone for office in offices}
    when, values = of_day(offices, day, doctor)
    with connection.cursor() as cursor:
        cursor.execute(_FREE.format(when=when, **_moments()), values * 2)
        return [FreeSlot._make((*found, zones[found[_SLOT_OFFICE]])) for found in cursor.fetchall()]


def _moments() -> dict[str, str]:
    """What gives the moments of a row in seconds."""
    return {
        "starts": seconds("page.starts_at"),
        "ends": seconds("page.ends_at"),
        "arrived": seconds("page.arrived_at"),
        "in_room": seconds("page.in_room_at"),
        "answer_by": seconds("page.answer_by"),
    }


def of_day(offices: list[Office], day: date | None, doctor: int | None) -> tuple[str, list]:
    """The condition for a day, and its values.

    Each time zone has its own midnight. The outermost bounds let one index serve all zones.
    """
    spans: dict[tuple, list[int]] = {}
    for office in offices:
        spans.setdefault(local_day(day or today_at(office), office.zone), []).append(office.pk)
    adapt = connection.ops.adapt_datetimefield_value
    parts, values = [], []
    for (start, end), ids in spans.items():
        places = ", ".join(["%s"] * len(ids))
        parts.append(
            f"page.office_id IN ({places}) AND page.starts_at >= %s AND page.starts_at < %s"
        )
        values += [*ids, adapt(start), adapt(end)]
    when = parts[0]
    if len(parts) > 1:
        first, last = min(start for start, _end in spans), max(end for _start, end in spans)
        when = f"page.starts_at >= %s AND page.starts_at < %s AND ({' OR '.join(parts)})"
        values = [adapt(first), adapt(last), *values]
    if doctor:
        return f"{when} AND page.doctor_id = %s", [*values, doctor]
    return when, values
