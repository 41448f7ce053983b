"""Wall times in every kind of day (requirement B04)."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from portal.clock.wall_clock import moments_of

MADRID = ZoneInfo("Europe/Madrid")


def test_B04_an_ordinary_time_comes_once():
    assert moments_of(date(2026, 7, 1), time(10), MADRID) == [datetime(2026, 7, 1, 8, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("day", "wall", "zone"),
    [
        (date(2026, 3, 29), time(2, 30), "Europe/Madrid"),
        (date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe"),
        (date(2026, 3, 22), time(2, 30), "Africa/Casablanca"),
    ],
)
def test_B04_a_skipped_time_never_comes(day, wall, zone):
    assert moments_of(day, wall, ZoneInfo(zone)) == []


@pytest.mark.parametrize(
    ("day", "wall", "zone", "minutes"),
    [
        (date(2026, 10, 25), time(2, 30), "Europe/Madrid", 60),
        (date(2026, 4, 5), time(1, 45), "Australia/Lord_Howe", 30),
    ],
)
def test_B04_a_repeated_time_comes_twice(day, wall, zone, minutes):
    first, second = moments_of(day, wall, ZoneInfo(zone))

    assert (second - first).total_seconds() == minutes * 60
    assert first.astimezone(ZoneInfo(zone)).time() == wall


def test_B04_the_edges_of_a_change_come_once():
    day = date(2026, 3, 29)

    assert [len(moments_of(day, time(hour), MADRID)) for hour in (1, 2, 3)] == [1, 0, 1]
