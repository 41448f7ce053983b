"""An admin finds a setting by a word of their own and changes its section (F02)."""

import pytest
from playwright.sync_api import expect

from portal.models import ClinicSettings, User


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_F02_a_setting_is_found_and_changed(page_of, look, quiet_console, javascript):
    quiet_console.allow("status of 422")
    page = page_of(User.objects.get(email="admin@example.com"), javascript=javascript)
    page.goto("/manage/settings/")
    look(page)

    page.get_by_label("Find a setting").fill("cut-off")
    if not javascript:
        page.get_by_role("button", name="Find").click()
    found = page.locator("#results .rows li")
    expect(found).to_have_count(1)
    assert page.url.endswith("?q=cut-off")
    found.get_by_role("link").click()

    field = page.get_by_label("Until when patients move or cancel, in hours ahead")
    expect(field).to_be_in_viewport()
    hours = ClinicSettings.current().cancel_cutoff_hours
    field.fill("999")
    page.get_by_role("button", name="Save this section").click()
    expect(page.get_by_role("alert")).to_contain_text("less than or equal to 336")
    expect(field).to_have_value("999")
    look(page)
    field.fill(str(hours + 1))
    page.get_by_role("button", name="Save this section").click()
    expect(page.locator("#main")).to_contain_text(f"{hours} → {hours + 1}")
    expect(page.locator(".setting").first).to_contain_text("Changed by")
    assert ClinicSettings.current().cancel_cutoff_hours == hours + 1


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_F02_sections_are_folded_on_a_phone(page_of, look, javascript):
    page = page_of(User.objects.get(email="admin@example.com"), javascript=javascript)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/manage/settings/")
    sections = page.get_by_role("navigation", name="Sections")
    expect(sections.get_by_role("link", name="Reminders")).to_be_hidden()

    sections.get_by_text("Choose a section").click()
    sections.get_by_role("link", name="Reminders").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Reminders")
    expect(sections.get_by_text("Section: Reminders")).to_be_visible()
    look(page)
