"""An empty database becomes a clinic with a bookable time, with and without JavaScript (A15)."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.models import Slot
from tests.flows.conftest import assert_fits
from tests.plugins.accessibility import check
from tests.plugins.browser import LOOKS
from tests.servers import static_files
from tests.servers.portal import GUNICORN, Portal

WITHOUT_SCRIPTS = set()
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


def make_admin(page: Page, link: str) -> None:
    page.goto(link)
    judge(page)
    page.get_by_label("Full name").fill("Ana Alder")
    page.get_by_label("Email address").fill("ana@example.org")
    page.get_by_label("Password").fill("three calm otters")
    page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up your clinic")
    judge(page)


def say_clinic(page: Page) -> None:
    """From the dashboard, which says what is missing."""
    page.goto("/dashboard/")
    page.get_by_role("link", name="The clinic has no name yet").click()
    zone = page.locator("[name=time_zone]")
    zone.select_option(label="Madrid, Europe")
    save(page, name="Alder Clinic", phone="+34 910 000 100")


def save(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value)
    judge(page)
    page.get_by_role("button", name="Save and continue").click()
    expect(page).to_have_url(re.compile("/set-up/$"))


def judge(page: Page) -> None:
    """By axe, which needs JavaScript; without it only the width is looked at."""
    if page in WITHOUT_SCRIPTS:
        assert_fits(page)
    else:
        check(page)


def go_on(page: Page, title: str) -> None:
    page.get_by_role("link", name=re.compile(f"Continue.*{title}")).click()


@pytest.mark.parametrize("script", MODES)
def test_A15_an_empty_database_leads_to_a_bookable_time(script, empty, new_context):
    [link] = [word for word in empty.manage("first_admin").split() if word.startswith(empty.url)]
    page = new_context(base_url=empty.url, java_script_enabled=script).new_page()
    if not script:
        WITHOUT_SCRIPTS.add(page)

    make_admin(page, link)
    say_clinic(page)
    go_on(page, "An office")
    expect(page.locator("[name=time_zone]")).to_have_value("Europe/Madrid")
    save(page, address="1 Harbour Street")
    go_on(page, "A specialty")
    save(page, name="Dermatology")
    go_on(page, "A doctor")
    doctor = {"name": "Dr Elena Ruiz", "email": "ruiz@example.org", "fee": "60"}
    save(page, **doctor, licence_number="L-1", practising_since="2010")
    go_on(page, "Times to book")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Patients can book now")
    judge(page)
    page.get_by_role("button", name="Finish the set-up").click()

    expect(page.get_by_text("The set-up is finished.")).to_be_visible()
    assert Slot.objects.count() > 500
    visitor = new_context(base_url=empty.url, java_script_enabled=script).new_page()
    visitor.goto("/slots/")
    expect(visitor.locator("a[href*='/book/']").first).to_be_visible()
    assert visitor.request.get(link).status == 404
