"""/schedule/<date>/range/: a stretch of a day at once (requirement B02)."""

import pytest

from tests.diary.views.schedule.test_day import messages
from tests.setups.diary import book_at, slot_at, times

URL = "/schedule/2026-03-04/range/"


def send(client, first: str, last: str, make: str = "free", url: str = URL, **options):
    return client.post(url, {"first": first, "last": last, "make": make}, **options)


def test_B02_range_makes_a_stretch_free(as_doctor, doctor):
    response = send(as_doctor, "09:00", "13:00", follow=True)

    assert response.redirect_chain == [("/schedule/2026-03-04/", 302)]
    assert messages(response) == ["8 times added."]
    assert len(times(doctor)) == 8


def test_B02_range_takes_a_stretch_away_but_nothing_booked(as_doctor, doctor):
    slot_at(doctor, "09:00")
    book_at(doctor, "09:30")

    response = send(as_doctor, "09:00", "13:00", "off", follow=True)

    assert messages(response) == ["1 time removed, 1 kept because it is booked."]
    assert times(doctor) == []


def test_range_says_what_it_left_out(as_doctor, doctor, canary):
    slot_at(doctor, "09:30", office=canary)

    response = send(as_doctor, "09:00", "10:00", follow=True)

    assert "1 left out because it has passed or you have another slot then" in messages(response)[0]


def test_range_at_another_office_goes_by_its_clock(as_doctor, doctor, canary):
    send(as_doctor, "09:00", "09:30", url=f"{URL}?office={canary.pk}")

    assert times(doctor) == ["04 10:00"]


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
    response = send(as_doctor, first, last)

    page = response.content.decode()
    assert response.status_code == 422
    assert text in response.context["range_form"][field].errors[0]
    assert f'id="id_{field}_error">{text}' in page
    assert f'name="first" step="1800" required value="{first}"' in page
    assert f'name="last" step="1800" required value="{last}"' in page
    assert not doctor.slots.exists()


def test_range_refuses_an_unknown_wish(as_doctor, doctor):
    response = send(as_doctor, "09:00", "10:00", "golden")

    assert response.status_code == 422
    assert "Choose whether these times are free." in response.content.decode()


def test_range_takes_ticks_along_and_keeps_them_when_refused(as_doctor, doctor):
    sent = {"first": "10:00", "last": "10:30", "make": "free", "ticks": ""}
    ticks = ["2026-03-04T14:00Z"]

    refused = as_doctor.post(URL, {**sent, "first": "11:00", "free": ticks})
    as_doctor.post(URL, {**sent, "free": ticks})

    assert 'value="2026-03-04T14:00Z" aria-label="Wednesday 4 March, 15:00, free" checked' in (
        refused.content.decode()
    )
    assert times(doctor) == ["04 10:00", "04 15:00"]


def test_range_with_nonsense_for_ticks_sets_the_stretch_alone(as_doctor, doctor):
    slot_at(doctor, "15:00")

    data = {"first": "10:00", "last": "10:30", "make": "free", "ticks": "", "free": ["x"]}
    as_doctor.post(URL, data)

    assert times(doctor) == ["04 10:00", "04 15:00"]
