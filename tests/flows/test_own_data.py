"""A patient has a copy of all their data made, and downloads it (A13)."""

import json

import pytest
from playwright.sync_api import expect

from portal.models import User

PASSWORD = "clinic-demo"


@pytest.mark.parametrize(
    ("javascript", "email"),
    [(True, "patient07@example.com"), (False, "patient08@example.com")],
    ids=["quick", "plain"],
)
def test_A13_a_patient_downloads_everything(page_of, look, quiet_console, javascript, email):
    user = User.objects.get(email=email)
    page = page_of(user, javascript=javascript)

    page.goto("/profile/")
    page.get_by_role("link", name="Your data").click()
    look(page)
    page.get_by_role("button", name="Prepare my data").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    pdf = page.get_by_role("button", name="Download as PDF")
    _until(page, pdf, javascript)
    look(page)

    with page.expect_download() as download:
        pdf.click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as JSON").click()
    assert json.loads(download.value.path().read_text())["chart"]["name"] == user.name


def _until(page, there, javascript: bool) -> None:
    """With JavaScript the page refreshes itself; without it a person looks again."""
    expect(page.get_by_role("heading", name="Your data", exact=True)).to_be_visible()
    for _attempt in range(0 if javascript else 50):
        if there.count():
            break
        page.wait_for_timeout(200)
        page.reload()
    expect(there).to_be_visible(timeout=15_000)
