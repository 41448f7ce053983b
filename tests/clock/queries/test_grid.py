"""The day's grid through every clock change (requirement B02)."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from portal.clock.grid import day_grid, local_day
from portal.models import ClinicSettings

ZONES = (
    "Australia/Lord_Howe",  # moves its clocks by half an hour
    "Asia/Kathmandu",
    "Africa/Casablanca",  # changes for Ramadan
    "Europe/Madrid",
    "Atlantic/Canary",
    "America/New_York",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Pacific/Chatham",  # 12:45 ahead, changes at a quarter to three
    "Asia/Tehran",
    "Europe/Dublin",  # its winter is the exception, not its summer
    "Africa/Cairo",  # changes at midnight
)
CHANGING = sorted(
    set(ZONES) - {"Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Apia", "Asia/Tehran"}
)
HALF_HOUR = timedelta(minutes=30)


def hours(starts: time, ends: time, minutes: int = 30) -> ClinicSettings:
    return ClinicSettings(day_starts_at=starts, day_ends_at=ends, grid_minutes=minutes)


WHOLE_DAY = hours(time(0), time(23, 59))


@cache
def changes(name: str) -> list[datetime]:
    """The minutes (UTC) from 2024 to 2030 at which the clocks of a zone are moved."""
    zone, found = ZoneInfo(name), []
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    while moment.year < 2031:
        later = moment + timedelta(days=1)
        if offset(moment, zone) != offset(later, zone):
            found.append(exact_change(moment, later, zone))
        moment = later
    return found


def exact_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    while after - before > timedelta(minutes=1):
        middle = before + ((after - before) // timedelta(minutes=2)) * timedelta(minutes=1)
        if offset(middle, zone) == offset(before, zone):
            before = middle
        else:
            after = middle
    return after


def offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset()


def days_around(name: str) -> list[date]:
    """The dates of every change with a day on either side; for quiet zones a month of each year."""
    zone = ZoneInfo(name)
    days = {
        change.astimezone(zone).date() + timedelta(days=n)
        for change in changes(name)
        for n in (-1, 0, 1)
    }
    return sorted(days) or [
        date(year, 3, 1) + timedelta(n) for year in range(2024, 2031) for n in range(31)
    ]


def instants_of(day: date, zone: ZoneInfo) -> list[datetime]:
    """Every moment of `day` at which the wall shows a full or a half hour, found by looking."""
    midnight = datetime.combine(day, time(), UTC)
    minutes = (midnight + timedelta(minutes=n) for n in range(-15 * 60, 39 * 60, 15))
    return [
        moment
        for moment in minutes
        if (wall := moment.astimezone(zone)).date() == day and wall.minute in (0, 30)
    ]


def test_the_changes_are_found():
    counts = {name: len(changes(name)) for name in CHANGING}

    assert all(count >= 12 for count in counts.values()), counts
    assert datetime(2026, 3, 29, 1, tzinfo=UTC) in changes("Europe/Madrid")
    assert datetime(2026, 10, 25, 1, tzinfo=UTC) in changes("Europe/Madrid")


@pytest.mark.parametrize("name", ZONES)
def test_B02_grid_has_every_half_hour_of_a_changed_day_once(name):
    zone = ZoneInfo(name)

    for day in days_around(name):
        starts = [cell.starts_at for cell in day_grid(day, zone, WHOLE_DAY)]

        assert starts == instants_of(day, zone), day


@pytest.mark.parametrize("name", ZONES)
def test_B02_grid_cells_lie_within_their_day_without_overlaps(name):
    zone = ZoneInfo(name)

    for day in days_around(name):
        cells = day_grid(day, zone, WHOLE_DAY)
        first, end = local_day(day, zone)

        assert all(cell.ends_at - cell.starts_at == HALF_HOUR for cell in cells), day
        assert all(a.ends_at <= b.starts_at for a, b in pairwise(cells)), day
        assert first <= cells[0].starts_at, day
        assert cells[-1].ends_at <= end, day
        assert all(cell.wall == cell.starts_at.astimezone(zone) for cell in cells), day


@pytest.mark.parametrize("name", CHANGING)
def test_B02_grid_skips_and_repeats_what_the_clocks_do(name):
    zone = ZoneInfo(name)

    for change in changes(name):
        moved = offset(change, zone) - offset(change - timedelta(minutes=1), zone)
        days = {(change + n * HALF_HOUR).astimezone(zone).date() for n in (-4, 0, 4)}
        cells = [cell for day in sorted(days) for cell in day_grid(day, zone, WHOLE_DAY)]
        repeated = [cell for cell in cells if cell.is_repeated]

        assert len(cells) == 48 * len(days) - moved // HALF_HOUR, change
        assert len(repeated) == max(0, -moved // HALF_HOUR), change
        for cell in repeated:
            walls = [other.wall.replace(fold=0, tzinfo=None) for other in cells]
            assert walls.count(cell.wall.replace(fold=0, tzinfo=None)) == 2, change


@pytest.mark.parametrize("name", ZONES)
def test_B02_grid_keeps_to_the_clinics_hours_on_changed_days(name):
    zone, settings = ZoneInfo(name), hours(time(9), time(21))

    for day in days_around(name):
        walls = [f"{cell.wall:%H:%M}" for cell in day_grid(day, zone, settings)]

        assert walls == [f"{hour:02}:{minute:02}" for hour in range(9, 21) for minute in (0, 30)], (
            day
        )


def test_B02_grid_leaves_out_the_skipped_half_hour():
    cells = day_grid(date(2026, 10, 4), ZoneInfo("Australia/Lord_Howe"), hours(time(1), time(4)))

    assert [f"{cell.wall:%H:%M}" for cell in cells] == ["01:00", "01:30", "02:30", "03:00", "03:30"]


@pytest.mark.parametrize("minutes", [5, 20, 45, 60, 240])
@pytest.mark.parametrize("name", ZONES)
def test_grid_of_any_length_never_overlaps(name, minutes):
    zone, settings = ZoneInfo(name), hours(time(0, 10), time(23, 59), minutes)

    for day in days_around(name)[:9]:
        cells = day_grid(day, zone, settings)

        assert all(a.ends_at <= b.starts_at for a, b in pairwise(cells)), day
        assert {cell.wall.date() for cell in cells} == {day}


def test_grid_leaves_no_part_of_a_cell_outside_the_hours():
    cells = day_grid(date(2026, 3, 4), ZoneInfo("Europe/Madrid"), hours(time(9), time(10, 45)))

    assert [f"{cell.wall:%H:%M}" for cell in cells] == ["09:00", "09:30", "10:00"]


def test_grid_of_hours_shorter_than_a_cell_is_empty():
    assert day_grid(date(2026, 3, 4), ZoneInfo("Europe/Madrid"), hours(time(9), time(9, 20))) == []


def test_grid_of_a_date_that_was_skipped_is_empty():
    """Samoa went from 29 to 31 December 2011."""
    assert day_grid(date(2011, 12, 30), ZoneInfo("Pacific/Apia"), WHOLE_DAY) == []


@pytest.mark.parametrize("name", ZONES)
def test_local_days_follow_each_other(name):
    zone = ZoneInfo(name)

    for day in days_around(name):
        start, end = local_day(day, zone)

        assert end == local_day(day + timedelta(days=1), zone)[0]
        assert start.astimezone(zone).date() == day
        assert (start - timedelta(minutes=1)).astimezone(zone).date() == day - timedelta(days=1)
