"""Events as finished text: lines of the page, and of the CSV file."""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.audit.rows.words import kinds, thing_words, verb_words
from portal.enums import Role
from portal.models import AuditEvent

# A spreadsheet would take a text that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"  # or some spreadsheets read UTF-8 as something else


@dataclass(slots=True)
class TrailLine:
    url: str
    at: str
    who: str
    role: str
    what: str
    thing: str
    patient: str


def lines(events: Iterable[AuditEvent], names: dict[int, str], zone: ZoneInfo) -> list[TrailLine]:
    """`names`: the patients' names by id."""
    page, named = reverse("manage-audit-event", args=[0]), kinds()
    roles = {value: str(label) for value, label in Role.choices}
    return [
        TrailLine(
            url=page.replace("0", str(one.pk)),
            at=date_format(one.at.astimezone(zone), "j M Y, H:i:s"),
            who=who(one),
            role=roles.get(one.actor_role, one.actor_role),
            what=verb_words(one.verb),
            thing=thing_words(one.object_type, one.object_id, named),
            patient=patient(one, names) or "–",
        )
        for one in events
    ]


def who(event: AuditEvent) -> str:
    """The name of that moment; nobody is known by name at a failed sign-in."""
    if event.actor_id:
        return event.actor_name
    return _("Not signed in") if event.verb == "sign_in_failed" else _("The portal itself")


def patient(event: AuditEvent, names: dict[int, str]) -> str:
    if not event.patient_id:
        return ""
    return names.get(event.patient_id) or _("Patient %(pk)s") % {"pk": event.patient_id}


class _Echo:
    """What csv.writer writes to: hands each line on."""

    def write(self, line: str) -> str:
        return line


class CsvLines:
    """The lines of a CSV file, one by one."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._write = csv.writer(_Echo()).writerow

    def head(self) -> str:
        names = ("id", "time", "person", "person id", "role", "verb", "object", "object id")
        rest = ("patient", "patient id", "changes", "address", "request")
        return BOM + self._row(*names, *rest)

    def of(self, events: Iterable[AuditEvent], names: dict[int, str]) -> Iterator[str]:
        for one in events:
            yield self._row(
                one.pk,
                one.at.astimezone(self.zone).isoformat(timespec="seconds"),
                who(one),
                one.actor_id,
                one.actor_role,
                one.verb,
                one.object_type,
                one.object_id or "",
                patient(one, names),
                one.patient_id,
                json.dumps(one.changes, ensure_ascii=False),
                one.address,
                one.request_id,
            )

    def sentence(self, text: str) -> str:
        return self._row(text)

    def _row(self, *values: object) -> str:
        return self._write([_safe(value) for value in values])


def _safe(value: object) -> object:
    """An apostrophe before what looks like a formula; numbers stay."""
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA):
        return f"'{value}"
    return value
