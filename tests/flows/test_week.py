"""A doctor's week: columns in wide windows, one day in narrow ones, with and without JavaScript."""

import re
from datetime import timedelta

import pytest
from django.utils.formats import date_format
from playwright.sync_api import expect

from tests.factories import DoctorFactory, PatientFactory, SlotFactory, in_days

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]
PHONE, TABLET, DESKTOP = ({"width": width, "height": 900} for width in (390, 768, 1280))


@pytest.fixture
def slots(clinic):
    """On the first, third and eighth day of what the page shows at first."""
    doctor = DoctorFactory()
    return [SlotFactory(doctor=doctor, starts_at=in_days(days, 8)) for days in (3, 5, 10)]


def time_of(page, slot):
    """By the whole name that a screen reader says."""
    starts = slot.starts_at.astimezone(slot.office.zone)
    name = f"{date_format(starts, 'l j F, H:i')}, {slot.doctor.name}"
    return page.get_by_role("link", name=name, exact=True)


def day_in_strip(page, slot):
    starts = slot.starts_at.astimezone(slot.office.zone)
    return page.get_by_role("navigation", name="Days with free times").locator(
        f"a[href*='day={starts.date().isoformat()}']"
    )


@pytest.mark.parametrize("script", MODES)
def test_B07_a_time_of_another_day_is_one_click_away(script, slots, page_of, look):
    first, other, later = slots
    page = page_of(PatientFactory().user, javascript=script)

    for size in (TABLET, DESKTOP):
        page.set_viewport_size(size)
        page.goto(first.doctor.get_absolute_url())
        expect(time_of(page, first)).to_be_visible()
        expect(time_of(page, other)).to_be_visible()
        expect(time_of(page, later)).to_have_count(0)
        tops = {round(time_of(page, slot).bounding_box()["y"]) for slot in (first, other)}
        assert len(tops) == 1, "both are morning times and stand side by side"
        look(page)

    page.get_by_role("link", name="Next week").click()
    expect(time_of(page, later)).to_be_visible()
    expect(time_of(page, first)).to_have_count(0)
    look(page)
    page.get_by_role("link", name="Previous week").click()
    time_of(page, other).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your appointment")
    expect(page).to_have_url(re.compile(f"/slots/{other.pk}/book/$"))


@pytest.mark.parametrize("script", MODES)
def test_B07_phones_show_one_day_and_the_strip_changes_it(script, slots, page_of, look):
    first, other, later = slots
    page = page_of(PatientFactory().user, javascript=script)
    page.set_viewport_size(PHONE)

    page.goto(first.doctor.get_absolute_url())
    expect(time_of(page, first)).to_be_visible()
    expect(time_of(page, other)).to_be_hidden()
    expect(page.get_by_role("link", name="Next week")).to_be_hidden()
    expect(page.get_by_role("heading", level=3)).to_have_count(1)
    look(page)
    day_in_strip(page, other).click()

    expect(time_of(page, other)).to_be_visible()
    expect(time_of(page, first)).to_have_count(0)
    expect(time_of(page, later)).to_be_hidden()
    expect(page.get_by_role("heading", level=3)).to_contain_text(
        date_format(other.starts_at.astimezone(other.office.zone), "l j F Y")
    )


@pytest.mark.parametrize("script", MODES)
def test_an_empty_day_on_a_phone_leads_to_the_next_free_one(script, slots, page_of, look):
    first, other, _later = slots
    day = (first.starts_at + timedelta(days=1)).astimezone(first.office.zone).date()
    page = page_of(PatientFactory().user, javascript=script)

    page.goto(f"{first.doctor.get_absolute_url()}?day={day.isoformat()}")
    expect(time_of(page, other)).to_be_visible()
    expect(page.get_by_text("Nothing free on this day")).to_be_hidden()
    look(page)
    page.set_viewport_size(PHONE)
    expect(page.get_by_text("Nothing free on this day")).to_be_visible()
    expect(time_of(page, other)).to_be_hidden()
    page.get_by_role("link", name="Show ").click()

    expect(time_of(page, other)).to_be_visible()
