"""Which marks a page offers for an appointment, as buttons of the form that stands around them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.appointments.queries.appointments import AppointmentRow
from portal.clock.today import today_in
from portal.desk.queries.desk import LATE, DeskRow
from portal.enums import AppointmentState as State
from portal.models import Appointment

BUTTON = (
    '<button class="btn btn-{look} btn-sm" formaction="{url}" aria-label="{name}">{text}</button>'
)


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


Marked = AppointmentRow | DeskRow | OnPage


def buttons(now: datetime) -> Callable[[Marked], SafeString]:
    """Makes the buttons of one row: the next mark first, and what takes the last one back.

    What is shared by all rows is made once.
    """
    url = reverse("appointment-mark", args=[0, "VERB"])
    words = words_of_marks()

    def button(row: Marked, verb: str, look: str) -> str:
        return BUTTON.format(
            look=look,
            url=url.replace("0", str(row.pk)).replace("VERB", verb),
            name=escape(f"{words[verb]}: {row.patient}"),
            text=escape(words[verb]),
        )

    def of(row: Marked) -> SafeString:
        first, *others = [*offered(row, now), ""]
        looks = [(first, look_of(first)), *((verb, "quiet") for verb in others)]
        return SafeString("".join(button(row, verb, look) for verb, look in looks if verb))

    return of


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
