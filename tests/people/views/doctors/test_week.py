"""/doctors/<id>/: the free times of a week, from the chosen day on."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.models import ClinicSettings
from tests.factories import AppointmentFactory, DoctorFactory, OfficeFactory, SlotFactory
from tests.plugins.people import signed_in
from tests.setups.diary import DAY, NOW, at, slot_at

HALF_HOUR = timedelta(minutes=30)


@pytest.fixture(autouse=True)
def _tuesday_noon(db):
    with time_machine.travel(NOW, tick=False):
        yield


def on(day: int) -> date:
    return date(2026, 3, day)


def page_of(client, doctor, day: date = DAY, **query):
    return client.get(doctor.get_absolute_url(), {"day": day.isoformat(), **query})


def week_in(page) -> dict[int, list[str]]:
    """Day of the month → its times, without the days that have none."""
    return {
        column["day"].day: [time["label"] for group in column["groups"] for time in group["times"]]
        for column in page.context["week"]
        if column["groups"]
    }


def test_A06_the_week_begins_with_the_chosen_day_and_links_every_time(client, doctor):
    before, first, other, last, after = (
        slot_at(doctor, "13:30", on(day)) for day in (3, 4, 6, 10, 11)
    )

    page = page_of(client, doctor)

    text = page.content.decode()
    assert [column["day"] for column in page.context["week"]] == [on(n) for n in range(4, 11)]
    assert week_in(page) == {4: ["13:30"], 6: ["13:30"], 10: ["13:30"]}
    for slot in (first, other, last):
        assert text.count(f'href="{reverse("slot-book", args=[slot.pk])}"') == 1
    for slot in (before, after):
        assert reverse("slot-book", args=[slot.pk]) not in text
    assert 'aria-label="Friday 6 March, 13:30, Dr Elena Ruiz"' in text
    assert text.count('class="week-day is-chosen"') == 1
    assert text.count('<p class="week-count">1 free</p>') == 3
    columns = text[text.index('<div class="week">') :]
    assert columns.count("none free") == 4


def test_the_week_goes_on_where_the_strip_ends(client, doctor):
    slot_at(doctor, "09:00", on(20))

    page = page_of(client, doctor, on(16))  # the last day of the first fortnight

    strip = page.context["days"]
    assert (len(strip), strip[-1]["day"], strip[-1]["is_current"]) == (14, 16, True)
    assert week_in(page) == {20: ["09:00"]}
    assert page.context["next_day"] == on(20)


def test_days_and_parts_are_those_of_the_offices_clock(client):
    canary = OfficeFactory(time_zone="Atlantic/Canary")  # an hour behind the time `at` speaks of
    doctor = DoctorFactory(office=canary)
    for text, day in (("00:30", 4), ("01:00", 4), ("12:30", 5), ("00:30", 11), ("01:00", 11)):
        slot_at(doctor, text, on(day))

    page = page_of(client, doctor)

    assert week_in(page) == {4: ["00:00"], 5: ["11:30"], 10: ["23:30"]}
    parts = {
        column["day"].day: column["groups"][0]["part"]
        for column in page.context["week"]
        if column["groups"]
    }
    assert parts == {4: "morning", 5: "morning", 10: "evening"}
    assert "Times are in Canary time" in page.content.decode()


def test_clocks_that_change_within_the_week_move_no_time(client, doctor):
    slot_at(doctor, "09:00", on(28))
    slot_at(doctor, "09:00", on(29))  # Sunday, when summer time begins in Madrid

    assert week_in(page_of(client, doctor, on(27))) == {28: ["09:00"], 29: ["09:00"]}


def test_B24_of_all_days_patients_see_released_times_only(doctor, patient, as_doctor):
    slot_at(doctor, "15:00", on(5))
    slot_at(doctor, "16:00", on(6), audience="desk", released_at=None)
    slot_at(doctor, "17:00", on(7), audience="same_day", released_at=at("07:00", on(7)))

    for client in (signed_in(patient.user), Client()):
        page = page_of(client, doctor)
        assert week_in(page) == {5: ["15:00"]}
        assert "Desk only" not in page.content.decode()
    page = page_of(as_doctor, doctor)
    assert week_in(page) == {5: ["15:00"], 6: ["16:00"], 7: ["17:00"]}
    text = page.content.decode()
    assert "16:00<small>Desk only</small>" in text
    assert "17:00, Dr Elena Ruiz, Same day, from 07:00" in text


def test_the_notice_and_the_horizon_end_the_week_for_patients(client, doctor, as_doctor):
    ClinicSettings.objects.create(pk=1, horizon_days=3, minimum_notice_minutes=1440)
    for day in (4, 6, 8):
        slot_at(doctor, "10:00", on(day))

    assert week_in(page_of(client, doctor)) == {6: ["10:00"]}
    assert week_in(page_of(as_doctor, doctor)) == {4: ["10:00"], 6: ["10:00"], 8: ["10:00"]}


def test_links_to_the_weeks_beside_keep_for_whom_one_looks(as_assistant, doctor, patient):
    slot = slot_at(doctor, "10:00", on(20))
    AppointmentFactory(doctor=doctor, patient=patient, starts_at=at("10:00", on(12)))

    page = page_of(as_assistant, doctor, on(18), patient=patient.pk)

    text = page.content.decode()
    query = f"&amp;patient={patient.pk}"
    assert f'rel="prev" href="?day=2026-03-11{query}"' in text
    assert f'rel="next" href="?day=2026-03-25{query}"' in text
    assert f"{reverse('slot-book', args=[slot.pk])}?patient={patient.pk}" in text


def test_while_moving_every_time_of_the_week_leads_to_the_move(as_patient, doctor, patient):
    held = AppointmentFactory(doctor=doctor, patient=patient, starts_at=at("10:00", on(12)))
    slot = slot_at(doctor, "10:00", on(20))

    text = page_of(as_patient, doctor, on(18), move=held.pk).content.decode()

    assert f"{reverse('appointment-reschedule', args=[held.pk])}?slot={slot.pk}" in text
    assert f'rel="next" href="?day=2026-03-25&amp;move={held.pk}"' in text


@pytest.mark.parametrize(("day", "before"), [(3, None), (5, on(3)), (12, on(5))])
def test_the_week_before_begins_today_at_the_earliest(client, doctor, day, before):
    assert page_of(client, doctor, on(day)).context["week_before"] == before


def test_an_empty_day_in_a_week_with_times_is_said_on_phones_only(client, doctor):
    slot_at(doctor, "10:00", on(6))

    text = page_of(client, doctor).content.decode()

    assert '<div class="empty d-md-none">' in text
    assert "Nothing free on this day" in text
    assert "Show Friday 6 March" in text


def test_a_week_without_times_says_so_and_leads_to_the_next_one(client, doctor):
    slot_at(doctor, "10:00", on(13))

    text = page_of(client, doctor).content.decode()

    assert "Nothing free from Wednesday 4 March to Tuesday 10 March" in text
    assert "Show Friday 13 March" in text
    assert 'class="week"' not in text


def queries_of(client, doctor) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert page_of(client, doctor).status_code == 200
    return len(queries)


def test_the_page_costs_the_same_queries_whatever_the_slots(doctor, as_patient, as_assistant):
    clients = {"visitor": Client(), "patient": as_patient, "desk": as_assistant}
    slot_at(doctor, "09:00")
    few = {name: queries_of(client, doctor) for name, client in clients.items()}
    other = OfficeFactory()
    for day in range(4, 11):
        for number in range(12):
            starts_at = at("12:00", on(day)) + HALF_HOUR * number
            SlotFactory(
                doctor=doctor, starts_at=starts_at, office=(doctor.office, other)[number % 2]
            )

    assert {name: queries_of(client, doctor) for name, client in clients.items()} == few
    assert few == {"visitor": 3, "patient": 6, "desk": 8}


def test_patients_are_led_nowhere_beyond_the_horizon(client, doctor):
    ClinicSettings.objects.create(pk=1, horizon_days=10)

    def ahead(reader, day: date):
        return page_of(reader, doctor, day).context["week_after"]

    assert ahead(client, on(4)) == on(11)
    assert ahead(client, on(11)) is None
    assert 'rel="next"' not in page_of(client, doctor, on(11)).content.decode()
    assert ahead(signed_in(doctor.user), on(11)) == on(18)
