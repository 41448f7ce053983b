"""The bell and what it leads to, in a browser (requirement D03)."""

import re

import pytest
from playwright.sync_api import TimeoutError as TookTooLong
from playwright.sync_api import expect

from portal.appointments.services import appointments
from portal.models import Notification, User
from tests.factories import (
    AppointmentFactory,
    NotificationFactory,
    PatientFactory,
    SlotFactory,
    in_days,
)
from tests.flows.keyboard import Keyboard

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]
MINUTE = 61_000


@pytest.fixture
def appointment():
    return AppointmentFactory(starts_at=in_days(5))


@pytest.fixture
def page_with_clock(page_of, appointment):
    """A page of that patient whose minutes pass when the test says so."""
    page = page_of(appointment.patient.user)
    page.clock.install()
    return page


@pytest.fixture
def polls(page_with_clock):
    """The statuses of what the bell was answered."""
    statuses = []
    page_with_clock.on(
        "response",
        lambda answer: answer.url.endswith("/bell/") and statuses.append(answer.status),
    )
    return statuses


def bell(page):
    return page.get_by_role("banner").locator("#bell")


def let_a_minute_pass(page) -> None:
    """Until the bell asks. A minute that passed before htmx had begun to count it is passed again:
    after a swap it begins a moment later, and on a busy machine that may be after the jump."""
    for patience in (5_000, 10_000, 30_000):
        page.wait_for_timeout(100)
        try:
            with page.expect_response(re.compile("/notifications/bell/"), timeout=patience):
                page.clock.fast_forward(MINUTE)
        except TookTooLong:
            continue
        return
    raise AssertionError("The bell does not ask")


@pytest.mark.parametrize("script", MODES)
def test_D03_a_booking_is_told_opened_and_marked(script, page_of, look):
    patient = PatientFactory()
    page = page_of(patient.user, javascript=script)
    page.goto("/notifications/")
    expect(page.get_by_role("heading", name="No notifications yet")).to_be_visible()
    look(page)

    appointments.book(SlotFactory(starts_at=in_days(3)).pk, by=patient.user)
    page.goto("/dashboard/")
    expect(bell(page)).to_have_accessible_name("1 unread notification")
    bell(page).click()
    expect(page.get_by_role("listitem").get_by_text("Unread", exact=True)).to_be_visible()
    look(page)

    page.get_by_role("button", name="is confirmed").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("is confirmed")
    expect(bell(page)).to_have_accessible_name("Notifications")
    look(page)
    page.get_by_role("button", name="Mark as unread").click()
    expect(bell(page)).to_have_accessible_name("1 unread notification")
    page.get_by_role("button", name="Mark all as read").click()

    expect(page.get_by_role("status").filter(has_text="All notifications")).to_be_visible()
    expect(bell(page)).to_have_accessible_name("Notifications")
    page.get_by_role("link", name="is confirmed").click()
    page.get_by_role("link", name="See the appointment").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Appointment")


def test_D03_the_bell_learns_of_news_and_says_it_once(page_with_clock, polls, appointment):
    page = page_with_clock
    NotificationFactory(appointment=appointment)
    page.goto("/offices/")
    page.evaluate("window.sameDocument = true")
    before = bell(page).evaluate("it => it.outerHTML")
    bell(page).focus()

    let_a_minute_pass(page)
    let_a_minute_pass(page)
    assert bell(page).evaluate("it => it.outerHTML") == before
    expect(page.locator("#bell-news")).to_be_empty()
    NotificationFactory(appointment=appointment)
    let_a_minute_pass(page)

    expect(bell(page)).to_have_accessible_name("2 unread notifications")
    expect(page.locator("#bell-news")).to_have_text("2 unread notifications")
    expect(bell(page)).to_be_focused()
    let_a_minute_pass(page)
    assert polls == [304, 304, 200, 304]
    assert page.evaluate("window.sameDocument === true")


def test_D03_a_tab_that_nobody_sees_does_not_ask(page_with_clock, polls):
    page = page_with_clock
    page.goto("/offices/")
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")

    page.clock.fast_forward(5 * MINUTE)
    page.wait_for_timeout(300)
    assert polls == []
    page.evaluate("delete document.hidden")
    with page.expect_response(re.compile("/notifications/bell/")):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    assert polls == [304]


def test_D03_when_signed_out_elsewhere_the_bell_goes_and_the_page_stays(page_with_clock):
    page = page_with_clock
    page.goto("/offices/")
    page.context.clear_cookies()

    let_a_minute_pass(page)

    expect(bell(page)).to_have_count(0)
    expect(page).to_have_url(re.compile("/offices/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Offices")


def test_D03_a_poll_that_fails_disturbs_nobody(page_with_clock, polls, quiet_console):
    quiet_console.allow("status of 503|Response Status Error Code 503")
    page = page_with_clock
    page.goto("/offices/")
    page.route("**/notifications/bell/", lambda route: route.fulfill(status=503))

    let_a_minute_pass(page)
    page.wait_for_timeout(300)

    expect(page.locator("#messages .notice")).to_have_count(0)
    expect(page).to_have_url(re.compile("/offices/$"))
    page.unroute("**/notifications/bell/")
    let_a_minute_pass(page)
    assert polls == [503, 304]


def test_D03_notifications_are_read_without_a_mouse(page_of, appointment):
    notification = NotificationFactory(appointment=appointment)
    page = page_of(appointment.patient.user)
    page.goto("/offices/")
    keyboard = Keyboard(page)

    keyboard.tab_to("^1 1 unread notification$")
    keyboard.enter_opens("Notifications")
    keyboard.tab_to("is confirmed$")
    keyboard.press("Enter")

    expect(page).to_have_url(re.compile(f"/notifications/{notification.pk}/$"))
    assert Notification.objects.get(pk=notification.pk).read_at


@pytest.mark.parametrize("who", ["patient", "doctor", "assistant", "admin"])
def test_the_header_takes_two_rows_at_most_on_a_small_phone(who, page_of):
    page = page_of(User.objects.get(email=f"{who}@example.com"))
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto("/offices/")

    tops = page.locator(".site-header :is(.brand, .nav-toggle, .bell, .user-menu)").evaluate_all(
        "all => all.map((it) => it.getBoundingClientRect()).map((it) => (it.top + it.bottom) / 2)"
    )

    assert len(tops) == 4
    assert max(tops) - min(tops) < 4
    assert page.locator(".site-header").bounding_box()["height"] < 130
