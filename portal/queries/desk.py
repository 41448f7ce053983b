"""The front desk's day (requirements B17, B21). Its sheet is long and asked for every few seconds,
so it is written as SQL; see docs/decisions/day-sheet.md."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from portal.enums import Role
from portal.models import Office, User
from portal.models.written import instances, utc
from portal.queries.grid import local_day
from portal.queries.no_shows import LOOKS_BACK

LATE = timedelta(minutes=15)  # from then on “did not attend” is offered


class DeskRow(NamedTuple):
    """An appointment as the sheet prints it. `starts` and `ends` are in the office's zone."""

    pk: int
    starts: datetime
    ends: datetime
    state: str
    reference: str
    reason: str
    is_coming: bool  # the patient said so
    arrived_at: datetime | None  # UTC, as are the next two
    in_room_at: datetime | None
    answer_by: datetime | None
    patient_id: int
    patient: str
    born: date | None
    phone: str  # E.164
    doctor_id: int
    doctor: str
    office_id: int
    is_extra: bool  # its slot was made by the desk, outside the doctor's times


class FreeSlot(NamedTuple):
    """A slot that nobody holds: open or on offer. `starts` and `ends` are in the office's zone."""

    pk: int
    starts: datetime
    ends: datetime
    state: str
    audience: str
    doctor_id: int
    doctor: str
    office_id: int
    is_bookable: bool  # its doctor takes patients


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`what` changes when anything on the sheet does; `clock` when only time has passed.

    Names and phone numbers of people are not in it: they come along with the next change.
    """

    what: str
    clock: str


# The same offices as `offices_of` says, which Django takes longer to write than all else of a 304.
_OFFICES = "SELECT id, name, time_zone FROM portal_office {where} ORDER BY name"
_OF_ASSISTANT = """
    WHERE id IN (
        SELECT place.office_id FROM portal_assistant_offices place
        JOIN portal_assistant assistant ON assistant.id = place.assistant_id
        WHERE assistant.user_id = %s
    ) OR EXISTS (SELECT 1 FROM portal_assistant WHERE user_id = %s AND all_offices)"""

_DOCTORS = """
    SELECT id, name FROM portal_doctor WHERE office_id IN ({places}) ORDER BY name, id"""


def offices_run_by(user: User) -> list[Office]:
    """The offices whose day an assistant or admin sees, with name and zone: one query."""
    if user.role == Role.ADMIN:
        return instances(Office, _OFFICES.format(where=""))
    return instances(Office, _OFFICES.format(where=_OF_ASSISTANT), [user.pk, user.pk])


def doctors_at(offices: list[Office]) -> list[tuple[int, str]]:
    """Id and name of every doctor of those offices: one query."""
    if not offices:
        return []
    places = ", ".join(["%s"] * len(offices))
    with connection.cursor() as cursor:
        cursor.execute(_DOCTORS.format(places=places), [office.pk for office in offices])
        return cursor.fetchall()


def today_at(office: Office) -> date:
    return timezone.now().astimezone(office.zone).date()


_SHEET = """
    SELECT page.id, page.starts_at, page.ends_at, page.state, page.reference, page.reason,
           page.coming_at, page.arrived_at, page.in_room_at, page.answer_by,
           page.patient_id, patient.name, patient.date_of_birth, patient.phone,
           page.doctor_id, doctor.name, page.office_id, slot.is_extra
    FROM portal_appointment page
    JOIN portal_patient patient ON patient.id = page.patient_id
    JOIN portal_doctor doctor ON doctor.id = page.doctor_id
    JOIN portal_slot slot ON slot.id = page.slot_id
    WHERE {when}
    ORDER BY page.starts_at, doctor.name, page.id"""

# Open slots have an index by office, and the few on offer one of their own.
_FREE_IDS = """
    SELECT page.id FROM portal_slot page WHERE page.state = 'open' AND {when}
    UNION ALL
    SELECT page.id FROM portal_offer offer JOIN portal_slot page ON page.id = offer.slot_id
    WHERE offer.state = 'open' AND page.state = 'offered' AND {when}"""

_FREE = f"""
    SELECT slot.id, slot.starts_at, slot.ends_at, slot.state, slot.audience,
           slot.doctor_id, doctor.name, slot.office_id,
           doctor.state = 'approved' AND account.state = 'active'
    FROM ({_FREE_IDS}) free
    JOIN portal_slot slot ON slot.id = free.id
    JOIN portal_doctor doctor ON doctor.id = slot.doctor_id
    JOIN portal_user account ON account.id = doctor.user_id
    ORDER BY slot.starts_at, doctor.name, slot.id"""  # noqa: S608

# Versions only rise, and the sum of ids says which rows there are.
_FINGERPRINT = """
    SELECT count(*), coalesce(sum(id), 0), coalesce(sum(version), 0), count(coming_at),
           count(CASE WHEN state = 'arrived' AND in_room_at IS NULL THEN 1 END),
           count(CASE WHEN starts_at <= %s THEN 1 END), count(CASE WHEN ends_at <= %s THEN 1 END),
           count(CASE WHEN starts_at <= %s THEN 1 END)
    FROM portal_appointment page WHERE {when}"""

_FREE_FINGERPRINT = f"""
    SELECT count(*), coalesce(sum(slot.id), 0), count(CASE WHEN slot.state = 'offered' THEN 1 END),
           count(CASE WHEN slot.audience = 'desk' THEN 1 END),
           count(CASE WHEN slot.audience = 'same_day' THEN 1 END),
           count(CASE WHEN slot.starts_at <= %s THEN 1 END)
    FROM ({_FREE_IDS}) free JOIN portal_slot slot ON slot.id = free.id"""  # noqa: S608

_BOTH = f"SELECT * FROM ({_FINGERPRINT}) held, ({_FREE_FINGERPRINT}) open"  # noqa: S608


def day_sheet(
    offices: list[Office], day: date | None, *, doctor: int | None = None
) -> list[DeskRow]:
    """Every appointment of one day, cancelled ones and requests too, sorted by time: one query.

    `day` is a date of each office's own calendar; None means today, wherever each office is.
    """
    if not offices:
        return []
    zones = {office.pk: office.zone for office in offices}
    when, values = _when(offices, day, doctor)
    with connection.cursor() as cursor:
        cursor.execute(_SHEET.format(when=when), values)
        return [_row(zones, found) for found in cursor.fetchall()]


def free_slots(
    offices: list[Office], day: date | None, *, doctor: int | None = None
) -> list[FreeSlot]:
    """The slots of one day, as in `day_sheet`, that nobody holds, sorted by time: one query."""
    if not offices:
        return []
    zones = {office.pk: office.zone for office in offices}
    when, values = _when(offices, day, doctor)
    with connection.cursor() as cursor:
        cursor.execute(_FREE.format(when=when), values * 2)
        return [_free_slot(zones, *found) for found in cursor.fetchall()]


def fingerprint(
    offices: list[Office], day: date | None, *, doctor: int | None = None, with_free: bool = False
) -> Fingerprint:
    """What `day_sheet` would show, and with `with_free` also `free_slots`, as a short text.

    One small query. It tells the minute only while somebody sits in the waiting room.
    """
    if not offices:
        return Fingerprint("", "")
    now = timezone.now()
    moments = [connection.ops.adapt_datetimefield_value(at) for at in (now, now, now - LATE)]
    when, values = _when(offices, day, doctor)
    asked = [*moments, *values]
    if with_free:
        asked += [moments[0], *values, *values]
    with connection.cursor() as cursor:
        cursor.execute((_BOTH if with_free else _FINGERPRINT).format(when=when), asked)
        held, ids, versions, coming, waiting, begun, over, late, *free = cursor.fetchone()
    what = [held, ids, versions, coming, waiting, *free[:-1]]
    clock = [begun, over, late, *free[-1:]]
    if waiting:
        clock.append(int(now.timestamp() // 60))
    return Fingerprint(".".join(map(str, what)), ".".join(map(str, clock)))


_MISSED = """
    SELECT patient_id, count(*) FROM portal_appointment
    WHERE patient_id IN ({places}) AND state = 'no_show' AND starts_at > %s AND starts_at <= %s
    GROUP BY patient_id"""


def missed_by(rows: list[DeskRow]) -> dict[int, int]:
    """What `no_shows` says of the patients of these rows, in a third of the time: one query."""
    patients = list({row.patient_id for row in rows})
    if not patients:
        return {}
    now = timezone.now()
    span = [connection.ops.adapt_datetimefield_value(at) for at in (now - LOOKS_BACK, now)]
    with connection.cursor() as cursor:
        cursor.execute(_MISSED.format(places=", ".join(["%s"] * len(patients))), [*patients, *span])
        return dict(cursor.fetchall())


def _row(zones: dict, values: tuple) -> DeskRow:
    pk, starts, ends, state, reference, reason, coming, arrived, called, answer, *people = values
    zone = zones[people[-2]]
    return DeskRow(
        pk, utc(starts).astimezone(zone), utc(ends).astimezone(zone), state, reference, reason,
        coming is not None, utc(arrived), utc(called), utc(answer), *people,
    )  # fmt: skip


def _free_slot(
    zones, pk, starts_at, ends_at, state, audience, doctor_id, doctor, office_id, is_bookable
) -> FreeSlot:
    zone = zones[office_id]
    starts, ends = utc(starts_at).astimezone(zone), utc(ends_at).astimezone(zone)
    return FreeSlot(
        pk, starts, ends, state, audience, doctor_id, doctor, office_id, bool(is_bookable)
    )


def _when(offices: list[Office], day: date | None, doctor: int | None) -> tuple[str, list]:
    """The condition on `page` and its values.

    Each time zone has its own midnight. The outer bounds let one index answer for all zones.
    """
    spans: dict[tuple, list[int]] = {}
    for office in offices:
        spans.setdefault(local_day(day or today_at(office), office.zone), []).append(office.pk)
    first, last = min(start for start, _end in spans), max(end for _start, end in spans)
    adapt = connection.ops.adapt_datetimefield_value
    parts, values = [], [adapt(first), adapt(last)]
    for (start, end), ids in spans.items():
        places = ", ".join(["%s"] * len(ids))
        parts.append(
            f"page.office_id IN ({places}) AND page.starts_at >= %s AND page.starts_at < %s"
        )
        values += [*ids, adapt(start), adapt(end)]
    when = f"page.starts_at >= %s AND page.starts_at < %s AND ({' OR '.join(parts)})"
    if doctor:
        return f"{when} AND page.doctor_id = %s", [*values, doctor]
    return when, values
