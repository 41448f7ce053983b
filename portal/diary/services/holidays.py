"""An office's holidays: proposed by its country's calendar, in force once confirmed (B03).

Locks: the office, then the doctors with hours there by id, then slots.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.diary.queries.hours_plan import plan_for
from portal.diary.queries.public_holidays import countries, public_holidays, regions
from portal.diary.services.hours_slots import follow
from portal.enums import HolidayState
from portal.errors import PortalError, StaleState, TooLate
from portal.models import ClinicSettings, Doctor, Holiday, Office, User
from portal.permissions.authority import demand

AHEAD = timedelta(days=548)  # eighteen months


@dataclass
class Decided:
    """What a decision about holidays came to: dates, and how many slots went, came and stayed
    although they are booked."""

    days: list[date]
    removed: int = 0
    added: int = 0
    kept: int = 0


def set_place(office: Office, *, country: str, region: str, by: User) -> int:
    """Whose calendar proposes the office's holidays; returns how many proposals are new.

    `country` as in ISO 3166-1 (two letters) or empty for none, `region` as the second half of
    ISO 3166-2 or empty. What was decided stays; open proposals of the old place go. Locks the
    office; writes it, Holidays and an AuditEvent. Raises PortalError, Forbidden.
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
        today = _today(office)
        stale = office.holidays.filter(state=HolidayState.PROPOSED, day__gte=today)
        known = public_holidays(country, region, today, today + AHEAD) if country else {}
        stale.exclude(day__in=known).delete()
        audit.record(
            "set_holiday_place", office, by=by, before=before, country=country, region=region
        )
        return _propose(office)


def propose(*, by: None = None) -> int:
    """Propose the public holidays of the coming eighteen months wherever a country is set; returns
    how many are new. What was decided before stays. Writes Holidays. Source: requirement B03."""
    return sum(_propose(office) for office in Office.objects.exclude(country="").order_by("pk"))


def decide(office: Office, *, holidays: Collection[int], state: HolidayState, by: User) -> Decided:
    """Confirm these holidays (ids) as closed, or say that the office is open as usual.

    Free slots of weekly hours go on a day that is closed, and come again on one that is not; booked
    ones stay, and are outside the hours. Locks the office and the doctors with hours there. Writes
    Holidays, slots and an AuditEvent. Raises StaleState if none is left to decide, Forbidden.
    """
    with transaction.atomic():
        office = _lock(office, by=by)
        wanted = office.holidays.filter(pk__in=holidays, day__gte=_today(office))
        rows = list(wanted.exclude(state=state))
        if not rows:
            raise StaleState
        Holiday.objects.filter(pk__in=[row.pk for row in rows]).update(state=state)
        return _follow(office, f"holiday_{state}", [row.day for row in rows], by=by)


def close(office: Office, *, day: date, name: str, by: User) -> Decided:
    """A closing day of the office's own, in force at once. Locks and writes as `decide`.

    Raises PortalError if the day is on the list already, TooLate, Forbidden.
    """
    try:
        with transaction.atomic():
            office = _lock(office, by=by)
            if day < _today(office):
                raise TooLate(_("That day has passed."), field="day")
            if day > _today(office) + AHEAD:
                raise PortalError(_("That day is more than eighteen months ahead."), field="day")
            Holiday.objects.create(office=office, day=day, name=name, state=HolidayState.CONFIRMED)
            return _follow(office, "holiday_confirmed", [day], by=by)
    except IntegrityError as error:
        if "holiday" not in str(error):
            raise
        raise PortalError(_("That day is on the list already."), field="day") from error


def _follow(office: Office, verb: str, days: list[date], *, by: User) -> Decided:
    """The diaries of all who have hours at the office."""
    decided, settings = Decided(sorted(days)), ClinicSettings.current()
    doctors = Doctor.objects.filter(pk__in=office.weekly_hours.values("doctor"))
    for doctor in doctors.select_for_update(no_key=True).order_by("pk"):
        plan = plan_for(doctor, settings=settings)
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
    """What another run proposes at this moment is left to it: a date is there once."""
    today = _today(office)
    known = set(office.holidays.filter(day__gte=today).values_list("day", flat=True))
    found = public_holidays(office.country, office.region, today, today + AHEAD)
    new = [Holiday(office=office, day=day, name=name) for day, name in found.items()]
    new = [holiday for holiday in new if holiday.day not in known]
    Holiday.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _lock(office: Office, *, by: User) -> Office:
    office = Office.objects.select_for_update(no_key=True).get(pk=office.pk)
    demand(by, "portal.run_office", office)
    return office


def _today(office: Office) -> date:
    return timezone.now().astimezone(office.zone).date()
