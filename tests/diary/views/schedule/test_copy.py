"""/schedule/<date>/copy/: a day copied to others (requirement B02)."""

from datetime import date

import pytest

from tests.setups.diary import book_at, set_range, slot_at, times

URL = "/schedule/2026-03-04/copy/"


@pytest.fixture
def declared(doctor):
    return slot_at(doctor, "09:00")


def test_copy_offers_four_weeks_with_what_they_have(as_doctor, doctor, declared):
    slot_at(doctor, "10:00", date(2026, 3, 6))
    book_at(doctor, "11:00", date(2026, 3, 6))

    response = as_doctor.get(URL)

    targets = response.context["targets"]
    assert (targets[0][0], targets[-1][0]) == (date(2026, 3, 5), date(2026, 4, 1))
    assert "Fri 6 Mar" in response.content.decode()
    assert "1 free, 1 booked" in response.content.decode()


def test_copy_of_a_past_day_begins_today(as_doctor):
    response = as_doctor.get("/schedule/2026-02-25/copy/")

    assert response.context["targets"][0][0] == date(2026, 3, 3)


def test_B02_copy_to_chosen_days_says_what_became_of_each(as_doctor, doctor, declared):
    slot_at(doctor, "10:00", date(2026, 3, 6))

    response = as_doctor.post(URL, {"targets": ["2026-03-05", "2026-03-06"]})

    assert times(doctor) == ["04 09:00", "05 09:00", "06 09:00"]
    assert response.context["results"] == [
        (date(2026, 3, 5), "1 time added."),
        (date(2026, 3, 6), "1 time added, 1 removed."),
    ]


@pytest.mark.parametrize(
    ("quick", "days"),
    [("weekly", ["11", "18", "25", "01"]), ("weekdays", None)],
)
def test_copy_by_a_rule(as_doctor, doctor, declared, quick, days):
    as_doctor.post(URL, {"quick": [quick]})

    copied = [time.split()[0] for time in times(doctor)[1:]]
    assert copied == days if days else len(copied) == 20


def test_copy_again_changes_nothing(as_doctor, declared):
    as_doctor.post(URL, {"targets": ["2026-03-05"]})

    response = as_doctor.post(URL, {"targets": ["2026-03-05"]})

    assert response.context["results"] == [(date(2026, 3, 5), "Nothing has changed.")]


def test_copy_without_a_day_is_refused(as_doctor, declared):
    response = as_doctor.post(URL, {})

    assert response.status_code == 422
    assert "Choose at least one day." in response.content.decode()


def test_copy_of_an_empty_day_is_refused_and_keeps_the_choice(as_doctor):
    response = as_doctor.post(URL, {"targets": ["2026-03-06"], "quick": ["weekly"]})

    text = response.content.decode()
    assert response.status_code == 422
    assert "There are no times on that day to copy." in text
    assert 'value="2026-03-06" checked' in text
    assert 'value="weekly" checked' in text


@pytest.mark.parametrize("data", [{"targets": ["2030-01-01"]}, {"quick": ["always"]}])
def test_copy_to_what_was_not_offered_is_refused(as_doctor, doctor, declared, data):
    response = as_doctor.post(URL, data)

    assert response.status_code == 422
    assert doctor.slots.count() == 1


def test_copy_at_another_office_copies_that_offices_times(as_doctor, doctor, canary, declared):
    slot_at(doctor, "16:00", office=canary)

    as_doctor.post(f"{URL}?office={canary.pk}", {"targets": ["2026-03-05"]})

    assert times(doctor) == ["04 09:00", "04 16:00", "05 16:00"]


def test_copy_page_costs_the_same_queries_however_full(
    as_doctor, doctor, django_assert_max_num_queries
):
    with django_assert_max_num_queries(8) as empty:
        as_doctor.get(URL)
    for day in range(4, 12):
        set_range(doctor, "09:00", "21:00", day=date(2026, 3, day))

    with django_assert_max_num_queries(8) as full:
        as_doctor.get(URL)

    assert len(full) == len(empty)
