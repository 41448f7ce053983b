"""A doctor's weekly hours, and the slots that are created from them (requirement B03).

A user sees the effect of a change before confirming it. Each verb takes `confirmed`, the digest of
the plan that was shown; with None it writes nothing and only returns the plan. Booked slots and
slots on offer stay as they are, and count as outside the hours from then on.
docs/decisions/weekly-hours.md says which slots are created again and which are not.
"""

from collections.abc import Callable, Collection
from datetime import date, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.clock.grid import end_minutes, minutes_of
from portal.clock.today import today_at
from portal.database.transactions import retried
from portal.diary.queries.hours import clash, monday, weeks_between
from portal.diary.queries.hours_plan import Plan, plan_for
from portal.diary.services import availability, bulk_changes
from portal.diary.services.bulk_changes import STALE, Undone
from portal.diary.services.hours_slots import follow
from portal.enums import BulkChangeKind
from portal.errors import Overlap, PortalError, StaleState, TooLate
from portal.models import (
    BulkChange,
    ClinicSettings,
    Doctor,
    HoursException,
    Office,
    Slot,
    User,
    WeeklyHours,
)
from portal.permissions.authority import demand_diary_at


def add(
    doctor: Doctor, *, blocks: Collection[WeeklyHours], confirmed: str | None, by: User
) -> Plan:
    """Add blocks, which are not saved and have no doctor yet.

    Locks the doctor. Writes the blocks, slots and an AuditEvent. Raises PortalError, Overlap (they
    overlap other blocks), StaleState, Forbidden. Source: requirement B03.
    """
    for block in blocks:
        _check(block)

    def write(doctor: Doctor) -> dict:
        others = _standing(doctor)
        made = [_copy(block, doctor=doctor) for block in blocks]
        for block in made:
            demand_diary_at(by, doctor, block.office)
            _check_clash(block, others)
        WeeklyHours.objects.bulk_create(made)
        return {"blocks": [_plain(block) for block in made]}

    return _change(doctor, "add_hours", write, confirmed=confirmed, by=by)


def change(
    block: WeeklyHours, *, first_day: date, confirmed: str | None, by: User, **values: Any
) -> Plan:
    """Change these values of the block from `first_day` (a date at the office) on.

    The block ends on the day before, and a new one follows it; a block of every second week keeps
    its weeks. Locks, writes and raises as `add`; TooLate for a past day.
    """
    _check_ahead(first_day, block.office, field="first_day")

    def write(doctor: Doctor) -> dict:
        old = _current(block)
        new = _copy(old, doctor=doctor, valid_from=first_day, **values)
        for office in (old.office, new.office):
            demand_diary_at(by, doctor, office)
        if new.every_weeks == old.every_weeks == 2 and weeks_between(old.valid_from, first_day) % 2:
            new.valid_from = monday(first_day) + timedelta(days=7)
        _check(new)
        _end(old, first_day - timedelta(days=1))
        _check_clash(new, _standing(doctor))
        new.save()
        return {"before": _plain(old), "after": _plain(new)}

    return _change(block.doctor, "change_hours", write, confirmed=confirmed, by=by)


def end(block: WeeklyHours, *, last_day: date, confirmed: str | None, by: User) -> Plan:
    """End the block; `last_day` (a date at the office) is the last on which it is valid, yesterday
    at the earliest. Locks, writes and raises as `change`."""
    _check_ahead(last_day + timedelta(days=1), block.office, field="last_day")

    def write(doctor: Doctor) -> dict:
        old = _current(block)
        demand_diary_at(by, doctor, old.office)
        if old.valid_until and old.valid_until < last_day:
            raise PortalError(_("They end before that day already."), field="last_day")
        _end(old, last_day)
        return {"before": _plain(old), "last_day": last_day.isoformat()}

    return _change(block.doctor, "end_hours", write, confirmed=confirmed, by=by)


def set_exception(
    doctor: Doctor,
    *,
    office: Office,
    day: date,
    stretches: Collection[tuple[time, time]],
    confirmed: str | None,
    by: User,
) -> Plan:
    """Replace the doctor's hours at `office` on `day` by these, in wall time; without any, the
    doctor has no hours on that day.

    An existing exception for the day is replaced. Locks the doctor. Writes HoursExceptions, slots
    and an AuditEvent. Raises PortalError, TooLate, StaleState, Forbidden.
    """
    _check_ahead(day, office, field="day")
    _check_stretches(stretches)

    def write(doctor: Doctor) -> dict:
        demand_diary_at(by, doctor, office)
        if not doctor.weekly_hours.filter(office=office).exists():
            raise PortalError(_("There are no weekly hours at this office."), field="office")
        place = {"doctor": doctor, "office": office, "day": day}
        rows: list[tuple[time | None, time | None]] = [*stretches] or [(None, None)]
        HoursException.objects.filter(**place).delete()
        HoursException.objects.bulk_create(
            HoursException(**place, starts=starts, ends=ends) for starts, ends in rows
        )
        hours = [f"{starts:%H:%M}–{ends:%H:%M}" for starts, ends in stretches]
        return {"office": office.pk, "day": day.isoformat(), "hours": hours}

    return _change(doctor, "set_hours_exception", write, confirmed=confirmed, by=by)


def drop_exception(
    doctor: Doctor, *, office: Office, day: date, confirmed: str | None, by: User
) -> Plan:
    """Delete the exception for `day`, so that the usual hours apply again. Locks, writes and raises
    as `set_exception`."""
    _check_ahead(day, office, field="day")

    def write(doctor: Doctor) -> dict:
        demand_diary_at(by, doctor, office)
        gone, _by_model = doctor.hours_exceptions.filter(office=office, day=day).delete()
        if not gone:
            raise StaleState(_("There is no exception on that day any more."))
        return {"office": office.pk, "day": day.isoformat()}

    return _change(doctor, "drop_hours_exception", write, confirmed=confirmed, by=by)


@retried
def restore(change: BulkChange, *, by: User) -> Undone:
    """The hours are what they were before that change, and the diary follows; for `undoing.undo`.

    Locks the doctor. Writes blocks, exceptions and slots. Raises StaleState if the hours have been
    changed since, Forbidden.
    """
    before, after = change.facts["before"], change.facts["after"]
    with availability._diary(change.its_doctor, by=by) as doctor:
        for office in Office.objects.filter(pk__in=change.facts["offices"]):
            demand_diary_at(by, doctor, office)
        if _said_now(doctor) != after:
            raise StaleState(_("The hours have been changed again since: change them by hand."))
        for block in doctor.weekly_hours.all():
            if str(block.pk) not in before["blocks"]:
                _end(block, block.valid_from - timedelta(days=1))
            elif before["blocks"][str(block.pk)] != after["blocks"][str(block.pk)]:
                until = before["blocks"][str(block.pk)]
                block.valid_until = until and date.fromisoformat(until)
                block.save(update_fields=["valid_until"])
        _restore_exceptions(doctor, before["exceptions"], after["exceptions"])
        settings = ClinicSettings.current()
        plan = plan_for(doctor, settings=settings)
        follow(doctor, plan, settings=settings, by=by)
    kept = Slot.objects.filter(pk__in=[slot.pk for slot in plan.kept]).select_related("office")
    return Undone(gone=len(plan.removed), back=len(plan.added), booked=list(kept))


def _restore_exceptions(doctor: Doctor, before: list[list], after: list[list]) -> None:
    days = {(row[0], row[1]) for row in (*before, *after) if (row in before) != (row in after)}
    for office, day in sorted(days):
        doctor.hours_exceptions.filter(office=office, day=day).delete()
    HoursException.objects.bulk_create(
        HoursException(
            doctor=doctor,
            office_id=office,
            day=date.fromisoformat(day),
            starts=starts and time.fromisoformat(starts),
            ends=ends and time.fromisoformat(ends),
        )
        for office, day, starts, ends in before
        if (office, day) in days
    )


def _offices_in(doctor: Doctor, before: dict, after: dict) -> list[int]:
    """Where the hours differ: one query."""
    blocks, were = after["blocks"], before["blocks"]
    changed = [int(pk) for pk, until in blocks.items() if were.get(pk, "") != until]
    offices = set(doctor.weekly_hours.filter(pk__in=changed).values_list("office", flat=True))
    rows = (*before["exceptions"], *after["exceptions"])
    offices |= {
        row[0] for row in rows if (row in before["exceptions"]) != (row in after["exceptions"])
    }
    return sorted(offices)


def _said_now(doctor: Doctor) -> dict:
    """All that is said about the doctor's weeks, as JSON values: two queries."""
    blocks = doctor.weekly_hours.values_list("pk", "valid_until")
    exceptions = doctor.hours_exceptions.values_list("office", "day", "starts", "ends")
    return {
        "blocks": {str(pk): until and until.isoformat() for pk, until in blocks},
        "exceptions": [
            [office, *(value and value.isoformat() for value in values)]
            for office, *values in exceptions
        ],
    }


@retried
def _change(
    doctor: Doctor,
    verb: str,
    write: Callable[[Doctor], dict],
    *,
    confirmed: str | None,
    by: User,
) -> Plan:
    """Call `write`, which saves the rules, and update the slots; or roll back and return the plan.

    The plan's `skipped` are only those that this change causes.
    """
    with availability._diary(doctor, by=by) as doctor:
        settings = ClinicSettings.current()
        known = {one.key for one, _why in plan_for(doctor, settings=settings).skipped}
        before = _said_now(doctor) if confirmed else {}
        said = write(doctor)
        plan = plan_for(doctor, settings=settings)
        plan.skipped = [(one, why) for one, why in plan.skipped if one.key not in known]
        if confirmed is None:
            transaction.set_rollback(True)
            return plan
        if confirmed != plan.digest:
            raise StaleState(str(STALE))
        follow(doctor, plan, settings=settings, by=by)
        said |= {name: len(getattr(plan, name)) for name in ("added", "removed", "kept")}
        audit.record(verb, doctor, by=by, **said)
        after = _said_now(doctor)
        facts = {"before": before, "after": after, "offices": _offices_in(doctor, before, after)}
        plan.bulk = bulk_changes.keep(BulkChangeKind.HOURS, doctor=doctor, facts=facts, by=by)
    return plan


def _standing(doctor: Doctor) -> list[WeeklyHours]:
    """The doctor's blocks that are valid now or in the future."""
    yesterday = (timezone.now() - timedelta(days=1)).date()
    ahead = Q(valid_until=None) | Q(valid_until__gte=yesterday)
    return list(doctor.weekly_hours.filter(ahead).select_related("office"))


def _current(block: WeeklyHours) -> WeeklyHours:
    """The block as it is under the doctor's lock; refuses if somebody has changed it meanwhile."""
    now = WeeklyHours.objects.select_related("office").get(pk=block.pk)
    if now.valid_until != block.valid_until:
        raise StaleState
    return now


def _end(block: WeeklyHours, last_day: date) -> None:
    """A block that was never valid ends on the day before it would have begun."""
    until = max(last_day, block.valid_from - timedelta(days=1))
    block.valid_until = min(until, block.valid_until or until)
    block.save(update_fields=["valid_until"])


def _copy(block: WeeklyHours, **values: Any) -> WeeklyHours:
    names = "office weekday starts ends minutes every_weeks audience valid_from valid_until"
    return WeeklyHours(**{name: getattr(block, name) for name in names.split()} | values)


def _check(block: WeeklyHours) -> None:
    _check_stretches([(block.starts, block.ends)])
    if end_minutes(block.ends) - minutes_of(block.starts) < block.minutes:
        raise PortalError(_("Not one slot of that length fits in."), field="minutes")
    if block.valid_until and block.valid_until < block.valid_from:
        raise PortalError(_("The last day is before the first."), field="valid_until")


def _check_stretches(stretches: Collection[tuple[time, time]]) -> None:
    before = 0
    for starts, ends in sorted(stretches):
        if end_minutes(ends) <= minutes_of(starts):
            raise PortalError(_("The end must be after the start."), field="ends")
        if minutes_of(starts) < before:
            raise PortalError(_("These times overlap each other."), field="ends")
        before = end_minutes(ends)


def _check_clash(block: WeeklyHours, others: list[WeeklyHours]) -> None:
    """If the time zones differ, overlapping times are found one by one and left out."""
    for other in others:
        if other.office.time_zone == block.office.time_zone and clash(block, other):
            raise Overlap(
                _("They overlap other hours: %(hours)s at %(office)s.")
                % {"hours": other, "office": other.office.name},
                field="starts",
            )


def _check_ahead(day: date, office: Office, *, field: str) -> None:
    if day < today_at(office):
        raise TooLate(_("That day has passed."), field=field)


def _plain(block: WeeklyHours) -> dict:
    return {
        "id": block.pk,
        "office": block.office_id,
        "hours": str(block),
        "minutes": block.minutes,
        "every_weeks": block.every_weeks,
        "audience": block.audience,
        "valid_from": block.valid_from.isoformat(),
        "valid_until": block.valid_until.isoformat() if block.valid_until else None,
    }
