"""/schedule/: a fortnight at a glance (requirement B02)."""

from datetime import date

import pytest

from portal.enums import DoctorState, SlotState
from tests.setups.diary import book_at, close_day, set_range, slot_at

URL = "/schedule/"


def days(response) -> list[date]:
    return [glance.day for glance in response.context["days"]]


def place(response, day: date, index: int = 0):
    return next(glance for glance in response.context["days"] if glance.day == day).places[index]


def test_schedule_shows_the_next_fortnight_and_marks_today(as_doctor):
    response = as_doctor.get(URL)

    assert days(response)[0] == date(2026, 3, 3)
    assert days(response)[-1] == date(2026, 3, 16)
    assert response.content.decode().count('<span class="tag">today</span>') == 1


def test_B02_schedule_counts_free_and_booked_times(as_doctor, doctor):
    set_range(doctor, "09:00", "11:00")
    book_at(doctor, "12:00")
    slot_at(doctor, "15:00", state=SlotState.WITHDRAWN)

    response = as_doctor.get(URL)

    found = place(response, date(2026, 3, 4))
    assert (found.free, found.booked) == (4, 1)
    assert found.hours() == "09:00–11:00, 12:00–12:30"
    assert found.free_path() == "M540 6h120V14H540z"
    assert found.booked_path() == "M720 0h30V14H720z"
    assert 'href="/schedule/2026-03-04/"' in response.content.decode()


def test_schedule_joins_free_and_booked_stretches(as_doctor, doctor):
    slot_at(doctor, "09:00")
    book_at(doctor, "09:30")

    assert place(as_doctor.get(URL), date(2026, 3, 4)).hours() == "09:00–10:00"


def test_schedule_shows_other_offices_on_their_own_clock(as_doctor, doctor, canary):
    slot_at(doctor, "16:00", office=canary)

    response = as_doctor.get(URL)

    assert place(response, date(2026, 3, 4), 1).hours() == "15:00–15:30"
    assert f"/schedule/2026-03-04/?office={canary.pk}" in response.content.decode()


def test_schedule_turns_by_fortnights(as_doctor):
    response = as_doctor.get(f"{URL}?from=2026-03-17")

    assert days(response)[0] == date(2026, 3, 17)
    assert "?from=2026-03-03" in response.content.decode()
    assert "?from=2026-03-31" in response.content.decode()


@pytest.mark.parametrize("start", ["nonsense", "9999-12-31", "0001-01-01", "2026-13-01"])
def test_schedule_from_nowhere_begins_today(as_doctor, start):
    assert days(as_doctor.get(f"{URL}?from={start}"))[0] == date(2026, 3, 3)


def test_schedule_leads_on_to_a_date(as_doctor, canary):
    response = as_doctor.get(f"{URL}?day=2026-05-01&office={canary.pk}")

    assert (response.status_code, response.url) == (
        302,
        f"/schedule/2026-05-01/?office={canary.pk}",
    )


@pytest.mark.parametrize(
    ("day", "text"),
    [
        ("2026-02-30", "Enter a date such as 2026-03-04."),
        ("2099-01-01", "That date is too far away."),
    ],
)
def test_schedule_says_what_is_wrong_with_a_date(as_doctor, day, text):
    response = as_doctor.get(f"{URL}?day={day}")

    assert text in response.content.decode()
    assert f'value="{day}"' in response.content.decode()


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (DoctorState.PENDING, "waiting for approval"),
        (DoctorState.REJECTED, "not open for appointments"),
    ],
)
def test_schedule_tells_who_is_not_bookable(as_doctor, doctor, state, text):
    assert text not in as_doctor.get(URL).content.decode()
    doctor.state = state
    doctor.save()

    assert text in as_doctor.get(URL).content.decode()


def test_schedule_costs_the_same_queries_however_full(
    as_doctor, doctor, canary, django_assert_max_num_queries
):
    with django_assert_max_num_queries(10) as empty:
        as_doctor.get(URL)
    for day in range(4, 12):
        set_range(doctor, "09:00", "15:00", day=date(2026, 3, day))
        set_range(doctor, "17:00", "20:00", day=date(2026, 3, day), office=canary)

    with django_assert_max_num_queries(10) as full:
        as_doctor.get(URL)

    assert len(full) == len(empty)


def test_there_is_no_link_to_earlier_days_without_slots(as_doctor, doctor):
    assert 'rel="prev"' not in as_doctor.get(URL).content.decode()
    assert 'rel="prev"' in as_doctor.get(f"{URL}?from=2026-03-20").content.decode()

    slot_at(doctor, "09:00", date(2026, 3, 1))

    assert 'rel="prev"' in as_doctor.get(URL).content.decode()


def test_B03_closed_days_are_marked(as_doctor, doctor):
    close_day(doctor.office)

    assert as_doctor.get(URL).content.decode().count(">closed</span>") == 1
