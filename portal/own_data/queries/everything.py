"""Everything that is held about a person (requirement A13). docs/data-export.md describes it.

To add a section, write a `Section` and name it here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from portal.models import ClinicSettings, Office, Patient, User
from portal.own_data.queries.account import (
    ACCOUNT,
    ADDRESSES,
    CALENDAR,
    DEVICES,
    SECOND_FACTORS,
)
from portal.own_data.queries.appointments import APPOINTMENTS, REVIEWS, SERIES
from portal.own_data.queries.chart import CHART, ERASURES, ORIGINS, PHONES
from portal.own_data.queries.household import HOUSEHOLD
from portal.own_data.queries.messages import MESSAGES
from portal.own_data.queries.notes import CORRECTIONS, NOTES
from portal.own_data.queries.section import Owner, Record, Section
from portal.own_data.queries.trail import TRAIL
from portal.own_data.queries.waiting import WAITING

FORMAT, VERSION = "clinic-portal-own-data", 1

SECTIONS: tuple[Section, ...] = (
    ACCOUNT,
    ADDRESSES,
    CHART,
    PHONES,
    ORIGINS,
    ERASURES,
    HOUSEHOLD,
    APPOINTMENTS,
    SERIES,
    WAITING,
    REVIEWS,
    NOTES,
    CORRECTIONS,
    MESSAGES,
    CALENDAR,
    DEVICES,
    SECOND_FACTORS,
    TRAIL,
)


@dataclass(frozen=True)
class Everything:
    """Of `user`, as it was `at` (UTC). `zone`: of the clinic's first office."""

    user: User
    at: datetime
    clinic: ClinicSettings
    zone: ZoneInfo
    sections: list[tuple[Section, list[Record]]]

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        head = {
            "format": FORMAT,
            "version": VERSION,
            "made_at": self.at,
            "clinic": {
                "name": self.clinic.name,
                "currency": self.clinic.currency,
                "time_zone": self.zone.key,
            },
        }
        return _plain(head | {one.name: _shape(one, read) for one, read in self.sections})


def everything_about(user: User, *, at: datetime) -> Everything:
    """All sections: 24 queries, and one for each further step of merges, however much there is."""
    owner = Owner(user, list(Patient.objects.filter(user=user).values_list("pk", flat=True)))
    sections = [(section, section.read(owner)) for section in SECTIONS]
    return Everything(user, at, ClinicSettings.current(), zone_of_clinic(), sections)


def zone_of_clinic() -> ZoneInfo:
    """Of the clinic's first office: one query."""
    found = Office.objects.order_by("pk").values_list("time_zone", flat=True).first()
    return ZoneInfo(found or "UTC")


def _shape(section: Section, read: list[Record]) -> list[Record] | Record | None:
    if not section.is_single:
        return read
    return read[0] if read else None


_PLAIN: dict[type, Callable[[Any], str]] = {
    datetime: lambda at: at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    date: date.isoformat,
    time: time.isoformat,
}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, (str, int, float)):
        return value
    return _PLAIN.get(type(value), str)(value)
