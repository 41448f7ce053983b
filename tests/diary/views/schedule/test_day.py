"""/schedule/<date>/: a day in half hours (requirement B02)."""

import re
from datetime import date

import pytest

from portal.enums import DoctorState, SlotState
from portal.models import ClinicSettings, Slot
from tests.factories import DoctorFactory
from tests.plugins.people import signed_in
from tests.setups.diary import DAY, at, book_at, close_day, set_range, slot_at, times

URL = "/schedule/2026-03-04/"


def tiles(response) -> dict[str, str]:
    """time → what its tile is: free, off, booked, past, or the words of a busy one."""
    found = {}
    for _part, some in response.context["tiles"].parts:
        for tile in some:
            state = ("free" if tile.ticked else "off") if tile.kind == "box" else tile.kind
            found[tile.time] = state
    return found


def boxes(response) -> dict[str, str]:
    """accessible name → the attributes of each checkbox, as sent to the browser."""
    inputs = re.findall(r'<input type="checkbox"[^>]*>', response.content.decode())
    return {re.search('aria-label="([^"]*)"', one)[1]: one for one in inputs}


def values(*texts: str, day: date = DAY) -> list[str]:
    return [f"{at(text, day):%Y-%m-%dT%H:%MZ}" for text in texts]


def save(client, *texts: str, url: str = URL, **options):
    return client.post(url, {"free": values(*texts)}, **options)


def messages(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_B02_day_shows_half_hours_from_nine_to_nine(as_doctor):
    found = tiles(as_doctor.get(URL))

    assert len(found) == 24
    assert next(iter(found)) == "09:00"
    assert list(found)[-1] == "20:30"
    assert set(found.values()) == {"off"}


def test_B02_day_saves_what_is_ticked(as_doctor, doctor):
    response = save(as_doctor, "09:00", "09:30", follow=True)

    assert response.redirect_chain == [(URL, 302)]
    assert messages(response) == ["2 times added."]
    assert times(doctor) == ["04 09:00", "04 09:30"]
    assert [time for time, state in tiles(response).items() if state == "free"] == [
        "09:00",
        "09:30",
    ]


def test_B02_day_says_what_changed(as_doctor, doctor):
    slot_at(doctor, "09:00")

    response = save(as_doctor, "10:00", "10:30", follow=True)

    assert messages(response) == ["2 times added, 1 removed."]


def test_day_without_a_change_says_so(as_doctor):
    assert messages(save(as_doctor, follow=True)) == ["Nothing has changed."]


def test_day_boxes_are_named_in_full(as_doctor, doctor):
    slot_at(doctor, "09:30")

    found = boxes(as_doctor.get(URL))

    assert "checked" in found["Wednesday 4 March, 09:30, free"]
    assert "checked" not in found["Wednesday 4 March, 10:00, free"]


def test_B17_day_shows_who_is_booked_and_links_to_the_appointment(as_doctor, doctor):
    appointment = book_at(doctor, "10:00")

    response = as_doctor.get(URL)

    text = response.content.decode()
    assert tiles(response)["10:00"] == "booked"
    assert f'href="/appointments/{appointment.pk}/"' in text
    assert appointment.patient.name in text
    assert "17/05/1980" in text
    assert not any("10:00" in name for name in boxes(response))


def test_B05_day_keeps_a_booked_time_whatever_is_sent(as_doctor, doctor):
    appointment = book_at(doctor, "10:00")

    response = save(as_doctor, "09:00", follow=True)

    appointment.slot.refresh_from_db()
    assert appointment.slot.state == SlotState.TAKEN
    assert messages(response) == ["1 time added, 1 kept because it is booked."]


def test_day_sends_booked_times_along_so_that_they_are_no_surprise(as_doctor, doctor):
    book_at(doctor, "10:00")

    assert f'<input type="hidden" name="free" value="{values("10:00")[0]}">' in (
        as_doctor.get(URL).content.decode()
    )


def test_day_of_a_cancelled_appointment_is_free_again(as_doctor, doctor):
    appointment = book_at(doctor, "10:00")
    appointment.state = "cancelled"
    appointment.save()
    Slot.objects.update(state=SlotState.OPEN)

    assert tiles(as_doctor.get(URL))["10:00"] == "free"


def test_day_cannot_change_what_has_passed(as_doctor, doctor):
    today = date(2026, 3, 3)
    slot_at(doctor, "09:00", today)

    response = as_doctor.get("/schedule/2026-03-03/")

    found = boxes(response)
    assert tiles(response)["12:00"] == "past"
    assert tiles(response)["12:30"] == "off"
    assert "disabled" in found["Tuesday 3 March, 09:00, past"]


def test_day_that_has_passed_offers_nothing_to_save(as_doctor):
    response = as_doctor.get("/schedule/2026-03-02/")

    assert "Save this day" not in response.content.decode()
    assert "Make free" not in response.content.decode()


def test_day_shows_where_the_doctor_is_otherwise(as_doctor, doctor, canary):
    slot_at(doctor, "10:00", office=canary)

    found = boxes(as_doctor.get(URL))

    assert "disabled" in found["Wednesday 4 March, 10:00, At Canary office"]


def test_day_at_another_office_is_on_its_clock(as_doctor, doctor, canary):
    response = save(as_doctor, "10:00", url=f"{URL}?office={canary.pk}", follow=True)

    assert response.redirect_chain == [(f"{URL}?office={canary.pk}", 302)]
    assert tiles(response)["09:00"] == "free"
    assert doctor.slots.get().office == canary


def test_day_offers_the_offices_only_if_there_are_several(as_doctor, doctor):
    assert "?office=" not in as_doctor.get(URL).content.decode()


def test_day_links_stay_at_the_chosen_office(as_doctor, canary):
    text = as_doctor.get(f"{URL}?office={canary.pk}").content.decode()

    for path in ("2026-03-03/", "2026-03-05/", "2026-03-04/range/"):
        assert f"/schedule/{path}?office={canary.pk}" in text


def test_B02_day_tells_repeated_times_apart(as_doctor, doctor):
    ClinicSettings(pk=1, day_ends_at="23:59", day_starts_at="00:00").save()

    response = as_doctor.get("/schedule/2026-10-25/")
    as_doctor.post("/schedule/2026-10-25/", {"free": ["2026-10-25T01:30Z"]})

    assert "Sunday 25 October, 02:30 (second), free" in boxes(response)
    assert len(tiles(response)) == 50
    assert doctor.slots.get().starts_at == at("02:30", date(2026, 10, 25), fold=1)


def test_day_does_not_offer_skipped_times(as_doctor):
    ClinicSettings(pk=1, day_ends_at="23:59", day_starts_at="00:00").save()

    found = tiles(as_doctor.get("/schedule/2026-03-29/"))

    assert len(found) == 46
    assert "02:30" not in found


def test_day_refused_keeps_what_was_ticked(as_doctor, doctor, canary):
    """The other office was declared since this page was opened."""
    slot_at(doctor, "10:00", office=canary)

    response = save(as_doctor, "09:00", "10:00")

    assert response.status_code == 409
    assert "At 10:00 you already have another slot." in response.content.decode()
    assert tiles(response)["09:00"] == "free"
    assert times(doctor) == ["04 10:00"]


@pytest.mark.parametrize("value", ["", "nonsense", "2026-03-04T09:00", "2026-03-04T06:00Z"])
def test_day_refuses_what_is_none_of_its_times(as_doctor, doctor, value):
    response = as_doctor.post(URL, {"free": [value]})

    assert response.status_code == 422
    assert "This day was not saved" in response.content.decode()
    assert not doctor.slots.exists()


def test_day_shows_slots_that_fit_no_grid(as_doctor, doctor):
    slot_at(doctor, "10:10")

    text = as_doctor.get(URL).content.decode()

    assert "10:10–10:40" in text
    assert "Slot at 10:10" in text


def test_day_counts_slots_beside_the_grid_and_extra_ones(as_doctor, doctor):
    book_at(doctor, "09:00")
    extra = book_at(doctor, "12:05")
    extra.slot.is_extra = True
    extra.slot.save()
    slot_at(doctor, "08:10")

    page = as_doctor.get(URL).content.decode()

    assert "1 free, 2 booked" in page
    assert "Copy to other days" in page


def test_day_with_nothing_in_the_grid_cannot_be_copied(as_doctor, doctor):
    slot_at(doctor, "08:10")

    page = as_doctor.get(URL).content.decode()

    assert "1 free, 0 booked" in page
    assert "Copy to other days" not in page


def test_day_marks_appointments_by_video(as_doctor, doctor):
    booked = book_at(doctor, "09:00")
    booked.mode = "video"
    booked.save()

    for url in (URL, "/schedule/slots/", "/schedule/2026-03-04/transfer/"):
        assert "By video" in as_doctor.get(url).content.decode(), url


def test_day_of_a_pending_doctor_can_be_prepared(db):
    doctor = DoctorFactory(state=DoctorState.PENDING)
    client = signed_in(doctor.user)

    save(client, "09:00")

    assert "waiting for approval" in client.get(URL).content.decode()
    assert doctor.slots.count() == 1


def test_day_costs_the_same_queries_however_full_it_is(
    as_doctor, doctor, canary, django_assert_max_num_queries
):
    with django_assert_max_num_queries(8) as empty:
        as_doctor.get(URL)
    set_range(doctor, "09:00", "21:00")
    Slot.objects.filter(starts_at__gte=at("12:00")).delete()
    for hour in range(12, 20):
        book_at(doctor, f"{hour}:00")

    with django_assert_max_num_queries(8) as full:
        as_doctor.get(URL)

    assert len(full) == len(empty)


def test_day_never_shows_another_doctors_patients(as_doctor, doctor):
    appointment = book_at(DoctorFactory(office=doctor.office), "10:00")

    response = as_doctor.get(URL)

    assert tiles(response)["10:00"] == "off"
    assert appointment.patient.name not in response.content.decode()


def test_B03_a_closed_day_says_so_and_needs_a_tick(as_doctor, doctor):
    close_day(doctor.office, name="Feast of the patron")
    starts = [at("09:00").isoformat()]

    page = as_doctor.get(URL).content.decode()
    refused = as_doctor.post(URL, {"free": starts})
    assert times(doctor) == []
    saved = as_doctor.post(URL, {"free": starts, "despite_closure": "1"}, follow=True)

    assert "The office is closed on this day: Feast of the patron." in page
    assert refused.status_code == 409
    assert "Feast of the patron" in str(refused.context["form"].errors)
    assert 'value="2026-03-04T08:00Z" aria-label="Wednesday 4 March, 09:00, free" checked' in (
        refused.content.decode()
    )
    assert messages(saved) == ["1 time added."]
    assert doctor.slots.get().despite_closure


def test_there_is_no_link_to_a_day_before_which_there_is_nothing(as_doctor, doctor):
    today = "/schedule/2026-03-03/"

    assert 'rel="prev"' in as_doctor.get(URL).content.decode()
    assert 'rel="prev"' not in as_doctor.get(today).content.decode()
    slot_at(doctor, "09:00", date(2026, 3, 1))
    assert 'rel="prev"' in as_doctor.get(today).content.decode()
