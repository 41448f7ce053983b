"""An empty database becomes a clinic with a bookable time, with and without JavaScript (A15)."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from portal.models import Slot
from tests.plugins.accessibility import check
from tests.plugins.browser import LOOKS
from tests.servers import static_files
from tests.servers.portal import GUNICORN, Portal

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]


@pytest.fixture(scope="module")
def browser_context_args():
    """The address is said by the test: each has a portal of its own."""
    return LOOKS


@pytest.fixture
def empty():
    """A portal with tables and no rows."""
    folder = Path(os.environ["VAR_DIR"]) / "set-up"
    if not (folder / "static").exists():
        static_files.collect_into(folder)
    environment = {"VAR_DIR": str(folder), "MANIFEST_STATIC": "on"}
    portal = Portal(
        application="clinic.wsgi", gunicorn=f"{GUNICORN} --workers=1", environment=environment
    )
    try:
        portal.wait_until_ready()
        yield portal
    finally:
        portal.stop()


@pytest.fixture
def _clinics_database(empty, django_db_blocker):
    """Instead of the package's own: models in this test are those of the empty portal."""
    with empty.orm(django_db_blocker):
        yield


@pytest.mark.parametrize("script", MODES)
def test_A15_an_empty_database_leads_to_a_bookable_time(script, empty, new_context):
    [link] = [word for word in empty.manage("first_admin").split() if word.startswith(empty.url)]
    page = new_context(base_url=empty.url, java_script_enabled=script).new_page()

    def look():
        if script:
            check(page)

    def save():
        look()
        page.get_by_role("button", name="Save and continue").click()
        expect(page).to_have_url(f"{empty.url}/set-up/")
        page.get_by_role("link", name="Continue").or_(
            page.get_by_role("button", name="Finish the set-up")
        ).wait_for()

    page.goto(link)
    look()
    page.get_by_label("Full name").fill("Ana Alder")
    page.get_by_label("Email address").fill("ana@example.org")
    page.get_by_label("Password").fill("three calm otters")
    page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up your clinic")
    look()

    page.goto("/dashboard/")
    page.get_by_role("link", name="The clinic has no name yet").click()
    page.locator("[name=name]").fill("Alder Clinic")
    page.locator("[name=phone]").fill("+34 910 000 100")
    page.locator("[name=time_zone]").select_option(label="Madrid, Europe")
    save()

    page.get_by_role("link", name=re.compile("Continue.*An office")).click()
    page.locator("[name=address]").fill("1 Harbour Street")
    expect(page.locator("[name=time_zone]")).to_have_value("Europe/Madrid")
    save()

    page.get_by_role("link", name=re.compile("Continue.*A specialty")).click()
    page.locator("[name=name]").fill("Dermatology")
    save()

    page.get_by_role("link", name=re.compile("Continue.*A doctor")).click()
    page.locator("[name=name]").fill("Dr Elena Ruiz")
    page.locator("[name=email]").fill("ruiz@example.org")
    page.locator("[name=licence_number]").fill("L-1")
    page.locator("[name=practising_since]").fill("2010")
    page.locator("[name=fee]").fill("60")
    save()

    page.get_by_role("link", name=re.compile("Continue.*Times to book")).click()
    save()
    expect(page.get_by_role("heading", level=1)).to_have_text("Patients can book now")
    look()
    page.get_by_role("button", name="Finish the set-up").click()
    expect(page.get_by_text("The set-up is finished.")).to_be_visible()
    assert Slot.objects.count() > 500

    visitor = new_context(base_url=empty.url, java_script_enabled=script).new_page()
    visitor.goto("/slots/")
    expect(visitor.locator("a[href*='/book/']").first).to_be_visible()
    assert visitor.request.get(link).status == 404
