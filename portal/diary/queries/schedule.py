"""An overview of a doctor's coming days, and the list of all their slots (requirements B02,
B05)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from django.db.models import FilteredRelation, Q
from django.utils import timezone
from django.utils.formats import date_format

from portal.clock.grid import end_minutes, minutes_of
from portal.enums import Mode, SlotState
from portal.models import HOLDING, ClinicSettings, Doctor, Office, Slot, User
from portal.slots.queries.release import audience_marks
from portal.web.born import about_year
from portal.web.pages import PAGE_SIZE, Page, page_of

SHOWN = {
    "all": (SlotState.OPEN, SlotState.OFFERED, SlotState.TAKEN),
    "free": (SlotState.OPEN,),
    "booked": (SlotState.TAKEN,),
}


@dataclass
class Place:
    """A doctor's slots on a date at one office; the periods are in minutes of wall time."""

    office: Office
    free: int = 0
    booked: int = 0
    offered: int = 0
    stretches: list[tuple[int, int, str]] = field(default_factory=list)  # start, end, state

    def hours(self) -> str:
        """“09:00–13:00, 16:00–18:30”: the periods with free or booked times."""
        joined: list[list[int]] = []
        for start, end, _state in self.stretches:
            if joined and joined[-1][1] == start:
                joined[-1][1] = end
            else:
                joined.append([start, end])
        return ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in joined)

    def free_path(self) -> str:
        return self._path((SlotState.OPEN, SlotState.OFFERED), top=6)

    def booked_path(self) -> str:
        return self._path((SlotState.TAKEN,), top=0)

    def _path(self, states: tuple[str, ...], *, top: int) -> str:
        """An SVG path with a box for each period: one minute is one unit wide, the height is 14."""
        return "".join(
            f"M{start} {top}h{end - start}V14H{start}z"
            for start, end, its_state in self.stretches
            if its_state in states
        )


@dataclass
class DayAtAGlance:
    day: date
    places: list[Place]

    def at(self, office: Office) -> Place:
        """The Place of `office`, empty if the doctor has nothing there."""
        return next((one for one in self.places if one.office == office), Place(office))


def days_at_a_glance(
    doctor: Doctor, first_day: date, count: int, *, offices: list[Office]
) -> list[DayAtAGlance]:
    """`count` days from `first_day`, including empty ones: one query.

    The day and time of a slot are those at its own office. The doctor's main office comes first and
    is present on every day.
    """
    by_id = {office.pk: (office, office.zone) for office in offices}
    days = {
        first_day + timedelta(n): {doctor.office_id: Place(by_id[doctor.office_id][0])}
        for n in range(count)
    }
    around = (  # a day wider than any zone needs; the calendar below decides
        datetime.combine(first_day - timedelta(1), time(), UTC),
        datetime.combine(first_day + timedelta(count + 1), time(), UTC),
    )
    slots = doctor.slots.live().filter(starts_at__range=around)
    for starts_at, ends_at, state, office_id in slots.values_list(
        "starts_at", "ends_at", "state", "office_id"
    ):
        office, zone = by_id[office_id]
        starts = starts_at.astimezone(zone)
        places = days.get(starts.date())
        if places is not None:
            place = places.setdefault(office_id, Place(office))
            _add(place, starts, ends_at - starts_at, state)
    return [DayAtAGlance(day, list(places.values())) for day, places in days.items()]


def strip_box(settings: ClinicSettings) -> str:
    """The SVG viewBox for the paths of a Place: the clinic's day, in minutes."""
    start, end = minutes_of(settings.day_starts_at), end_minutes(settings.day_ends_at)
    return f"{start} 0 {end - start} 14"


Day: TypeAlias = date  # SlotLine has a `date` of its own


@dataclass(frozen=True, slots=True)
class SlotLine:
    """One slot of the list, with everything that the page prints."""

    pk: int
    state: str
    date: date  # of the office's calendar, as are the next two
    day: str
    time: str
    office: str
    appointment: int | None
    patient: str
    born: str
    at: Office
    mark: str  # by video; for whom it is, if not for everyone
    note: str


class Held(NamedTuple):
    """A slot, and its appointment if it has one."""

    pk: int
    state: str
    starts_at: datetime
    ends_at: datetime
    office_id: int
    audience: str
    note: str
    appointment: int | None
    patient: str | None
    born: date | None
    born_about: int | None  # the year, if the date is not known
    mode: str | None

    @property
    def born_text(self) -> str:
        """“04/03/1980” or “about 1961”; "" without a patient or a date."""
        return date_format(self.born, "d/m/Y") if self.born else about_year(self.born_about)


@cache
def slots_with_holder() -> Any:
    """All slots as tuples in the order of Held's fields; filter the result further: it is a
    SlotQuerySet, but there is no type for one whose rows are tuples.

    The query is built once, because Django takes longer to build it than a database to run it.
    """
    holding = FilteredRelation("appointments", condition=Q(appointments__state__in=HOLDING))
    return Slot.objects.annotate(held=holding).values_list(
        "pk",
        "state",
        "starts_at",
        "ends_at",
        "office_id",
        "audience",
        "note",
        "held__pk",
        "held__patient__name",
        "held__patient__date_of_birth",
        "held__patient__birth_year_about",
        "held__mode",
    )


def own_slots(
    doctor: Doctor,
    *,
    show: str,
    page: int,
    by: User,
    offices: list[Office],
    settings: ClinicSettings,
) -> Page[SlotLine]:
    """A page of the doctor's future slots that `by` may see, soonest first: one query, two for
    assistants.

    `show` is a key of SHOWN.
    """
    slots = (
        slots_with_holder()
        .visible_to(by)
        .filter(doctor=doctor.pk, state__in=SHOWN[show], starts_at__gt=timezone.now())
    )
    start = (page - 1) * PAGE_SIZE
    return page_of(_lines(slots[start : start + PAGE_SIZE + 1], offices, settings), page)


def slot_line(slot: Slot, *, offices: list[Office], settings: ClinicSettings) -> SlotLine:
    """The line of one slot in any state: one query."""
    return _lines(slots_with_holder().filter(pk=slot.pk), offices, settings)[0]


def _lines(
    slots: Iterable[tuple], offices: list[Office], settings: ClinicSettings
) -> list[SlotLine]:
    marks = audience_marks(settings)
    by_id = {office.pk: (office, office.zone) for office in offices}
    days: dict[date, str] = {}
    return [_line(Held(*row), by_id, days, marks) for row in slots]


def _line(slot: Held, offices: dict, days: dict[date, str], marks: dict[str, str]) -> SlotLine:
    """`days` caches the names of days, which are slow to format."""
    office, zone = offices[slot.office_id]
    starts, ends = slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)
    if starts.date() not in days:
        days[starts.date()] = date_format(starts, "l j F Y")
    return SlotLine(
        pk=slot.pk,
        state=slot.state,
        date=starts.date(),
        day=days[starts.date()],
        time=f"{starts:%H:%M}–{ends:%H:%M}",
        office=office.name,
        at=office,
        appointment=slot.appointment,
        patient=slot.patient or "",
        born=slot.born_text,
        mark=" · ".join(marks_of(slot, marks)),
        note=slot.note,
    )


def marks_of(slot: Held, marks: dict[str, str]) -> list[str]:
    """What is special about a slot: that its appointment is by video, and for whom it is.
    `marks` are those of audiences."""
    by_video = str(Mode.VIDEO.label) if slot.mode == Mode.VIDEO else ""
    return [mark for mark in (by_video, str(marks[slot.audience])) if mark]


def _add(place: Place, starts: datetime, length: timedelta, state: str) -> None:
    """Count a slot, and join it to the period before it if both have the same state."""
    if state == SlotState.OPEN:
        place.free += 1
    elif state == SlotState.OFFERED:
        place.offered += 1
    else:
        place.booked += 1
    start = minutes_of(starts)
    end = start + length // timedelta(minutes=1)
    last = place.stretches[-1] if place.stretches else None
    if last and last[1] == start and last[2] == state:
        place.stretches[-1] = (last[0], end, state)
    else:
        place.stretches.append((start, end, state))


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
