"""An admin imports the file of another system: columns, check, import, refused rows (A18)."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from portal.models import Patient, User

HEADER = "Patienten-Nr;Nachname;Vorname;Geburtsdatum;Telefon\r\n"
PEOPLE = {True: (25, "+4915123456789"), False: (26, "+4915123456788")}  # nobody's duplicate


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_A18_a_latin_1_file_is_imported_and_refused_rows_come_back(
    page_of, look, quiet_console, tmp_path, javascript
):
    surname = "Müßig" + re.sub("[^a-z]", "", uuid.uuid4().hex)
    born, phone = PEOPLE[javascript]
    rows = f"1;{surname};Jörg;{born}.03.1961;{phone}\r\n2;{surname};Ute;31.02.1990;\r\n"
    file = tmp_path / "alt.csv"
    file.write_bytes((HEADER + rows).encode("latin-1"))
    page = page_of(User.objects.get(email="admin@example.com"), javascript=javascript)

    page.goto("/manage/")
    page.get_by_role("link", name="Import and export of patients").click()
    page.get_by_role("link", name="Import a file").first.click()
    look(page)
    page.get_by_label("File").set_input_files(file)
    page.get_by_label("Name of the other system").fill(uuid.uuid4().hex)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("main")).to_contain_text(f"{born} March 1961")
    expect(page.get_by_label("Dates are written as")).to_have_value("dmy")
    look(page)
    page.get_by_role("button", name="Check all rows").click()
    _until(page, page.get_by_role("button", name="Import 1 patient"), javascript)
    look(page)
    page.get_by_role("button", name="Import 1 patient").click()
    _until(page, page.get_by_text("1 imported"), javascript)
    look(page)

    assert Patient.objects.get(name=f"Jörg {surname}").phone.as_e164 == phone
    with page.expect_download() as download:
        page.get_by_role("button", name="Download all refused rows").click()
    text = download.value.path().read_text("utf-8-sig")
    assert text.splitlines()[1].startswith(f"2;{surname};Ute;31.02.1990;;")
    assert "no date in the chosen order" in text


def _until(page, there, javascript: bool) -> None:
    """With JavaScript the page refreshes itself; without it a person looks again."""
    for _attempt in range(0 if javascript else 50):
        if there.count():
            break
        page.wait_for_timeout(200)
        page.reload()
    expect(there).to_be_visible(timeout=15_000)
