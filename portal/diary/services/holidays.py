"""An office's holidays: proposed by its country's calendar, in force once confirmed (B03).

Locks: the office, then all doctors by id, then slots. Anybody may add a time at any office; under
these locks nobody can, and a booking locks its slot.
"""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.clock.today import today_at
from portal.database.transactions import retried
from portal.diary.queries.public_holidays import countries, public_holidays, regions
from portal.diary.services import bulk_changes, closing_days
from portal.diary.services.bulk_changes import STALE, Undone
from portal.diary.services.closing_days import Decided
from portal.enums import BulkChangeKind, HolidayState
from portal.errors import PortalError, StaleState, TooLate
from portal.models import BulkChange, Holiday, Office, User, locks
from portal.permissions.authority import demand, demand_open

AHEAD = timedelta(days=548)  # eighteen months


@retried
def set_place(office: Office, *, country: str, region: str, by: User) -> int:
    """Set the country and region whose calendar proposes the office's holidays. Returns the number
    of new proposals.

    `country` is ISO 3166-1 (two letters) or empty for none, `region` the second half of ISO 3166-2
    or empty. Decided holidays stay; open proposals of the old place are deleted. Locks the office;
    writes it, Holidays and an AuditEvent. Raises PortalError, Forbidden.
    """
    if country and country not in dict(countries()):
        raise PortalError(_("The holidays of this country are not known."), field="country")
    if region and region not in dict(regions(country)):
        raise PortalError(_("That is not a region of this country."), field="region")
    with transaction.atomic():
        office = _lock(office, by=by)
        before = {"country": office.country, "region": office.region}
        if before == {"country": country, "region": region}:
            return _propose(office)
        office.country, office.region = country, region
        office.save(update_fields=["country", "region"])
        today = today_at(office)
        stale = office.holidays.filter(state=HolidayState.PROPOSED, day__gte=today)
        known = public_holidays(country, region, today, today + AHEAD) if country else {}
        stale.exclude(day__in=known).delete()
        audit.record(
            "set_holiday_place", office, by=by, before=before, country=country, region=region
        )
        return _propose(office)


def propose(*, by: None = None) -> int:
    """Propose the public holidays of the next eighteen months at every office with a country.
    Returns the number of new ones. Decided holidays stay. Writes Holidays. Source: requirement B03.
    """
    return sum(
        _propose(office) for office in Office.objects.open().exclude(country="").order_by("pk")
    )


@retried
def decide(
    office: Office,
    *,
    holidays: Collection[int],
    state: HolidayState,
    confirmed: str | None,
    by: User,
) -> Decided:
    """Confirm these holidays (ids) as closed, or decide that the office is open as usual.

    On a closed day all free slots are withdrawn, requests for them are declined and offers become
    void. On a day that is open again, the slots of the weekly hours and those that the closing
    withdrew come back. Booked slots stay and are marked as outside the hours. `confirmed` is the
    digest of the effect that was shown; with None it writes nothing. Locks the office, all doctors,
    the slots. Writes Holidays, slots, a BulkChange and AuditEvents. Raises StaleState if none is
    left to decide or something has changed, Forbidden. Source: requirement B03.
    """
    with transaction.atomic():
        office = _lock(office, by=by)
        wanted = office.holidays.filter(pk__in=holidays, day__gte=today_at(office))
        rows = list(wanted.exclude(state=state))
        if not rows:
            raise StaleState
        before: dict[str, str | None] = {str(row.pk): row.state for row in rows}
        return _decide(office, rows, state, before, confirmed=confirmed, by=by)


@retried
def close(office: Office, *, day: date, name: str, confirmed: str | None, by: User) -> Decided:
    """Add a closing day of the office's own. Shows the effect, locks and writes as `decide`.

    Raises PortalError if the day is on the list already, TooLate, StaleState, Forbidden.
    """
    try:
        with transaction.atomic():
            office = _lock(office, by=by)
            if day < today_at(office):
                raise TooLate(_("That day has passed."), field="day")
            if day > today_at(office) + AHEAD:
                raise PortalError(_("That day is more than eighteen months ahead."), field="day")
            row = Holiday.objects.create(office=office, day=day, name=name)
            before: dict[str, str | None] = {str(row.pk): None}
            return _decide(
                office, [row], HolidayState.CONFIRMED, before, confirmed=confirmed, by=by
            )
    except IntegrityError as error:
        if "holiday" not in str(error):
            raise
        raise PortalError(_("That day is on the list already."), field="day") from error


@retried
def restore(change: BulkChange, *, by: User) -> Undone:
    """Restore the days to their state before that change, except days that were decided anew since;
    for `undoing.undo`. Locks and writes as `decide`. Raises StaleState, Forbidden."""
    facts, undone = change.facts, Undone()
    with transaction.atomic():
        office = _lock(change.its_office, by=by)
        closing_days.lock_diaries()
        theirs = office.holidays.filter(pk__in=facts["before"], state=facts["after"])
        rows = list(theirs.filter(day__gte=today_at(office)))
        if not rows:
            raise StaleState(_("These days have been decided about anew since."))
        for row in rows:
            row.state = facts["before"][str(row.pk)] or HolidayState.IGNORED
            row.save(update_fields=["state"])
        if facts["after"] == HolidayState.CONFIRMED:
            closing_days.reopen(change, rows=rows, undone=undone, by=by)
            new = [pk for pk, state in facts["before"].items() if state is None]
            office.holidays.filter(pk__in=new, state=HolidayState.IGNORED).delete()
        else:
            closed = [row for row in rows if row.state == HolidayState.CONFIRMED]
            effect = closing_days.effect_of_closing(office, closed)
            undone.gone = len(closing_days.withdraw(effect, by=by))
            undone.booked = effect.booked
    return undone


def _decide(
    office: Office,
    rows: list[Holiday],
    state: HolidayState,
    before: dict[str, str | None],
    *,
    confirmed: str | None,
    by: User,
) -> Decided:
    """Give the rows that state and update the diaries; or return what that would change."""
    if confirmed is not None:
        closing_days.lock_diaries()
    Holiday.objects.filter(pk__in=[row.pk for row in rows]).update(state=state)
    if state == HolidayState.CONFIRMED:
        decided = closing_days.effect_of_closing(office, rows, lock=confirmed is not None)
    else:
        decided = closing_days.effect_of_opening(office, rows)
    if confirmed is None:
        transaction.set_rollback(True)
        return decided
    if confirmed != decided.digest:
        raise StaleState(str(STALE))
    removed = closing_days.withdraw(decided, by=by)
    closing_days.follow_hours(decided, by=by)
    facts = {
        "before": before,
        "after": state.value,
        "days": [day.isoformat() for day in decided.days],
        "kept": decided.kept_ids,
    }
    kind = BulkChangeKind.HOLIDAYS
    decided.bulk = bulk_changes.keep(kind, office=office, removed=removed, facts=facts, by=by)
    audit.record(
        f"holiday_{state}",
        office,
        by=by,
        days=facts["days"],
        added=decided.added,
        removed=decided.removed,
        kept=decided.kept,
    )
    return decided


def _propose(office: Office) -> int:
    """If another run proposes the same date at this moment, it is stored once."""
    today = today_at(office)
    known = set(office.holidays.filter(day__gte=today).values_list("day", flat=True))
    found = public_holidays(office.country, office.region, today, today + AHEAD)
    new = [Holiday(office=office, day=day, name=name) for day, name in found.items()]
    new = [holiday for holiday in new if holiday.day not in known]
    Holiday.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _lock(office: Office, *, by: User) -> Office:
    office = locks.office(office.pk)
    demand(by, "portal.run_office", office)
    demand_open(office)
    return office
