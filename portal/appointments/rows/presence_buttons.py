"""Which marks a page offers for an appointment, as buttons of the form that stands around them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.appointments.rules import LATE
from portal.clock.today import today_in
from portal.enums import AppointmentState as State
from portal.models import Appointment
from portal.web.filled import Filled, filled, url_of_each


class Marked(Protocol):
    """What marks are offered for: a row of a list, of the day sheet, or an appointment's page."""

    @property
    def pk(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def patient(self) -> str: ...
    @property
    def starts(self) -> datetime: ...  # in the office's zone
    @property
    def arrived_at(self) -> datetime | None: ...
    @property
    def in_room_at(self) -> datetime | None: ...


@dataclass
class OnPage:
    """An appointment as its own page shows it."""

    pk: int
    state: str
    patient: str
    starts: datetime
    arrived_at: datetime | None
    in_room_at: datetime | None

    @classmethod
    def of(cls, one: Appointment) -> "OnPage":
        starts = one.starts_at.astimezone(one.office.zone)
        return cls(one.pk, one.state, one.patient.name, starts, one.arrived_at, one.in_room_at)


def buttons(now: datetime) -> Callable[[Marked], SafeString]:
    """Makes the buttons of one row: the next mark first, and what takes the last one back.

    Rows with the same buttons share one rendered form.
    """
    forms: dict[tuple[str, ...], Filled] = {}

    def of(row: Marked) -> SafeString:
        verbs = tuple(offered(row, now))
        if verbs not in forms:
            forms[verbs] = filled("appointments/_marks.html", marks=marks_of(verbs))
        return forms[verbs].fill(pk=row.pk, patient=row.patient)

    return of


def marks_of(verbs: Iterable[str]) -> tuple[tuple[str, str, str], ...]:
    """(URL with the mark of the row's pk, word, look) of each, for a template that is filled in."""
    words = words_of_marks()
    return tuple(
        (url_of_each("appointment-mark", verb), words[verb], look_of(verb)) for verb in verbs
    )


def words_of_marks() -> dict[str, str]:
    return {
        "arrive": _("Arrived"),
        "call-in": _("In the room"),
        "complete": _("Completed"),
        "no-show": _("Did not attend"),
        "undo": _("Undo"),
    }


def look_of(verb: str) -> str:
    """How a button is drawn: what goes forward stands out."""
    return "quiet" if verb in ("undo", "no-show") else "secondary"


def offered(row: Marked, now: datetime) -> list[str]:
    """The marks that can be made now, the next one first. None on another day."""
    zone = row.starts.tzinfo
    if zone is None or row.starts.date() != today_in(zone, now):
        return []
    if row.state == State.CONFIRMED:
        return ["arrive", "no-show"] if now >= row.starts + LATE else ["arrive"]
    if row.state == State.ARRIVED:
        return ["complete" if row.in_room_at else "call-in", "undo"]
    return ["undo"] if row.state in (State.COMPLETED, State.NO_SHOW) else []


def waiting(row: Marked, now: datetime) -> str:
    """“Waiting 12 minutes” for somebody who has arrived, “in the room”; empty for all others."""
    if row.state != State.ARRIVED or row.arrived_at is None:
        return ""
    if row.in_room_at:
        return _("In the room")
    minutes = max(0, int((now - row.arrived_at).total_seconds() // 60))
    return ngettext("Waiting %(n)s minute", "Waiting %(n)s minutes", minutes) % {"n": minutes}
