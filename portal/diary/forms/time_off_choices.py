"""The choices for the appointments in a time off (requirement B19)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from django.utils.translation import gettext as _

from portal.diary.queries.time_off import Item
from portal.diary.services.time_off import Choice
from portal.models import Appointment, Doctor, TimeOff
from portal.models.lengths import longest
from portal.web.id_fields import LARGEST

MOST_TEXT = longest(Appointment, "cancel_comment")
MOST_NOTE = longest(TimeOff, "note")
SLOT = "slot-"


@dataclass
class ChoiceRow:
    """An appointment and its choice: `slot-<id>`, `other`, `hand`, `cancel` or ""."""

    item: Item
    picked: str = ""
    to: int | None = None
    message: str = ""
    error: str = ""
    is_new: bool = False  # or has changed since it was shown

    @property
    def pk(self) -> int:
        return self.item.appointment.pk

    @property
    def slot(self) -> int | None:
        return _id_of(self.picked.removeprefix(SLOT))

    def propose(self) -> None:
        """Chooses the nearest time, or else the first colleague of the specialty, or else nothing:
        people choose a doctor of another specialty themselves."""
        self.picked, self.to = "", None
        if same := self.item.same:
            self.picked, self.to = "hand", same[0].pk
        if self.item.times:
            self.picked = f"{SLOT}{self.item.times[0].pk}"

    def choice(self) -> Choice:
        version = self.item.appointment.version
        if self.item.obstacle:
            return Choice(version)
        if self.item.is_request:
            return Choice(version, "decline")
        if self.picked == "hand" and self.to:
            return Choice(version, "transfer", doctor=self.to)
        if self.picked == "cancel":
            return Choice(version, "cancel", message=self.message)
        if self.slot:
            return Choice(version, "reschedule", slot=self.slot)
        return Choice(version)


@dataclass
class Sent:
    """The posted choices, before they are compared with what is possible now."""

    data: Mapping[str, str] = field(default_factory=dict)

    @property
    def note(self) -> str:
        return self.data.get("note", "").strip()

    def note_error(self) -> str:
        if len(self.note) > MOST_NOTE:
            return _("At most %(most)s characters.") % {"most": MOST_NOTE}
        return ""

    def slots(self, appointments: list[Appointment]) -> dict[int, int]:
        """The chosen slots by appointment; “another time” is already resolved."""
        found = {}
        for one in appointments:
            picked = self.data.get(f"do-{one.pk}", "")
            name = self.data.get(f"other-{one.pk}", "") if picked == "other" else picked
            slot = _id_of(name.removeprefix(SLOT))
            if slot:
                found[one.pk] = slot
        return found

    def rows(self, items: list[Item], *, default_message: str) -> list[ChoiceRow]:
        """A row for each appointment; those that were not shown, or have changed, are marked as
        new."""
        seen = set(self.data.get("seen", "").split())
        slots = self.slots([item.appointment for item in items])
        rows = []
        for item in items:
            row = ChoiceRow(item, message=default_message)
            if not self.data:
                row.propose()
            elif f"{row.pk}:{item.appointment.version}" not in seen:
                row.is_new = True
                row.propose()
            else:
                self._fill(row, slots.get(row.pk), default_message)
            rows.append(row)
        return rows

    def _fill(self, row: ChoiceRow, slot: int | None, default_message: str) -> None:
        row.picked = self.data.get(f"do-{row.pk}", "")
        row.to = _id_of(self.data.get(f"to-{row.pk}"))
        row.message = self.data.get(f"message-{row.pk}", default_message).strip()
        if slot:
            row.picked = f"{SLOT}{slot}"
            if slot not in {one.pk for one in row.item.times}:
                row.picked = ""
                row.error = _("The time that you chose is not free any more. Choose another.")
        elif row.picked == "other":
            row.error = _("Choose one of the further times.")
        elif row.picked == "hand":
            self._check_colleague(row)
        elif row.picked == "cancel":
            _check_message(row)
        elif row.picked:
            row.picked = ""

    @staticmethod
    def _check_colleague(row: ChoiceRow) -> None:
        if row.to is None:
            row.error = _("Choose who takes it over.")
        elif row.to not in {one.pk for one in row.item.colleagues}:
            row.to, row.error = None, _("That doctor cannot take it any more. Choose another.")


def _check_message(row: ChoiceRow) -> None:
    if not row.message:
        row.error = _("Write what the patient is to read.")
    elif len(row.message) > MOST_TEXT:
        row.error = _("At most %(most)s characters.") % {"most": MOST_TEXT}


def pick_for_all(rows: list[ChoiceRow], data: Mapping[str, str]) -> str:
    """Set the choice of all rows, as the button `all` says: move, hand or cancel. Returns a
    refusal, or ""."""
    verb, to = data.get("all"), _id_of(data.get("all_to"))
    message = data.get("all_message", "").strip()
    if verb == "hand" and to is None:
        return _("Choose the colleague who is to take them over.")
    if verb == "cancel" and not message:
        return _("Write what the patients are to read.")
    if verb == "cancel" and len(message) > MOST_TEXT:
        return _("At most %(most)s characters.") % {"most": MOST_TEXT}
    for row in rows:
        row.error = ""
        if verb == "move":
            row.propose()
        elif verb == "cancel":
            row.picked, row.message = "cancel", message
        elif to in {one.pk for one in row.item.colleagues}:
            row.picked, row.to = "hand", to
    return ""


def colleagues_for_all(rows: list[ChoiceRow]) -> dict[str, list[tuple[Doctor, int]]]:
    """Colleagues who could take over any of them, with the number; the largest number first.
    `same`: of the specialty; `strangers`: of others."""
    return {
        group: _by_count(chain.from_iterable(getattr(row.item, group) for row in rows))
        for group in ("same", "strangers")
    }


def _by_count(doctors: Iterable[Doctor]) -> list[tuple[Doctor, int]]:
    return Counter(doctors).most_common()


def _id_of(text: str | None) -> int | None:
    """None for anything that cannot be an id."""
    text = text or ""
    is_number = text.isascii() and text.isdigit() and len(text) < 20
    return int(text) if is_number and 0 < int(text) <= LARGEST else None
