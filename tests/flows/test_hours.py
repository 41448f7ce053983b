"""Weekly hours and holidays, with and without JavaScript (B03)."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from portal.models import Holiday
from tests.factories import AssistantFactory, DoctorFactory

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

    expect(page.get_by_text("Closed:")).to_be_visible()
    look(page)
    assert Holiday.objects.get(office=doctor.office, day=day).state == "confirmed"
