"""A doctor's day at an office as tiles, one for each cell of the grid (requirement B02)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.clock.grid import GridTime, day_grid, local_day
from portal.database.written import utc
from portal.diary.queries.schedule import Held, marks_of
from portal.enums import PartOfDay, SlotState
from portal.models import ClinicSettings, Doctor, Office
from portal.models.availability import LONGEST
from portal.slots.queries.release import audience_marks
from portal.slots.queries.slots import PART_HOURS


class Tile(NamedTuple):
    """One half hour as the page prints it.

    `kind`: box (a checkbox), marked (a checkbox with a mark), booked, offered, past, busy. A part
    of the day starts with a tile `part`, which has only a name, and ends with `end`. `value` is the
    start in UTC; `mark` is the audience, if it is not everyone, and the note.
    """

    kind: str
    ticked: bool = False
    value: str = ""
    time: str = ""
    name: str = ""  # for screen readers
    text: str = ""
    born: str = ""
    url: str = ""
    mark: str = ""

    @property
    def checked(self) -> str:
        """The attribute of its checkbox."""
        return "checked" if self.ticked else ""


@dataclass(frozen=True)
class DayInTiles:
    parts: list[tuple[PartOfDay, list[Tile]]]
    free: int  # of all slots of the day at the office, those beside the grid and extra ones too
    booked: int
    can_copy: bool  # there is something in the grid
    off_grid: list[str]  # “08:10–08:40”: slots of this day and office that are no cell of the grid

    @property
    def lines(self) -> list[Tile]:
        """All parts in the order of the page."""
        made: list[Tile] = []
        for part, tiles in self.parts:
            made += [Tile("part", name=str(part.label)), *tiles, Tile("end")]
        return made

    @property
    def can_change(self) -> bool:
        kinds = {tile.kind for _part, tiles in self.parts for tile in tiles}
        return not kinds.isdisjoint({"box", "marked"})


def day_in_tiles(
    doctor: Doctor,
    office: Office,
    day: date,
    *,
    settings: ClinicSettings,
    offices: list[Office],
    ticked: Collection[datetime] | None = None,
) -> DayInTiles:
    """`day` at `office` as it is now: one query. `offices` are all offices, for their names.

    `ticked` are the starts that were ticked in a refused form, so that they stay ticked.
    """
    cells = day_grid(day, office.zone, settings)
    held = _held(doctor, office, day)
    here, others = {}, []
    ends = {cell.starts_at: cell.ends_at for cell in cells}
    for slot in held:
        if slot.office_id == office.pk and ends.get(slot.starts_at) == slot.ends_at:
            here[slot.starts_at] = slot
        else:
            others.append(slot)
    at_office = [slot for slot in held if slot.office_id == office.pk]
    tiles = _Tiles(day, office, {one.pk: one.name for one in offices}, ticked, settings)
    made = [(cell, tiles.make(cell, here.get(cell.starts_at), others)) for cell in cells]
    return DayInTiles(
        parts=_parts(made),
        free=sum(slot.state == SlotState.OPEN for slot in at_office),
        booked=sum(slot.state == SlotState.TAKEN for slot in at_office),
        can_copy=any(slot.state in (SlotState.OPEN, SlotState.TAKEN) for slot in here.values()),
        off_grid=[tiles.stretch(slot) for slot in others if slot.office_id == office.pk],
    )


AWAY = "away"  # in place of a slot's state: the doctor is away

# What `slots_with_holder` would ask, and `times_off`, written out: building it took half of the
# page's time.
_HELD = """
    SELECT slot.id, slot.state, slot.starts_at, slot.ends_at, slot.office_id, slot.audience,
           slot.note, held.id AS held_id, patient.name AS held_by,
           patient.date_of_birth AS held_born, patient.birth_year_about AS held_about,
           held.mode AS held_mode
    FROM portal_slot slot
    LEFT JOIN portal_appointment held ON held.slot_id = slot.id
         AND held.state IN ('confirmed', 'arrived', 'completed', 'no_show')
    LEFT JOIN portal_patient patient ON patient.id = held.patient_id
    WHERE slot.doctor_id = %s AND NOT (slot.state = 'withdrawn')
      AND slot.starts_at > %s AND slot.starts_at < %s AND slot.ends_at > %s
    UNION ALL
    SELECT NULL, 'away', away.starts_at, away.ends_at, NULL, '', '', NULL, NULL, NULL, NULL, NULL
    FROM portal_timeoff away
    WHERE away.doctor_id = %s AND away.cancelled_at IS NULL
      AND away.starts_at < %s AND away.ends_at > %s
    ORDER BY 3"""


def _held(doctor: Doctor, office: Office, day: date) -> list[Held]:
    """The doctor's slots at any office, and the times off."""
    adapt = connection.ops.adapt_datetimefield_value
    first, last = local_day(day, office.zone)
    earliest, start, end = adapt(first - LONGEST), adapt(first), adapt(last)
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [doctor.pk, earliest, end, start, doctor.pk, end, start])
        return [
            Held(pk, state, utc(starts_at), utc(ends_at), *others)
            for pk, state, starts_at, ends_at, *others in cursor.fetchall()
        ]


def _parts(made: list[tuple[GridTime, Tile]]) -> list[tuple[PartOfDay, list[Tile]]]:
    parts = [
        (part, [tile for cell, tile in made if first <= cell.wall.hour <= last])
        for part, (first, last) in PART_HOURS.items()
    ]
    return [(part, tiles) for part, tiles in parts if tiles]


class _Tiles:
    """Builds the tiles of one day; shared values are looked up once."""

    def __init__(
        self,
        day: date,
        office: Office,
        names: dict[int, str],
        ticked: Collection[datetime] | None,
        settings: ClinicSettings,
    ) -> None:
        self.day_name = date_format(day, "l j F")
        self.office, self.names, self.ticked = office, names, ticked
        self.marks = audience_marks(settings)
        self.now = timezone.now()
        self.appointment_url = reverse("appointment", args=[0])
        self.words = {"free": _("free"), "past": _("past"), "booked": _("booked")}

    def make(self, cell: GridTime, slot: Held | None, others: list[Held]) -> Tile:
        value, time = f"{cell.starts_at:%Y-%m-%dT%H:%MZ}", self._time(cell)
        mark = self._mark(slot) if slot else ""
        if slot and slot.appointment:
            return Tile(
                "booked",
                True,
                value,
                time,
                f"{self.day_name}, {time}, {self.words['booked']}",
                text=slot.patient or "",
                born=slot.born_text,
                url=self.appointment_url.replace("0", str(slot.appointment)),
                mark=mark,
            )
        if cell.starts_at <= self.now:
            text = _("Not booked") if slot else _("Past")
            return Tile("past", False, value, time, self._name(time, self.words["past"]), text)
        if slot and slot.state == SlotState.OFFERED:
            text = _("On offer")
            return Tile("offered", True, value, time, self._name(time, text), text, mark=mark)
        if other := _overlapping(cell, others):
            text = self._where(other)
            return Tile("busy", False, value, time, self._name(time, text), text)
        ticked = slot is not None if self.ticked is None else cell.starts_at in self.ticked
        name = self._name(time, self.words["free"])
        if mark:
            return Tile("marked", ticked, value, time, f"{name}, {mark}", mark=mark)
        return Tile("box", ticked, value, time, name)

    def _mark(self, slot: Held) -> str:
        return " · ".join(filter(None, [*marks_of(slot, self.marks), slot.note]))

    def stretch(self, slot: Held) -> str:
        """“08:10–08:40 (Desk only)”"""
        starts, ends = (at.astimezone(self.office.zone) for at in (slot.starts_at, slot.ends_at))
        mark = self._mark(slot)
        return f"{starts:%H:%M}–{ends:%H:%M}" + (f" ({mark})" if mark else "")

    def _name(self, time: str, word: str) -> str:
        return f"{self.day_name}, {time}, {word}"

    def _time(self, cell: GridTime) -> str:
        if cell.is_repeated:
            return _("%(time)s (second)") % {"time": f"{cell.wall:%H:%M}"}
        return f"{cell.wall:%H:%M}"

    def _where(self, other: Held) -> str:
        if other.state == AWAY:
            return _("Away")
        if other.office_id != self.office.pk:
            return _("At %(office)s") % {"office": self.names[other.office_id]}
        zone = self.office.zone
        return _("Slot at %(time)s") % {"time": f"{other.starts_at.astimezone(zone):%H:%M}"}


def _overlapping(cell: GridTime, slots: list[Held]) -> Held | None:
    return next(
        (slot for slot in slots if slot.starts_at < cell.ends_at and slot.ends_at > cell.starts_at),
        None,
    )
