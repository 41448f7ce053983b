"""Weekly hours, and what changing them means, as the pages print them (requirement B03)."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.clock.grid import end_minutes, minutes_of
from portal.diary.queries.hours import days_of
from portal.diary.queries.hours_page import appointments_on
from portal.diary.queries.hours_plan import Plan
from portal.enums import SlotAudience, SlotState
from portal.models import Appointment, Office, User, Weekday, WeeklyHours


class BlockLine(NamedTuple):
    """One row of the week; a day without hours is one without a block."""

    day: str
    pk: int | None = None
    hours: str = ""
    office: str = ""
    minutes: int = 0
    audience: str = ""
    is_public: bool = True
    rhythm: str = ""
    validity: str = ""


@dataclass
class DayLine:
    """What a plan does on a date, in stretches: “09:00–13:00”."""

    day: date
    added: int = 0
    removed: int = 0
    added_hours: str = ""
    removed_hours: str = ""


@dataclass
class Preview:
    plan: Plan
    days: list[DayLine]
    conflicts: list[Appointment]
    on_offer: int
    asked_for: int
    skipped: list[tuple[str, int, str]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        plan = self.plan
        return not (plan.added or plan.removed or plan.kept or plan.changed or plan.inside)

    @property
    def changed(self) -> int:
        return len(self.plan.changed)


def week_lines(blocks: list[WeeklyHours], today: date) -> list[BlockLine]:
    """From Monday to Sunday, each block in the order of its start."""
    lines = []
    for weekday in Weekday:
        of_day = [block for block in blocks if block.weekday == weekday]
        lines += [_block_line(block, today) for block in of_day] or [BlockLine(str(weekday.label))]
    return lines


def minutes_a_week(blocks: list[WeeklyHours], today: date) -> int:
    """Of the blocks that hold today; every second week counts half."""
    return sum(
        (end_minutes(block.ends) - minutes_of(block.starts)) // block.every_weeks
        for block in blocks
        if block.valid_from <= today
    )


def preview_of(plan: Plan, offices: list[Office], user: User) -> Preview:
    """What `user` may see of it. One query if something is booked."""
    zones = {office.pk: office.zone for office in offices}
    added: dict[date, list[tuple[datetime, datetime]]] = {}
    removed: dict[date, list[tuple[datetime, datetime]]] = {}
    for one in plan.added:
        ends = one.ends_at.astimezone(one.wall.tzinfo)
        added.setdefault(one.wall.date(), []).append((one.wall, ends))
    for slot in plan.removed:
        starts, ends = (
            moment.astimezone(zones[slot.office_id]) for moment in (slot.starts_at, slot.ends_at)
        )
        removed.setdefault(starts.date(), []).append((starts, ends))
    days = [
        DayLine(
            day,
            len(added.get(day, ())),
            len(removed.get(day, ())),
            stretches(added.get(day, [])),
            stretches(removed.get(day, [])),
        )
        for day in sorted(added.keys() | removed.keys())
    ]
    booked = [slot.pk for slot in plan.kept if slot.state == SlotState.TAKEN]
    return Preview(
        plan=plan,
        days=days,
        conflicts=appointments_on(booked, user) if booked else [],
        on_offer=sum(slot.state == SlotState.OFFERED for slot in plan.kept),
        asked_for=sum(slot.has_requests for slot in plan.removed),
        skipped=_skipped(plan),
    )


def done_text(plan: Plan) -> str:
    """“52 times added, 4 removed, 1 booked time is outside the hours now.”"""
    counts = [
        (len(plan.added), ngettext("%(n)s time added", "%(n)s times added", len(plan.added))),
        (len(plan.removed), _("%(n)s removed")),
        (
            len(plan.kept),
            ngettext(
                "%(n)s booked time is outside the hours now",
                "%(n)s booked times are outside the hours now",
                len(plan.kept),
            ),
        ),
    ]
    said = ", ".join(text % {"n": count} for count, text in counts if count)
    return f"{said}." if said else _("Saved. No time came or went.")


def _block_line(block: WeeklyHours, today: date) -> BlockLine:
    ends = "24:00" if end_minutes(block.ends) == 24 * 60 else f"{block.ends:%H:%M}"
    return BlockLine(
        day=block.get_weekday_display(),
        pk=block.pk,
        hours=f"{block.starts:%H:%M}–{ends}",
        office=block.office.name,
        minutes=block.minutes,
        audience=block.get_audience_display(),
        is_public=block.audience == SlotAudience.PUBLIC,
        rhythm=_rhythm(block, today),
        validity=_validity(block, today),
    )


def _rhythm(block: WeeklyHours, today: date) -> str:
    if block.every_weeks == 1:
        return _("Every week")
    following = next(days_of(block, today, today + timedelta(days=366)), None)
    if following is None:
        return _("Every second week")
    return _("Every second week, next on %(day)s") % {"day": date_format(following, "j F")}


def _validity(block: WeeklyHours, today: date) -> str:
    first = date_format(block.valid_from, "j F Y")
    last = date_format(block.valid_until, "j F Y") if block.valid_until else ""
    if block.valid_from > today:
        if last:
            return _("%(first)s to %(last)s") % {"first": first, "last": last}
        return _("from %(day)s") % {"day": first}
    return _("until %(day)s") % {"day": last} if last else ""


def stretches(spans: list[tuple[datetime, datetime]]) -> str:
    """Times that follow one another are one stretch. They stand as the wall shows them."""
    found: list[list[datetime]] = []
    for starts, ends in sorted(spans):
        if found and found[-1][1].utctimetuple() == starts.utctimetuple():
            found[-1][1] = ends
        else:
            found.append([starts, ends])
    return ", ".join(f"{starts:%H:%M}–{ends:%H:%M}" for starts, ends in found)


def _skipped(plan: Plan) -> list[tuple[str, int, str]]:
    """Reason, how many, and the first of them."""
    counts = Counter(why for _time, why in plan.skipped)
    return [
        (
            str(why.words),
            count,
            ", ".join(
                date_format(one.wall.replace(tzinfo=None), "D j M H:i")
                for one, its in plan.skipped
                if its == why
            )
            if count <= 6
            else "",
        )
        for why, count in counts.most_common()
    ]
