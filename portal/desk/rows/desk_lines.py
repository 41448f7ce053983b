"""The lines of the day sheet, as list and as columns (requirement B21).

A line is made of finished text, because a full day of twelve doctors has hundreds of them; and as
the sheet is asked for again whenever one of them changes, the text of all others is kept.
"""

from bisect import bisect
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cached_property, lru_cache, partial
from html import escape
from itertools import chain
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portal.appointments.rows.appointment_lines import birthday, phone
from portal.appointments.rows.presence_buttons import marks_of, offered, waiting
from portal.appointments.rules import LATE
from portal.clock.today import today_in
from portal.desk.queries.desk import DeskRow, FreeSlot
from portal.enums import AppointmentState as State
from portal.enums import SlotAudience, SlotState
from portal.models import Office
from portal.web.born import about_year
from portal.web.filled import Filled, filled, url_of_each
from portal.web.templatetags.clinic import zone_name
from portal.web.templatetags.rows import Kept

LATE_S = LATE.total_seconds()
OFTEN = 2  # so many missed appointments in twelve months are worth a word
BABY = 2  # years; younger children's age is told in months

starts_s, office_of = attrgetter("starts_s"), attrgetter("office_id")


class DeskLine(NamedTuple):
    """`kind`: row, now; in columns also head, free, gone, foot. None of them fills every field."""

    kind: str
    time: str = ""
    pk: str = ""
    css: str = ""
    url: str = ""
    name: str = ""  # of a link, for those who hear the page
    reference: str = ""
    patient: str = ""
    patient_url: str = ""
    ids: str = ""  # date of birth and age, and what to know before one calls or writes
    phone: str = ""  # a link
    doctor: str = ""
    office: str = ""
    zone: str = ""  # its name, where it is told; of “now” as IANA writes it
    state: str = ""  # a word in its colours
    label: str = ""
    presence: str = (
        ""  # waiting minutes, or that the patient is coming, by video, and marks as below
    )
    reason: str = ""
    marks: str = ""  # of a free slot: desk only, same day, on offer
    actions: str = ""  # one next mark as a button, and the rest behind “More”
    answer_by: str = ""


class DeskLines:
    """Makes lines; what they share is made once."""

    def __init__(
        self, offices: list[Office], *, missed: dict[int, int], today: date, day: date | None
    ):
        """`day` is what the sheet shows, None today wherever each office is; `today` is the date at
        the first one, by which ages are told."""
        self.now, self.today, self.missed = timezone.now(), today, missed
        self.now_s = self.now.timestamp()
        self.language = get_language()
        self.offices = {office.pk: self._office(office) for office in offices}
        self.clocks = {
            office.pk: office
            for office in offices
            if day in (None, today_in(office.zone, self.now))
        }
        self.states, self.words = _words(self.language)
        self.page, self.patients = reverse("appointments"), reverse("patients")
        self.book = reverse("slot-book", args=[0])

    def _office(self, office: Office) -> tuple:
        """Its name and zone, and all else that a row's text depends on and the row does not say."""
        there = today_in(office.zone, self.now)
        return office.name, zone_name(office), there, self.today, self.language

    @cached_property
    def actions(self) -> "Actions":
        return Actions(self.now)

    def of(self, row: DeskRow, *, with_zone: bool = False) -> Kept:
        """Its text is another once the appointment has begun, is late or is over, and each minute
        while the patient waits."""
        begun = self.now_s - row.starts_s
        clock = (begun >= 0, begun >= LATE_S, row.ends_s <= self.now_s, self._minutes(row))
        missed = self.missed.get(row.patient_id, 0)
        key = (row, clock, missed, self.offices[row.office_id], with_zone)
        return Kept("row", key, partial(self._row, row, with_zone=with_zone))

    def _minutes(self, row: DeskRow) -> int:
        if row.state != State.ARRIVED or not row.arrived_s or row.in_room_s:
            return 0
        return int(self.now_s - row.arrived_s) // 60

    def _row(self, row: DeskRow, *, with_zone: bool) -> DeskLine:
        office, zone, *_rest = self.offices[row.office_id]
        return DeskLine(
            kind="row",
            time=f"{row.starts:%H:%M}",
            pk=str(row.pk),
            css="is-past" if row.ends_s <= self.now_s else "",
            url=f"{self.page}{row.pk}/",
            reference=row.reference,
            patient=row.patient,
            patient_url=f"{self.patients}{row.patient_id}/",
            ids=self._identity(row),
            phone=phone_link(row.phone),
            doctor=row.doctor,
            office=office,
            zone=zone if with_zone else "",
            state=self.states[row.state],
            presence=self._presence(row),
            reason=row.reason,
            actions=self.actions.of(row),
        )

    def request(self, row: DeskRow, *, with_zone: bool) -> DeskLine:
        """A request: nothing is marked, and it says until when it is answered."""
        until = row.answer_by and f"{row.answer_by:%d/%m %H:%M}"
        return self._row(row, with_zone=with_zone)._replace(actions="", answer_by=until or "")

    def free(self, slot: FreeSlot, *, with_zone: bool = False) -> Kept:
        """A link that books it, or only its time where it is over, on offer or cannot be booked."""
        is_gone = slot.starts_s <= self.now_s
        can_book = slot.is_bookable and not is_gone and slot.state != SlotState.OFFERED
        key = (slot, is_gone, self.offices[slot.office_id], with_zone)
        make = partial(self._free, slot, is_gone, with_zone)
        return Kept("free" if can_book else "gone", key, make)

    def _free(self, slot: FreeSlot, is_gone: bool, with_zone: bool) -> DeskLine:
        time = f"{slot.starts:%H:%M}"
        is_offered = slot.state == SlotState.OFFERED
        marks = self.words[slot.state] if is_offered else self.words.get(slot.audience, "")
        return DeskLine(
            kind="free",
            time=time,
            css="is-past" if is_gone else "",
            url=self.book.replace("0", str(slot.pk)),
            name=f"{self.words['book']} {time}, {slot.doctor}",
            zone=self.offices[slot.office_id][1] if with_zone else "",
            label="" if is_offered else self.words["unused" if is_gone else "free"],
            marks=marks,
        )

    def _identity(self, row: DeskRow) -> str:
        told: str = identity(row.born, row.born_about, self.today, self.language)
        if row.is_deceased:
            told += self.words["deceased"]
        elif row.is_not_written_to:
            told += self.words["unwritten"]
        missed = self.missed.get(row.patient_id, 0)
        return told + _missed(missed) if missed >= OFTEN else told

    def _presence(self, row: DeskRow) -> str:
        told = ""
        if row.state == State.ARRIVED:
            told = escape(waiting(row, self.now))
        elif row.is_coming and row.state == State.CONFIRMED:
            told = self.words["coming"]
        if row.is_by_video:
            told += self.words["video"]
        return SafeString(told + self.words["extra"]) if row.is_extra else SafeString(told)

    def has_actions(self, row: DeskRow) -> bool:
        return bool(offered(row, self.now)) or can_change(row, self.now)

    def listed(self, entries: Sequence[DeskRow | FreeSlot]) -> list[Kept | DeskLine]:
        """Of entries by time; each names its zone where they are of several. The line “now” stands
        between what has begun and what is to come, and has the clock of the office of the latter.
        """
        with_zone = len(zones_of(entries)) > 1
        lines: list[Kept | DeskLine] = [
            self.of(one, with_zone=with_zone)
            if isinstance(one, DeskRow)
            else self.free(one, with_zone=with_zone)
            for one in entries
        ]
        if any(one.office_id in self.clocks for one in entries):
            place = bisect(entries, self.now_s, key=starts_s)
            lines.insert(place, self._now(chain(entries[place:], reversed(entries))))
        return lines

    def _now(self, nearest: Iterable[DeskRow | FreeSlot]) -> DeskLine:
        office = next(self.clocks[pk] for pk in map(office_of, nearest) if pk in self.clocks)
        time = self.now.astimezone(office.zone)
        return DeskLine("now", time=f"{time:%H:%M}", zone=office.time_zone)

    def clocks_of(self, rows: Iterable[DeskRow]) -> list[tuple[str, str, str]]:
        """(IANA zone, time, name) of the zones of those of these rows that are on today."""
        places = [
            self.clocks[pk] for pk in dict.fromkeys(map(office_of, rows)) if pk in self.clocks
        ]
        zones = {office.time_zone: office for office in places}
        return [
            (zone, f"{self.now.astimezone(office.zone):%H:%M}", zone_name(office))
            for zone, office in zones.items()
        ]

    def columns(
        self, rows: list[DeskRow], free: list[FreeSlot], *, counted: str
    ) -> list[Kept | DeskLine]:
        """One doctor after the other by name, each between a “head” and a “foot”. `counted` says
        how many rows there are: “%(n)s booked”. Where the sheet is of several zones each column
        names its own, in the head if it is but one."""
        several = len(zones_of(chain(rows, free))) > 1
        of_doctor: dict[tuple[str, int], list[DeskRow | FreeSlot]] = {}
        entries: Iterable[DeskRow | FreeSlot] = chain(rows, free)
        for entry in entries:
            of_doctor.setdefault((entry.doctor, entry.doctor_id), []).append(entry)
        made: list[Kept | DeskLine] = []
        for doctor, pk in sorted(of_doctor):
            own = sorted(of_doctor[doctor, pk], key=starts_s)
            booked = sum(type(one) is DeskRow for one in own)
            offices = ", ".join(self.offices[pk][0] for pk in dict.fromkeys(map(office_of, own)))
            if several and len(zones_of(own)) == 1:
                offices = f"{offices}, {self.offices[own[0].office_id][1]}"
            label = counted % {"n": booked}
            made.append(DeskLine("head", pk=str(pk), doctor=doctor, office=offices, label=label))
            made += self.listed(own)
            made.append(DeskLine("foot"))
        return made


def zones_of(entries: Iterable[DeskRow | FreeSlot]) -> set[ZoneInfo]:
    return {one.zone for one in entries}


class Actions:
    """One next mark as a button, undo beside it, and the rest behind “More”.

    Rows on which the same can be done share one rendered form.
    """

    def __init__(self, now: datetime):
        self.now = now
        self.forms: dict[tuple, Filled] = {}
        self.changes = (
            (url_of_each("appointment-reschedule"), _("Move to another time")),
            (url_of_each("appointment-cancel"), _("Cancel appointment")),
        )

    def of(self, row: DeskRow) -> SafeString:
        verbs = offered(row, self.now)
        changes = can_change(row, self.now)
        key = (*verbs, changes)
        if key not in self.forms:
            self.forms[key] = self._form(verbs, changes=changes)
        return self.forms[key].fill(pk=row.pk, patient=row.patient)

    def _form(self, verbs: list[str], *, changes: bool) -> Filled:
        return filled(
            "desk/_actions.html",
            marks=marks_of(verb for verb in verbs if verb != "no-show"),
            more=marks_of(verb for verb in verbs if verb == "no-show"),
            links=self.changes if changes else (),
        )


def can_change(row: DeskRow, now: datetime) -> bool:
    return row.state == State.CONFIRMED and row.starts > now


@lru_cache
def _words(_language: str | None) -> tuple[dict[str, SafeString], dict[str, str]]:
    """The states in their colours, and the other words of lines."""
    states = {value: _state(f"state-{value}", str(label)) for value, label in State.choices}
    return states, {
        "extra": _tag(_("Extra")),
        "video": _tag(_("By video")),
        SlotAudience.DESK: _tag(_("Desk only")),
        SlotAudience.SAME_DAY: _tag(_("Same day")),
        SlotState.OFFERED: _tag(_("On offer")),
        "deceased": _state("state-plain state-deceased", _("Deceased")),
        "unwritten": _state("state-plain state-deceased", _("Do not write")),
        "coming": _state("state-plain state-accepted", _("Coming")),
        "free": _("Free"),
        "unused": _("Not booked"),
        "book": _("Book"),
    }


def _tag(word: str) -> SafeString:
    return filled("components/tag.html").fill(word=word)


def _state(css: str, label: str) -> SafeString:
    return filled("components/state.html").fill(css=css, label=label)


def _missed(count: int) -> SafeString:
    word = _("Missed %(n)s in 12 months") % {"n": count}
    return _state("state-plain state-no_show", word)


@lru_cache(maxsize=20_000)
def identity(
    born: date | None, about: int | None, today: date, _language: str | None
) -> SafeString:
    """“17 May 1980 · 45 years”; months for the very young. “about 1961” if only the year `about` is
    known, else ""."""
    if born is None:
        return SafeString(escape(about_year(about)))
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    years = today.year - born.year - (not had_birthday)
    if years >= BABY:
        age = ngettext("%(n)s year", "%(n)s years", years) % {"n": years}
    else:
        months = 12 * (today.year - born.year) + today.month - born.month
        months = max(0, months - (today.day < born.day))
        age = ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    return SafeString(escape(f"{birthday(born, None)} · {age}"))


@lru_cache(maxsize=20_000)
def phone_link(number: str) -> SafeString:
    """Calls the number, on machines that can."""
    if not number:
        return SafeString("")
    return filled("components/phone_link.html").fill(number=number, written=phone(number))
