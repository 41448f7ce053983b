"""/schedule/<date>/range/: a stretch of a day is ticked, and saved with the day (B02)."""

from datetime import date, time

import pytest

from portal.models import ClinicSettings
from tests.setups.diary import at, book_at, slot_at, times

URL = "/schedule/2026-03-04/range/"


def send(client, first: str, last: str, make: str = "free", url: str = URL, **data):
    return client.post(url, {"first": first, "last": last, "make": make, **data})


def ticked(response) -> list[str]:
    tiles = [tile for _part, some in response.context["tiles"].parts for tile in some]
    return [tile.time for tile in tiles if tile.kind == "box" and tile.ticked]


def test_B02_range_ticks_a_stretch_and_saves_nothing(as_doctor, doctor):
    response = send(as_doctor, "09:00", "11:00", free=["2026-03-04T14:00Z"])

    assert response.status_code == 200
    assert ticked(response) == ["09:00", "09:30", "10:00", "10:30", "15:00"]
    assert response.context["is_unsaved"]
    assert "data-is-unsaved" in response.content.decode()
    assert times(doctor) == []


def test_B02_what_a_range_ticked_is_saved_with_the_day(as_doctor, doctor):
    response = send(as_doctor, "09:00", "10:00")
    starts = [at(text).isoformat() for text in ticked(response)]

    as_doctor.post("/schedule/2026-03-04/", {"free": starts})

    assert times(doctor) == ["04 09:00", "04 09:30"]


def test_B02_range_takes_ticks_away(as_doctor, doctor):
    slot_at(doctor, "09:00")
    book_at(doctor, "09:30")
    free = [at(text).isoformat() for text in ("09:00", "09:30", "15:00")]

    response = send(as_doctor, "09:00", "13:00", "off", free=free)

    assert ticked(response) == ["15:00"]
    assert times(doctor) == ["04 09:00"]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("09:10", "10:40", ["09:30", "10:00"]),
        ("20:00", "00:00", ["20:00", "20:30"]),
    ],
)
def test_range_ticks_what_lies_within_it(as_doctor, first, last, expected):
    assert ticked(send(as_doctor, first, last)) == expected


def test_range_of_today_leaves_out_what_has_passed(as_doctor):
    url = "/schedule/2026-03-03/range/"

    assert ticked(send(as_doctor, "11:00", "13:00", url=url)) == ["12:30"]


def test_range_at_another_office_goes_by_its_clock(as_doctor, canary):
    response = send(as_doctor, "09:00", "09:30", url=f"{URL}?office={canary.pk}")

    assert [f"{start:%H:%M}" for start in response.context["ticked"]] == ["09:00"]


def test_range_goes_by_the_wall_clock_when_clocks_change(as_doctor):
    ClinicSettings(pk=1, day_starts_at=time(0), day_ends_at=time(23, 59)).save()
    autumn, spring = date(2026, 10, 25), date(2026, 3, 29)

    both = send(as_doctor, "02:00", "03:00", url=f"/schedule/{autumn}/range/")
    none = send(as_doctor, "02:00", "03:00", url=f"/schedule/{spring}/range/")

    assert len(ticked(both)) == 4
    assert none.status_code == 422


@pytest.mark.parametrize(
    ("first", "last", "field", "text"),
    [
        ("13:00", "09:00", "last", "The end must be after the start."),
        ("", "09:00", "first", "Enter when it starts, such as 09:00."),
        ("09:00", "", "last", "Enter when it ends, such as 13:00."),
        ("late", "09:00", "first", "Enter a time such as 09:00."),
        ("06:00", "08:00", "first", "There is no time of this day’s grid"),
    ],
)
def test_range_refused_says_why_beside_the_field(as_doctor, doctor, first, last, field, text):
    response = send(as_doctor, first, last, free=["2026-03-04T14:00Z"])

    page = response.content.decode()
    assert response.status_code == 422
    assert text in response.context["range_form"][field].errors[0]
    assert f'id="id_{field}_error">{text}' in page
    assert f'step="1800" value="{first}"' in page
    assert f'step="1800" value="{last}"' in page
    assert ticked(response) == ["15:00"], "the ticks are kept"
    assert not doctor.slots.exists()


def test_range_refuses_an_unknown_wish(as_doctor):
    response = send(as_doctor, "09:00", "10:00", "golden")

    assert response.status_code == 422
    assert "Choose whether these times are free." in response.content.decode()


def test_range_with_nonsense_for_ticks_ticks_the_stretch_alone(as_doctor):
    assert ticked(send(as_doctor, "10:00", "10:30", free=["x"])) == ["10:00"]


def test_range_is_for_posts_only(as_doctor):
    assert as_doctor.get(URL).status_code == 405
