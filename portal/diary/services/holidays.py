"""An office's holidays: proposed by its country's calendar, in force once confirmed (B03).

Locks: the office, then the doctors with hours there, then the slots of all of them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.clock.today import today_at
from portal.database.transactions import retried
from portal.diary.queries.hours_plan import plan_for
from portal.diary.queries.public_holidays import countries, public_holidays, regions
from portal.diary.services.hours_slots import follow, slots_of
from portal.enums import HolidayState
from portal.errors import PortalError, StaleState, TooLate
from portal.models import ClinicSettings, Holiday, Office, User, locks
from portal.permissions.authority import demand

AHEAD = timedelta(days=548)  # eighteen months


@dataclass
class Decided:
    """The result of a decision about holidays: the dates, and how many slots were withdrawn, added,
    and kept because they are booked."""

    days: list[date]
    removed: int = 0
    added: int = 0
    kept: int = 0


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
    return sum(_propose(office) for office in Office.objects.exclude(country="").order_by("pk"))


@retried
def decide(office: Office, *, holidays: Collection[int], state: HolidayState, by: User) -> Decided:
    """Confirm these holidays (ids) as closed, or decide that the office is open as usual.

    Free slots of weekly hours are withdrawn on a closed day, and created again on an open one.
    Booked slots stay and are marked as outside the hours. Locks the office and the doctors with
    hours there. Writes Holidays, slots and an AuditEvent. Raises StaleState if none is left to
    decide, Forbidden.
    """
    with transaction.atomic():
        office = _lock(office, by=by)
        wanted = office.holidays.filter(pk__in=holidays, day__gte=today_at(office))
        rows = list(wanted.exclude(state=state))
        if not rows:
            raise StaleState
        Holiday.objects.filter(pk__in=[row.pk for row in rows]).update(state=state)
        return _follow(office, f"holiday_{state}", [row.day for row in rows], by=by)


@retried
def close(office: Office, *, day: date, name: str, by: User) -> Decided:
    """Add a closing day of the office's own, in force at once. Locks and writes as `decide`.

    Raises PortalError if the day is on the list already, TooLate, Forbidden.
    """
    try:
        with transaction.atomic():
            office = _lock(office, by=by)
            if day < today_at(office):
                raise TooLate(_("That day has passed."), field="day")
            if day > today_at(office) + AHEAD:
                raise PortalError(_("That day is more than eighteen months ahead."), field="day")
            Holiday.objects.create(office=office, day=day, name=name, state=HolidayState.CONFIRMED)
            return _follow(office, "holiday_confirmed", [day], by=by)
    except IntegrityError as error:
        if "holiday" not in str(error):
            raise
        raise PortalError(_("That day is on the list already."), field="day") from error


def _follow(office: Office, verb: str, days: list[date], *, by: User) -> Decided:
    """Updates the slots of all doctors who have hours at the office."""
    decided, settings = Decided(sorted(days)), ClinicSettings.current()
    doctors = locks.doctors(*office.weekly_hours.values_list("doctor", flat=True))
    plans = [(doctor, plan_for(doctor, settings=settings)) for doctor in doctors.values()]
    locks.hold_slots([pk for _doctor, plan in plans for pk in slots_of(plan)])
    for doctor, plan in plans:
        follow(doctor, plan, settings=settings, by=by)
        decided.removed += len(plan.removed)
        decided.added += len(plan.added)
        decided.kept += len(plan.kept)
    audit.record(
        verb,
        office,
        by=by,
        days=[day.isoformat() for day in decided.days],
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
    return office
