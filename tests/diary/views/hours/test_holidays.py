"""/manage/offices/<id>/holidays/: proposals and decisions (requirement B03)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.enums import HolidayState
from portal.models import BulkChange, Holiday
from tests.diary.views.hours.test_hours import booked
from tests.diary.views.schedule.test_day import messages
from tests.factories import AdminFactory, AssistantFactory, OfficeFactory
from tests.plugins.people import signed_in
from tests.setups.diary import slot_at, times
from tests.setups.weekly import WEDNESDAY, give


@pytest.fixture
def office(doctor):
    return doctor.office


@pytest.fixture
def desk(office):
    return signed_in(AssistantFactory(offices=[office]).user)


@pytest.fixture
def url(office) -> str:
    return f"/manage/offices/{office.pk}/holidays/"


def holiday(office, day=WEDNESDAY, **fields) -> Holiday:
    return Holiday.objects.create(office=office, day=day, name="Feast", **fields)


def confirm(client, url: str, data: dict):
    """Look at what it changes, then confirm it; the answer to that, followed."""
    seen = client.post(url, data)
    assert seen.status_code == 200
    return client.post(url, {**data, "confirmed": seen.context["decided"].digest}, follow=True)


def test_B03_closing_all_days_shows_first_what_goes_and_is_undone_as_one(desk, doctor, office, url):
    give(doctor, "09:00–10:00")
    appointment = booked(doctor, "09:00")
    slot_at(doctor, "16:00", date(2026, 3, 5))
    days = [holiday(office, date(2026, 3, day)) for day in (4, 5, 6)]
    before = times(doctor)
    data = {"do": "confirm-all", "proposed": [one.pk for one in days]}

    seen = desk.post(url, data)
    assert times(doctor) == before, "nothing is saved yet"
    assert office.holidays.filter(state=HolidayState.PROPOSED).count() == 3
    page = seen.content.decode()
    assert "Close on these 3 days" in page
    assert appointment.patient.name in page
    assert (seen.context["decided"].removed, seen.context["decided"].kept) == (2, 1)

    done = confirm(desk, url, data)
    assert messages(done) == [
        "Closed: 4 March, 5 March, 6 March. 2 free times went. 1 booked time stays: see the day."
    ]
    assert times(doctor) == ["11 09:00", "11 09:30"]
    change = BulkChange.objects.get(kind="holidays")
    assert f'action="/schedule/changes/{change.pk}/undo/"' in done.content.decode()
    assert f'href="/desk/?day=2026-03-04&amp;office={office.pk}"' in done.content.decode()

    undone = desk.post(f"/schedule/changes/{change.pk}/undo/", follow=True)
    assert messages(undone) == ["Undone. 2 times are back."]
    assert times(doctor) == before
    assert office.holidays.filter(state=HolidayState.PROPOSED).count() == 3


def test_B03_what_came_in_between_is_shown_before_a_day_is_closed(desk, doctor, office, url):
    data = {"do": "confirm", "holiday": holiday(office).pk}
    seen = desk.post(url, data).context["decided"].digest
    slot_at(doctor, "16:00")

    response = desk.post(url, {**data, "confirmed": seen})

    assert response.status_code == 409
    assert "has changed since you looked at it" in response.content.decode()
    assert times(doctor) == ["04 16:00"]


def test_B03_a_closing_day_of_its_own_is_undone(desk, doctor, office, url):
    slot_at(doctor, "16:00")
    confirm(desk, url, {"do": "add", "day": WEDNESDAY.isoformat(), "name": "Moving"})
    assert times(doctor) == []

    desk.post(f"/schedule/changes/{BulkChange.objects.get().pk}/undo/")

    assert times(doctor) == ["04 16:00"]
    assert not office.holidays.exists()


def test_B03_a_country_then_a_region_propose_their_holidays(desk, office, url):
    response = desk.post(url, {"do": "place", "country": "ES"}, follow=True)
    assert "holidays are proposed" in messages(response)[0]
    assert "Good Friday" in response.content.decode()
    assert "Madrid" in response.content.decode(), "the regions are offered now"

    desk.post(url, {"do": "place", "country": "ES", "region": "MD"})

    office.refresh_from_db()
    assert (office.country, office.region) == ("ES", "MD")
    assert office.holidays.filter(day=date(2026, 5, 2)).exists()


def test_B03_another_country_begins_without_a_region(desk, office, url):
    office.country, office.region = "ES", "MD"
    office.save()

    desk.post(url, {"do": "place", "country": "GB", "region": "MD"})

    office.refresh_from_db()
    assert (office.country, office.region) == ("GB", "")


def test_B03_the_list_says_what_a_closed_day_would_do(desk, doctor, office, url):
    give(doctor, "09:00–10:30")
    booked(doctor, "09:00")
    slot_at(doctor, "16:00")
    holiday(office)

    page = desk.get(url).content.decode()

    assert "3 free times would go" in page
    assert "1 booked, and stays" in page


def test_B03_one_is_confirmed_and_opened_again(desk, doctor, office, url):
    give(doctor, "09:00–10:00")
    feast = holiday(office)

    response = confirm(desk, url, {"do": "confirm", "holiday": feast.pk})
    assert messages(response) == ["Closed: 4 March. 2 free times went."]
    assert times(doctor) == ["11 09:00", "11 09:30"]

    response = confirm(desk, url, {"do": "ignore", "holiday": feast.pk})
    assert messages(response) == ["Open as usual: 4 March. 2 times came."]
    assert len(times(doctor)) == 4
    again = desk.post(url, {"do": "ignore", "holiday": feast.pk})
    assert again.status_code == 409


def test_B03_all_that_were_shown_are_confirmed_at_once(desk, office, url):
    shown = [holiday(office, date(2026, 3, day)) for day in (4, 5, 6, 7)]
    later = holiday(office, date(2026, 3, 8))

    response = confirm(desk, url, {"do": "confirm-all", "proposed": [one.pk for one in shown]})

    assert messages(response) == ["Closed: 4 days."]
    later.refresh_from_db()
    assert later.state == HolidayState.PROPOSED
    assert office.holidays.filter(state=HolidayState.CONFIRMED).count() == 4


def test_B03_booked_times_of_a_closed_day_are_pointed_at(desk, doctor, office, url):
    give(doctor, "09:00–10:00")
    appointment = booked(doctor, "09:00")

    data = {"do": "add", "day": WEDNESDAY.isoformat(), "name": "Moving"}
    seen = desk.post(url, data)
    response = confirm(desk, url, data)

    assert appointment.patient.name in seen.content.decode()
    assert "1 booked time stays" in messages(response)[0]
    assert "Moving" in response.content.decode()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"do": "add", "day": "", "name": "x"}, 422),
        ({"do": "add", "day": "2026-03-02", "name": "x"}, 422),
        ({"do": "add", "day": "2026-03-04", "name": ""}, 422),
        ({"do": "add", "day": "2026-03-04", "name": "x" * 81}, 422),
        ({"do": "place", "country": "XX"}, 422),
        ({"do": "confirm"}, 422),
        ({"do": "confirm", "holiday": "x"}, 422),
        ({"do": "confirm", "holiday": "99999999999999999999"}, 422),
        ({"do": "dance", "holiday": "1"}, 422),
        ({}, 422),
        ({"do": "confirm", "holiday": "1234567"}, 409),
    ],
)
def test_B03_what_makes_no_sense_is_refused_in_words(desk, url, data, status):
    assert desk.post(url, data).status_code == status
    assert Holiday.objects.count() == 0


def test_B03_who_runs_the_office_sees_the_page(as_doctor, desk, url):
    assert signed_in(AdminFactory()).get(url).status_code == 200
    assert desk.get(url).status_code == 200
    assert as_doctor.get(url).status_code == 403
    elsewhere = f"/manage/offices/{OfficeFactory().pk}/holidays/"
    assert desk.get(elsewhere).status_code == 404
    assert desk.post(elsewhere, {"do": "place", "country": "ES"}).status_code == 404
    assert desk.get("/manage/offices/99999/holidays/").status_code == 404


def test_B03_the_pages_queries_do_not_grow(desk, doctor, office, url):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(url).status_code == 200
        return len(queries)

    give(doctor, "09:00–10:00")
    holiday(office)
    few = count()
    for day in range(5, 25):
        holiday(office, date(2026, 3, day), state=HolidayState.CONFIRMED if day % 2 else "proposed")

    assert count() == few
