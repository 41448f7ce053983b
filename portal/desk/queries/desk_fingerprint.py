"""Whether the day sheet has changed (requirement B21), without reading the whole sheet.

The same counts come from one small query, for a desk that polls, and from the rows that a page
shows; see docs/decisions/day-sheet.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from portal.appointments.rules import LATE
from portal.desk.queries.desk import (
    IS_OFFERED,
    OFFERED,
    ON_OPEN_DAY,
    DeskRow,
    FreeSlot,
    of_day,
)
from portal.enums import AppointmentState as State
from portal.enums import SlotAudience, SlotState
from portal.models import Office


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`what` changes when anything on the day sheet changes; `clock` changes when only time has
    passed.

    Names, phone numbers and what else is known of the patient are not included; a change of those
    appears with the next other change.
    """

    what: str
    clock: str


def _until(moment_s: int, moments_s: Iterable[int]) -> int:
    """How many of these are not after that moment."""
    return sum(map(moment_s.__ge__, moments_s))


class _Held(NamedTuple):
    """Of the day's appointments. Versions only rise, and the sum of ids says which they are."""

    number: int
    ids: int
    versions: int
    coming: int
    waiting: int
    begun: int
    late: int
    over: int

    @classmethod
    def of(cls, rows: Sequence[DeskRow], now_s: int) -> "_Held":
        if not rows:
            return cls(0, 0, 0, 0, 0, 0, 0, 0)
        columns: Any = DeskRow._make(zip(*rows, strict=True))  # a column for each value
        rooms = zip(columns.state, columns.in_room_s, strict=True)
        return cls(
            number=len(rows),
            ids=sum(columns.pk),
            versions=sum(columns.version),
            coming=sum(columns.is_coming),
            waiting=sum([state == State.ARRIVED and not since for state, since in rooms]),
            begun=_until(now_s, columns.starts_s),
            late=_until(now_s - int(LATE.total_seconds()), columns.starts_s),
            over=_until(now_s, columns.ends_s),
        )


class _Free(NamedTuple):
    """Of its open slots."""

    number: int
    ids: int
    desk_only: int
    same_day: int
    begun: int

    @classmethod
    def of(cls, slots: Sequence[FreeSlot], now_s: int) -> "_Free":
        return cls(
            number=len(slots),
            ids=sum([slot.pk for slot in slots]),
            desk_only=sum([slot.audience == SlotAudience.DESK for slot in slots]),
            same_day=sum([slot.audience == SlotAudience.SAME_DAY for slot in slots]),
            begun=_until(now_s, [slot.starts_s for slot in slots]),
        )


class _Offered(NamedTuple):
    """Of its slots that are on offer."""

    number: int
    ids: int
    begun: int

    @classmethod
    def of(cls, slots: Sequence[FreeSlot], now_s: int) -> "_Offered":
        begun = _until(now_s, [slot.starts_s for slot in slots])
        return cls(number=len(slots), ids=sum([slot.pk for slot in slots]), begun=begun)


_NO_FREE, _NO_OFFERED = _Free.of([], now_s=0), _Offered.of([], now_s=0)

_HELD = """
    SELECT count(*), coalesce(sum(id), 0), coalesce(sum(version), 0), count(coming_at),
           count(*) FILTER (WHERE state = 'arrived' AND in_room_at IS NULL),
           count(*) FILTER (WHERE starts_at <= %s),
           count(*) FILTER (WHERE starts_at <= %s), count(*) FILTER (WHERE ends_at <= %s)
    FROM portal_appointment page WHERE {when}"""

_FREE = f"""
    SELECT count(*), coalesce(sum(id), 0), count(*) FILTER (WHERE audience = 'desk'),
           count(*) FILTER (WHERE audience = 'same_day'),
           count(*) FILTER (WHERE starts_at <= %s)
    FROM portal_slot page WHERE state = 'open' AND {{when}} AND {ON_OPEN_DAY}"""  # noqa: S608 (names of our own columns)

_OFFERED = f"""
    SELECT count(*), coalesce(sum(page.id), 0), count(*) FILTER (WHERE page.starts_at <= %s)
    {OFFERED} WHERE {IS_OFFERED} AND {{when}}"""

# Put together of the texts above alone; every value is a parameter.
_ALL = f"SELECT * FROM ({_HELD}) held, ({_FREE}) free, ({_OFFERED}) offered"  # noqa: S608 (names of our own columns)


def fingerprint(
    offices: list[Office], day: date | None, *, doctor: int | None = None, with_free: bool = False
) -> Fingerprint:
    """Of what `day_sheet` would give, and with `with_free` also `free_slots`: one query."""
    if not offices:
        return fingerprint_of([], [])
    now = timezone.now()
    now_at, late_at = map(connection.ops.adapt_datetimefield_value, (now, now - LATE))
    when, values = of_day(offices, day, doctor)
    asked = [now_at, late_at, now_at, *values]
    if with_free:
        asked += [now_at, *values] * 2
    with connection.cursor() as cursor:
        cursor.execute((_ALL if with_free else _HELD).format(when=when), asked)
        found = iter(cursor.fetchone())
    held = _Held._make(islice(found, len(_Held._fields)))
    free = _Free._make(islice(found, len(_Free._fields))) if with_free else _NO_FREE
    return _told(held, free, _Offered._make(found) if with_free else _NO_OFFERED, now)


def fingerprint_of(rows: Sequence[DeskRow], free: Sequence[FreeSlot]) -> Fingerprint:
    """The same, of what they gave; `free` is empty where free slots are not shown."""
    now = timezone.now()
    now_s = int(now.timestamp())
    open_slots = [slot for slot in free if slot.state == SlotState.OPEN]
    offered = [slot for slot in free if slot.state != SlotState.OPEN]
    return _told(
        _Held.of(rows, now_s),
        _Free.of(open_slots, now_s),
        _Offered.of(offered, now_s),
        now,
    )


def _told(held: _Held, free: _Free, offered: _Offered, now: datetime) -> Fingerprint:
    """The minute is told only while somebody sits in the waiting room."""
    clock = [held.begun, held.late, held.over, free.begun, offered.begun]
    what = (*held[:-3], *free[:-1], *offered[:-1])  # all but the clock's, which stand last in each
    if held.waiting:
        clock.append(int(now.timestamp() // 60))
    return Fingerprint(".".join(map(str, what)), ".".join(map(str, clock)))
