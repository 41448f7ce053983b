"""Weekly hours and holidays, with and without JavaScript (B03)."""

from datetime import time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from portal.diary.services import hours
from portal.enums import SlotState
from portal.models import Holiday, WeeklyHours
from tests.factories import AppointmentFactory, AssistantFactory, DoctorFactory

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]


@pytest.mark.parametrize("script", MODES)
def test_B03_a_doctor_says_a_usual_week_and_changes_it(script, page_of, look):
    doctor = DoctorFactory()
    page = page_of(doctor.user, javascript=script)

    page.goto("/schedule/")
    page.get_by_role("link", name="Weekly hours").click()
    look(page)
    page.get_by_role("link", name="Add hours").first.click()
    for day in ("Monday", "Wednesday"):
        page.locator("label").get_by_text(day, exact=True).click()  # it covers its box
    page.locator("[name=starts]").fill("09:00")
    page.locator("[name=ends]").fill("13:00")
    look(page)
    page.get_by_role("button", name="See what it changes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What this changes")
    look(page)
    assert doctor.slots.count() == 0
    page.get_by_role("button", name="Confirm the change").click()

    expect(page.get_by_text("times added")).to_be_visible()
    look(page)
    made = doctor.slots.count()
    assert made >= 8 * 24

    page.get_by_role("link", name="End Monday").click()
    look(page)
    page.get_by_role("button", name="See what it changes").click()
    page.get_by_role("button", name="Confirm the change").click()
    expect(page.get_by_text("removed.")).to_be_visible()
    assert doctor.slots.open().count() < made


@pytest.mark.parametrize("script", MODES)
def test_B03_an_assistant_confirms_a_holiday(script, page_of, look):
    doctor = DoctorFactory()
    day = timezone.now().date() + timedelta(days=20)
    Holiday.objects.create(office=doctor.office, day=day, name="Feast of the Office")
    page = page_of(AssistantFactory(offices=[doctor.office]).user, javascript=script)

    page.goto("/schedule/hours/")
    look(page)
    page.get_by_role("link", name=doctor.office.name, exact=True).click()
    look(page)
    page.get_by_role("button", name="Close", exact=False).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What this changes")
    look(page)
    page.get_by_role("button", name="Close on this day").click()

    expect(page.get_by_text("Closed:")).to_be_visible()
    look(page)
    assert Holiday.objects.get(office=doctor.office, day=day).state == "confirmed"


@pytest.fixture
def doctor():
    """Each day from nine to one, at half hours."""
    doctor = DoctorFactory()
    today = timezone.now().astimezone(doctor.office.zone).date()
    week = [
        WeeklyHours(
            doctor=doctor,
            office=doctor.office,
            weekday=weekday,
            starts=time(9),
            ends=time(13),
            valid_from=today,
        )
        for weekday in range(7)
    ]
    plan = hours.add(doctor, blocks=week, confirmed=None, by=doctor.user)
    hours.add(doctor, blocks=week, confirmed=plan.digest, by=doctor.user)
    return doctor


@pytest.mark.parametrize("script", MODES)
def test_B03_a_training_day_is_an_exception_that_is_taken_back(
    script, doctor, page_of, look, quiet_console
):
    quiet_console.allow("status of 422")
    day = timezone.now().astimezone(doctor.office.zone).date() + timedelta(days=9)
    slots = doctor.slots.filter(starts_at__date=day).order_by("starts_at")
    booked = slots[0]
    booked.state = SlotState.TAKEN
    booked.save()
    AppointmentFactory(doctor=doctor, slot=booked, starts_at=booked.starts_at)
    page = page_of(doctor.user, javascript=script)

    page.goto("/schedule/hours/")
    page.get_by_role("link", name="Add an exception").click()
    look(page)
    page.get_by_role("button", name="See what it changes").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    look(page)

    page.get_by_label("Date").fill(day.isoformat())
    page.locator("label").get_by_text("Other hours", exact=True).click()
    page.locator("[name=starts_1]").fill("09:00")
    page.get_by_role("button", name="See what it changes").click()
    expect(page.locator("#id_ends_1")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=starts_1]")).to_have_value("09:00")

    page.locator("[name=starts_1]").fill("")
    page.locator("label").get_by_text("No hours at all", exact=True).click()
    page.get_by_role("button", name="See what it changes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What this changes")
    look(page)
    assert slots.filter(state=SlotState.OPEN).count() == 7
    page.get_by_role("button", name="Confirm the change").click()

    expect(page.get_by_text("no hours")).to_be_visible()
    expect(page.get_by_role("heading", name="1 booked time is outside")).to_be_visible()
    look(page)
    assert not slots.filter(state=SlotState.OPEN).exists()
    booked.refresh_from_db()
    assert booked.state == SlotState.TAKEN

    page.get_by_role("button", name="Take back").click()
    page.get_by_role("button", name="Confirm the change").click()

    expect(page.get_by_text("no hours")).not_to_be_visible()
    assert slots.filter(state=SlotState.OPEN).count() == 7
