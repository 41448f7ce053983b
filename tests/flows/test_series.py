"""A series is booked and its rest cancelled; a calendar address, made and ended (B11, B13, B22)."""

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from tests.factories import (
    AppointmentFactory,
    AssistantFactory,
    PatientFactory,
    SlotFactory,
    in_days,
)

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]


@pytest.mark.parametrize("script", MODES)
def test_B11_the_desk_books_a_series_and_cancels_the_rest(script, page_of, look, quiet_console):
    quiet_console.allow("status of 422")
    first = SlotFactory(starts_at=in_days(7, 12))
    doctor = first.doctor
    SlotFactory(doctor=doctor, starts_at=in_days(14, 12), state="taken")
    other = SlotFactory(doctor=doctor, starts_at=in_days(14, 13))
    last = SlotFactory(doctor=doctor, starts_at=in_days(21, 12))
    patient = PatientFactory()
    page = page_of(AssistantFactory(offices=[doctor.office]).user, javascript=script)

    page.goto(f"/slots/{first.pk}/book/?patient={patient.pk}")
    page.get_by_role("link", name="Repeat weekly").click()
    look(page)
    page.get_by_label("How many appointments").fill("3")
    page.get_by_role("button", name="Show the dates").click()
    expect(page.get_by_role("heading", name="1 date needs another time")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Book the series").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a time for each date")
    page.locator(f'input[value="{other.pk}"]').check()
    page.get_by_role("button", name="Book the series").click()

    expect(page.get_by_text("3 appointments are booked")).to_be_visible()
    expect(page.get_by_text("1 of 3 of a series")).to_be_visible()
    look(page)
    booked = patient.appointments.order_by("starts_at")
    assert [one.slot for one in booked] == [first, other, last]

    page.get_by_role("link", name="Cancel the rest of the series").click()
    look(page)
    page.get_by_label("Anything to add?").fill("The doctor is ill.")
    page.get_by_role("button", name="Cancel these appointments").click()

    expect(page.get_by_text("3 appointments are cancelled.")).to_be_visible()
    assert {one.state for one in booked.all()} == {"cancelled"}


@pytest.mark.parametrize("script", MODES)
def test_B22_feed_is_made_fetched_and_ended(script, page_of, look):
    appointment = AppointmentFactory()
    page = page_of(appointment.patient.user, javascript=script)

    page.goto("/profile/")
    page.get_by_role("button", name="Make an address").click()
    expect(page.get_by_text("Your calendar has a new address")).to_be_visible()
    look(page)
    path = "/calendar/" + page.get_by_label("Secret address").input_value().split("/calendar/")[1]
    answer = page_of().request.get(path)
    [event] = Calendar.from_ical(answer.text()).walk("VEVENT")
    assert event.start == appointment.starts_at

    page.get_by_text("End it", exact=True).click()
    look(page)
    page.get_by_role("button", name="End the address").click()
    expect(page.get_by_role("button", name="Make an address")).to_be_visible()
    assert page_of().request.get(path).status == 404
