"""What copying a day means, as the page prints it: which times come, which go, what is booked."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.diary.queries.hours_page import appointments_on
from portal.diary.rows.hours_lines import stretches
from portal.diary.services.availability import DayPlan
from portal.diary.services.day_copies import Copy
from portal.models import Appointment, User


@dataclass(frozen=True)
class CopyLine:
    """One day; hours are stretches: “09:00–13:00”. `note`: what else is to be said."""

    day: date
    added: int
    removed: int
    added_hours: str
    removed_hours: str
    note: str


@dataclass(frozen=True)
class CopyPreview:
    days: list[CopyLine]
    added: int
    removed: int
    asked_for: int
    booked: list[Appointment]
    digest: str

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed)


def preview_of(copy: Copy, user: User) -> CopyPreview:
    """One query if something is booked."""
    booked = [slot.pk for plan in copy.plans for slot in plan.booked]
    removed = [slot for plan in copy.plans for slot in plan.removed]
    return CopyPreview(
        days=[_line(plan) for plan in copy.plans],
        added=sum(len(plan.added) for plan in copy.plans),
        removed=len(removed),
        asked_for=sum(slot.has_requests for slot in removed),
        booked=appointments_on(booked, user) if booked else [],
        digest=copy.digest,
    )


def _line(plan: DayPlan) -> CopyLine:
    zone = plan.office.zone

    def walls(some) -> list[tuple[datetime, datetime]]:
        return [(one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)) for one in some]

    return CopyLine(
        day=plan.day,
        added=len(plan.added),
        removed=len(plan.removed),
        added_hours=stretches(walls(plan.added)),
        removed_hours=stretches(walls(plan.removed)),
        note=_note(plan),
    )


def _note(plan: DayPlan) -> str:
    if plan.closure:
        return _("Closed, so nothing is copied: %(name)s.") % {"name": plan.closure.name}
    parts = []
    for count, text in (
        (
            len(plan.booked),
            ngettext("%(n)s booked, and stays.", "%(n)s booked, and stay.", len(plan.booked)),
        ),
        (len(plan.skipped), _("%(n)s left out: passed, away, or another slot is there.")),
    ):
        if count:
            parts.append(text % {"n": count})
    if not plan.added and not plan.removed:
        parts.append(_("No time comes or goes."))
    return " ".join(parts)
