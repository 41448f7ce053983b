"""The bars of the plots (requirement F02)."""

from datetime import date, timedelta

from portal.figures.queries.weekly import Week
from portal.figures.rows.plots import HEIGHT, WIDTH, plots

MONDAY = date(2026, 3, 2)


def drawn(*weeks: dict) -> dict:
    rows = [Week(MONDAY + timedelta(weeks=place), **values) for place, values in enumerate(weeks)]
    return {plot.kind.name: plot for plot in plots(rows)}


def test_F02_a_bar_is_as_high_as_its_share():
    half = {"offered_minutes": 60, "booked_minutes": 30}
    full = {"offered_minutes": 60, "booked_minutes": 60}

    found = drawn(half, full)["utilisation"]

    first, second = found.pieces
    assert (first.height, first.y) == (HEIGHT / 2, HEIGHT / 2)
    assert (second.height, second.y, second.x) == (HEIGHT, 0, WIDTH / 2)
    assert (first.is_present, second.is_present) == (False, True)
    assert (found.latest, found.top) == ("50 %", "100 %")


def test_F02_parts_stand_on_each_other_below_a_round_top():
    week = {"cancelled_by_patients": 4, "cancelled_by_clinic": 3}

    found = drawn(week, {})["cancellations"]

    lower, upper = found.pieces
    assert (found.top, found.latest) == ("8", "7")
    assert lower.y + lower.height == HEIGHT
    assert upper.y + upper.height == lower.y
    assert [values for _week, values in found.rows] == [["0", "0"], ["4", "3"]]


def test_F02_what_cannot_be_said_is_a_dash_and_no_bar():
    found = drawn({}, {})

    assert all(plot.pieces == [] for plot in found.values())
    assert found["no-shows"].latest == "–"
    assert found["days-ahead"].rows[0][1] == ["–"]
