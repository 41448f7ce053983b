"""The times in the doctors' diaries of a large clinic, and which of them are booked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from portal.clock.grid import GridTime, day_grid
from portal.models import ClinicSettings, Doctor

CANCELLED_SHARE = 0.06  # of the past
TODAY_SHARE, COMING_SHARE = 0.6, 0.2  # of the times on offer
DAYS_BACK = 3 * 365
PAST_A_DAY = 12  # beyond so many a working day, the past reaches further back


class Outcome(Enum):
    FREE = 1
    HELD = 2
    CANCELLED = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A time in a doctor's diary."""

    cell: GridTime
    doctor: Doctor
    outcome: Outcome


class Places:
    def __init__(
        self, doctors: list[Doctor], settings: ClinicSettings, rng: Random, *, now: datetime
    ):
        self.doctors = doctors
        self.rng = rng
        self.now = now
        self.grid = cache(lambda day, zone: day_grid(day, zone, settings))
        self.past_cells = cache(self._past_cells)

    def past(self, count: int) -> list[Place]:
        """`count` times of past working days, equally many for all doctors, in order of time."""
        share, rest = divmod(count, len(self.doctors))
        days_back = max(DAYS_BACK, share * 7 // (5 * PAST_A_DAY) + 7)
        places = []
        for number, doctor in enumerate(self.doctors):
            cells = self.past_cells(doctor.office.zone, days_back)
            places += [
                Place(cell, doctor, self._past_outcome())
                for cell in self.rng.sample(cells, share + (number < rest))
            ]
        return _in_order(places)

    def ahead(self, days: int) -> list[Place]:
        """All times of all doctors, of today and the `days` days after it, in order of time."""
        places = []
        for doctor in self.doctors:
            zone = doctor.office.zone
            today = self.now.astimezone(zone).date()
            for number in range(days + 1):
                cells = self.grid(today + timedelta(days=number), zone)
                share = COMING_SHARE if number else TODAY_SHARE
                held = set(self.rng.sample(range(len(cells)), round(len(cells) * share)))
                places += [
                    Place(cell, doctor, Outcome.HELD if index in held else Outcome.FREE)
                    for index, cell in enumerate(cells)
                ]
        return _in_order(places)

    def _past_cells(self, zone: ZoneInfo, days_back: int) -> list[GridTime]:
        today = self.now.astimezone(zone).date()
        days = (today - timedelta(days=ago) for ago in range(days_back, 0, -1))
        return [cell for day in days if day.weekday() < 5 for cell in self.grid(day, zone)]

    def _past_outcome(self) -> Outcome:
        return Outcome.CANCELLED if self.rng.random() < CANCELLED_SHARE else Outcome.HELD


def _in_order(places: list[Place]) -> list[Place]:
    return sorted(places, key=lambda place: (place.cell.starts_at, place.doctor.pk))
