"""Slots of weekly hours and of the day's grid over every clock change 2024–2030 (B02, B03).

Twelve zones; each start of the grid on each day around a change, and its wall time as the page, the
mail and the calendar file show it.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from portal.appointments.services.calendars import Entry, invitation
from portal.clock.grid import day_grid
from portal.diary.queries.hours import Hours
from portal.models import ClinicSettings, Office, WeeklyHours
from portal.notifications.facts import local as in_mail
from portal.web.templatetags.clinic import local as on_page
from tests.clock.queries.test_grid import changes, hours, instants_of

ZONES = (
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "Europe/Madrid",
    "Europe/London",
    "America/New_York",
    "America/Sao_Paulo",
    "Atlantic/Azores",
    "Pacific/Chatham",
    "Asia/Tehran",
    "Africa/Cairo",
    "America/St_Johns",
)
QUIET = {"Asia/Kathmandu", "America/Sao_Paulo", "Asia/Tehran"}  # 2024–2030 without a change
HALF_HOUR = timedelta(minutes=30)
WHOLE_DAY = hours(time(0), time(0))
CLINIC = hours(time(9), time(21))


@cache
def days_of(name: str) -> list[date]:
    """Each change's day with its neighbours; for quiet zones what is changed in Madrid."""
    zone = ZoneInfo(name)
    moments = changes(name) or changes("Europe/Madrid")
    return sorted(
        {
            moment.astimezone(zone).date() + timedelta(days=n)
            for moment in moments
            for n in (-1, 0, 1)
        }
    )


def weekly(name: str, settings: ClinicSettings, *, minutes: int = 30) -> Hours:
    """The same stretch on every day of the week, as weekly hours say it."""
    office = Office(pk=1, time_zone=name)
    return Hours(
        [
            WeeklyHours(
                office=office,
                weekday=weekday,
                starts=settings.day_starts_at,
                ends=settings.day_ends_at,
                minutes=minutes,
                valid_from=date(2023, 12, 25),
            )
            for weekday in range(7)
        ]
    )


def made(name: str, settings: ClinicSettings, day: date, *, minutes: int = 30) -> list:
    return weekly(name, settings, minutes=minutes).times(day, day)


def test_B03_the_zones_change_as_these_tests_suppose():
    counts = {name: len(changes(name)) for name in ZONES}

    assert {name for name, count in counts.items() if not count} == QUIET
    assert all(count >= 13 for name, count in counts.items() if name not in QUIET), counts


@pytest.mark.parametrize("name", ZONES)
def test_B03_every_half_hour_of_a_changed_day_is_there_once(name):
    """Whatever the wall shows, found by looking at each quarter of an hour; by grid and hours."""
    zone = ZoneInfo(name)

    for day in days_of(name):
        expected = instants_of(day, zone)
        times = made(name, WHOLE_DAY, day)

        assert [one.starts_at for one in times] == expected, day
        assert [cell.starts_at for cell in day_grid(day, zone, WHOLE_DAY)] == expected, day
        assert {one.ends_at - one.starts_at for one in times} == {HALF_HOUR}
        assert all(a.ends_at <= b.starts_at for a, b in pairwise(times)), day


@pytest.mark.parametrize("name", ZONES)
def test_B03_nothing_is_out_of_hours_or_missing_on_changed_days(name):
    walls = [f"{hour:02}:{minute:02}" for hour in range(9, 21) for minute in (0, 30)]

    for day in days_of(name):
        assert [f"{one.wall:%H:%M}" for one in made(name, CLINIC, day)] == walls, day


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("minutes", [20, 45, 60, 90])
def test_B03_slots_of_any_length_stay_within_their_hours(name, minutes):
    """Around the changes too, where a longer slot could reach over the end or the next one."""
    zone, night = ZoneInfo(name), hours(time(0, 15), time(4, 10))

    for day in days_of(name):
        times = made(name, night, day, minutes=minutes)
        last = datetime.combine(day, time(4, 10, fold=1), zone).astimezone(UTC)

        assert times, day
        assert all(one.wall.date() == day and one.wall.time() >= time(0, 15) for one in times), day
        assert all(one.ends_at <= last for one in times), day
        assert all(a.ends_at <= b.starts_at for a, b in pairwise(times)), day
        spans = weekly(name, night, minutes=minutes).open_hours(day, day)[1]
        assert spans[0][0] <= times[0].starts_at
        assert times[-1].ends_at <= spans[-1][1]


@pytest.mark.parametrize("name", ZONES)
def test_B03_the_hours_of_a_year_have_each_day_once(name):
    """Not only the changed days: every day of 2026, with as many slots as the clock gives it."""
    zone = ZoneInfo(name)
    times = weekly(name, WHOLE_DAY).times(date(2026, 1, 1), date(2026, 12, 31))
    start = datetime(2026, 1, 1, tzinfo=zone).astimezone(UTC)
    end = datetime(2027, 1, 1, tzinfo=zone).astimezone(UTC)

    assert len(times) == (end - start) // HALF_HOUR
    assert times[0].starts_at == start
    assert times[-1].ends_at == end
    assert all(a.ends_at == b.starts_at for a, b in pairwise(times))


@pytest.mark.parametrize("name", ZONES)
def test_B03_page_mail_and_calendar_show_the_same_wall_time(name):
    office = SimpleNamespace(zone=ZoneInfo(name))
    changed = {moment.astimezone(office.zone).date() for moment in changes(name)}
    seen = 0

    for day in days_of(name):
        for one in made(name, WHOLE_DAY, day):
            page = on_page(one.starts_at, office)
            mail = in_mail(one.starts_at.isoformat(), name)

            assert page == mail == one.wall.replace(tzinfo=None, fold=page.fold)
            assert page.date() == day
            if day in changed or not changes(name):
                assert in_calendar(one.starts_at, one.ends_at, name) == (one.starts_at, page)
            seen += 1

    assert seen >= 47 * len(days_of(name))


def in_calendar(starts_at: datetime, ends_at: datetime, name: str) -> tuple[datetime, datetime]:
    """The start as a calendar program reads it: the moment, and what the office's wall shows."""
    entry = Entry(
        uid="1@example.org",
        sequence=0,
        starts_at=starts_at,
        ends_at=ends_at,
        zone=name,
        summary="Appointment",
        location="Here",
        url="https://example.org/",
        organiser=("Clinic", "clinic@example.org"),
        attendee=("Patient", "patient@example.org"),
        noted_at=starts_at,
    )
    event = invitation(entry, method="REQUEST").split("BEGIN:VEVENT")[1]
    zone, text = re.search(r"DTSTART(?:;TZID=([^:]+))?:(\S+)", event).groups()
    naive = datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 (its zone is apart)
    if zone:
        assert zone.strip('"') == name
        moment = naive.replace(tzinfo=ZoneInfo(name)).astimezone(UTC)
    else:
        assert text.endswith("Z")
        moment = naive.replace(tzinfo=UTC)
    return moment, moment.astimezone(ZoneInfo(name)).replace(tzinfo=None)
