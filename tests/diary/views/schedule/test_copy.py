"""/schedule/<date>/copy/: a day copied to others (requirement B02)."""

from datetime import date

import pytest

from portal.appointments.services import appointments
from portal.enums import SlotState
from portal.models import BulkChange
from tests.diary.views.schedule.test_day import messages
from tests.factories import AdminFactory, PatientFactory
from tests.setups.diary import at, book_at, close_day, set_range, slot_at, times

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


def confirm(client, **data):
    """Look at what it changes, then confirm it; the answer to that, followed."""
    seen = client.post(URL, data)
    assert seen.status_code == 200
    digest = seen.context["preview"].digest
    return client.post(URL, {**data, "confirmed": digest}, follow=True)


def test_B02_copying_shows_first_what_comes_what_goes_and_what_is_booked(
    as_doctor, doctor, declared
):
    slot_at(doctor, "10:00", date(2026, 3, 6))
    booked = book_at(doctor, "11:00", date(2026, 3, 6))

    response = as_doctor.post(URL, {"targets": ["2026-03-05", "2026-03-06"]})

    page = response.content.decode()
    assert times(doctor) == ["04 09:00", "06 10:00"], "nothing is saved yet"
    assert (response.context["preview"].added, response.context["preview"].removed) == (2, 1)
    assert "+ 09:00–09:30" in page
    assert "− 10:00–10:30" in page
    assert booked.patient.name in page
    assert "1 booked, and stays." in page


def test_B02_copy_to_chosen_days_says_what_became_of_each(as_doctor, doctor, declared):
    slot_at(doctor, "10:00", date(2026, 3, 6))

    response = confirm(as_doctor, targets=["2026-03-05", "2026-03-06"])

    assert times(doctor) == ["04 09:00", "05 09:00", "06 09:00"]
    assert response.context["days"] == [
        (date(2026, 3, 5), "1 time added."),
        (date(2026, 3, 6), "1 time added, 1 removed."),
    ]


def test_B02_what_is_confirmed_is_what_was_shown(as_doctor, doctor, declared):
    seen = as_doctor.post(URL, {"targets": ["2026-03-05"]}).context["preview"].digest
    slot_at(doctor, "15:00", date(2026, 3, 5))

    response = as_doctor.post(URL, {"targets": ["2026-03-05"], "confirmed": seen})

    assert response.status_code == 409
    assert "has changed since you looked at it" in response.content.decode()
    assert "− 15:00–15:30" in response.content.decode()
    assert times(doctor) == ["04 09:00", "05 15:00"]


def test_copy_leads_back_to_the_choice_of_days(as_doctor, doctor, declared):
    response = as_doctor.post(URL, {"targets": ["2026-03-05"], "edit": "1"})

    assert 'value="2026-03-05" checked' in response.content.decode()
    assert times(doctor) == ["04 09:00"]


def test_B03_a_closed_day_is_left_out_of_a_copy_and_named(as_doctor, doctor, declared):
    close_day(doctor.office, date(2026, 3, 5), "Feast of the patron")

    seen = as_doctor.post(URL, {"targets": ["2026-03-05", "2026-03-06"]})
    done = confirm(as_doctor, targets=["2026-03-05", "2026-03-06"])

    assert "Closed, so nothing is copied: Feast of the patron." in seen.content.decode()
    assert "Closed, so nothing was copied: Feast of the patron." in done.content.decode()
    assert times(doctor) == ["04 09:00", "06 09:00"]


def test_B02_a_copy_is_undone_as_one(as_doctor, doctor, declared):
    slot_at(doctor, "10:00", date(2026, 3, 6))
    confirm(as_doctor, quick=["weekdays"])
    assert len(times(doctor)) == 21
    change = BulkChange.objects.get()

    response = as_doctor.post(f"/schedule/changes/{change.pk}/undo/", follow=True)

    assert messages(response) == ["Undone. 20 times removed. 1 time is back."]
    assert times(doctor) == ["04 09:00", "06 10:00"]
    again = as_doctor.post(f"/schedule/changes/{change.pk}/undo/", follow=True)
    assert messages(again) == ["This was undone before."]
    assert "Undo all of it" not in again.content.decode()


def test_B02_what_was_booked_since_stays_and_is_named(as_doctor, doctor, declared):
    confirm(as_doctor, targets=["2026-03-05", "2026-03-06"])
    taken = doctor.slots.get(starts_at=at("09:00", date(2026, 3, 5)))
    appointments.book(taken.pk, patient_id=PatientFactory().pk, by=AdminFactory())

    change = BulkChange.objects.get()
    response = as_doctor.post(f"/schedule/changes/{change.pk}/undo/", follow=True)

    assert "1 is booked and stays: Thursday 5 March 2026, 09:00." in messages(response)[0]
    assert times(doctor) == ["04 09:00"]
    assert times(doctor, SlotState.TAKEN) == ["05 09:00"]


def test_B02_what_has_been_booked_altogether_cannot_be_undone(as_doctor, doctor, declared):
    confirm(as_doctor, targets=["2026-03-05"])
    taken = doctor.slots.get(starts_at=at("09:00", date(2026, 3, 5)))
    appointments.book(taken.pk, patient_id=PatientFactory().pk, by=AdminFactory())

    change = BulkChange.objects.get()
    response = as_doctor.post(f"/schedule/changes/{change.pk}/undo/", follow=True)

    assert "have been booked meanwhile" in messages(response)[0]
    change.refresh_from_db()
    assert change.undone_at is None


@pytest.mark.parametrize(
    ("quick", "days"),
    [("weekly", ["11", "18", "25", "01"]), ("weekdays", None)],
)
def test_copy_by_a_rule(as_doctor, doctor, declared, quick, days):
    confirm(as_doctor, quick=[quick])

    copied = [time.split()[0] for time in times(doctor)[1:]]
    assert copied == days if days else len(copied) == 20


def test_copy_again_changes_nothing(as_doctor, declared):
    confirm(as_doctor, targets=["2026-03-05"])

    seen = as_doctor.post(URL, {"targets": ["2026-03-05"]})
    again = confirm(as_doctor, targets=["2026-03-05"])

    assert "No time comes or goes." in seen.content.decode()
    assert messages(again) == ["Nothing has changed."]
    assert BulkChange.objects.count() == 1


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

    url, data = f"{URL}?office={canary.pk}", {"targets": ["2026-03-05"]}
    seen = as_doctor.post(url, data)
    as_doctor.post(url, {**data, "confirmed": seen.context["preview"].digest})

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
