"""An admin looks up who opened a patient's page, and what was changed (F01)."""

import pytest
from playwright.sync_api import expect

from portal.models import User
from tests.factories import PatientFactory


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_F01_who_opened_a_patients_page(page_of, look, javascript):
    patient = PatientFactory(name=f"Ana Trail{javascript}")
    assistant = User.objects.get(email="assistant@example.com")
    page_of(assistant, javascript=javascript).goto(f"/patients/{patient.pk}/")
    admin = User.objects.get(email="admin@example.com")
    page = page_of(admin, javascript=javascript)
    page.goto(f"/patients/{patient.pk}/")

    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Who opened this").click()

    rows = page.locator(".trail tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.last).to_contain_text(assistant.name)
    look(page)
    page.get_by_label("Who", exact=True).fill(assistant.name)
    page.get_by_role("button", name="Show").click()
    expect(rows).to_have_count(1)
    rows.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Opened the page")
    expect(page.locator(".summary")).to_contain_text(patient.name)
    look(page)
    with page.expect_download() as download:
        page.goto("/manage/audit/")
        page.get_by_role("button", name="Save as CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
