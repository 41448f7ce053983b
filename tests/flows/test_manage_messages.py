"""An admin writes to people, sees what became of it, and has what failed sent again (D03, F02)."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from portal.models import Notification, User
from tests.factories import AppointmentFactory, NotificationFactory, PatientFactory, in_days

TEXT = "Dear patients,\n\nwe are closed on Monday. <b>Call</b> us if you need help."


@pytest.fixture
def admin():
    return User.objects.get(email="admin@example.com")


def until(page: Page, where: Locator, text: str) -> None:
    """Looks again and again, as a person would, until it says so there."""
    for _attempt in range(50):
        if where.count() and text in where.first.inner_text():
            return
        page.wait_for_timeout(200)
        page.reload()
    raise AssertionError(f"{page.url} never said {text!r}")


def check(page: Page) -> None:
    page.locator(".actions").get_by_role("button", name="Check the message").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check the message")


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_D03_write_check_send_look_and_try_again(
    admin, page_of, mailbox, look, quiet_console, javascript
):
    ana = PatientFactory(name=f"Ana Ledger{javascript}")
    page = page_of(admin, javascript=javascript)
    page.goto("/dashboard/")
    page.get_by_role("link", name="Manage the clinic").click()
    look(page)
    page.get_by_role("main").get_by_role("link", name="Write a message").click()

    page.get_by_label("Title").fill("Closed on Monday")
    page.locator("textarea").fill(TEXT)
    page.locator("label", has_text="One person").click()
    page.get_by_label("Name or email address").fill(ana.name)
    page.get_by_role("button", name="Find").click()
    page.locator("label", has_text=ana.name).click()
    look(page)
    check(page)
    look(page)
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_label("Title")).to_have_value("Closed on Monday")
    check(page)
    expect(page.get_by_role("main")).to_contain_text("<b>Call</b> us")
    page.get_by_role("button", name="Send to 1 person").click()

    expect(page.locator("#messages")).to_contain_text("The message is on its way.")
    until(page, page.get_by_role("main"), "1 person reached")
    look(page)
    mail = mailbox.newest(to=ana.user.email)
    assert mail["Subject"] == "Closed on Monday"
    until(page, page.locator(".rows li", has_text="Email").locator(".state"), "Sent")

    Notification.objects.filter(user=ana.user, channel="email").update(
        state="failed", answer="550 Mailbox full"
    )
    page.get_by_role("link", name="See each message").click()
    look(page)
    page.get_by_role("navigation", name="States").get_by_role("link", name="Failed").click()
    expect(page.get_by_role("table")).to_contain_text("550 Mailbox full")
    page.get_by_role("row", name=re.compile(ana.name)).get_by_role("link").first.click()
    look(page)
    page.get_by_role("button", name="Try again").click()

    expect(page.locator("#messages")).to_contain_text("is being sent again")
    until(page, page.locator(".page-header .state"), "Sent")
    again = mailbox.newest(to=ana.user.email)
    assert again["Message-ID"] == mail["Message-ID"]


def test_D03_what_is_missing_is_said_and_the_search_answers_enter(
    admin, page_of, look, quiet_console
):
    quiet_console.allow("status of 422")
    page = page_of(admin)
    page.goto("/manage/messages/new/")
    page.locator("label", has_text="The appointments of a doctor on a day").click()
    page.get_by_label("Title").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Choose a doctor.")
    look(page)

    page.locator("label", has_text="One person").click()
    page.get_by_label("Name or email address").fill("assistant@")
    page.get_by_label("Name or email address").press("Enter")

    expect(page.get_by_role("radio", name="assistant@example.com")).to_be_visible()


def test_D06_the_workers_page(admin, page_of, look, quiet_console):
    page = page_of(admin)
    page.goto("/manage/worker/")

    expect(page.get_by_role("main")).to_contain_text("At work")
    look(page)


def test_D03_the_desk_sees_what_did_not_arrive(page_of, look, quiet_console):
    appointment = AppointmentFactory(starts_at=in_days(3))
    NotificationFactory(appointment=appointment, channel="email", state="failed")
    page = page_of(User.objects.get(email="admin@example.com"))
    page.goto(appointment.get_absolute_url())

    expect(page.get_by_role("region", name="Messages")).to_contain_text(
        "A message did not reach the patient."
    )
    look(page)
