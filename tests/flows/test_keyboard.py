"""Everything can be done without a mouse."""

import sys

import pytest
from playwright.sync_api import expect

from portal.models import Appointment, User
from tests.factories import PatientFactory
from tests.flows.keyboard import Keyboard


@pytest.fixture
def assistant():
    return User.objects.get(email="assistant@example.com")


def test_skip_link_leads_past_the_navigation(page):
    page.goto("/slots/")
    keyboard = Keyboard(page)

    keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to main content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    keyboard.press("Enter")

    expect(page.get_by_role("main")).to_be_focused()
    keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("email", ["assistant", "doctor", "admin"])
def test_B16_slash_goes_to_the_search_box_of_staff(email, page_of):
    page = page_of(User.objects.get(email=f"{email}@example.com"))
    page.goto("/offices/")
    keyboard = Keyboard(page)

    keyboard.press("/")
    keyboard.type("a/b")

    box = page.get_by_role("searchbox", name="Search patients and appointments")
    expect(box).to_be_focused()
    expect(box).to_have_value("a/b")


def test_B11_desk_books_for_a_caller_without_a_mouse(assistant, page_of):
    caller = PatientFactory(name="Ada Møller", user=None)
    page = page_of(assistant)
    page.goto("/desk/")
    keyboard = Keyboard(page)

    keyboard.press("/")
    keyboard.type(caller.phone.as_e164[-8:])
    keyboard.enter_opens("Search patients and appointments")
    keyboard.tab_to("^Book Ada Møller$")
    keyboard.enter_opens("Find a time")
    keyboard.tab_to(r"^Book .+, \d\d:\d\d, ")
    keyboard.enter_opens("Check the appointment")
    keyboard.tab_to("^Confirm appointment$")
    keyboard.enter_opens("Appointment confirmed")

    assert Appointment.objects.get(patient=caller).booked_by == assistant
    sys.stderr.write(f"\nbooked in {keyboard.seconds:.1f} s with {keyboard.keys} keys\n")
    assert keyboard.keys < 80


def test_menu_of_the_user_closes_with_escape(assistant, page_of):
    page = page_of(assistant)
    page.goto("/offices/")
    keyboard = Keyboard(page)

    keyboard.tab_to("Your account")
    keyboard.press("Enter")
    sign_out = page.get_by_role("button", name="Sign out")
    expect(sign_out).to_be_visible()
    keyboard.tab_to("^Profile$", at_most=2)
    keyboard.press("Escape")

    expect(sign_out).to_be_hidden()
    expect(page.locator(".user-menu summary")).to_be_focused()


def test_menu_of_a_phone_closes_with_escape(page):
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto("/")
    menu = page.locator(".nav-toggle summary")
    doctors = page.get_by_role("navigation", name="Main").get_by_role("link", name="Doctors")
    expect(doctors).to_be_hidden()

    menu.press("Enter")
    expect(doctors).to_be_visible()
    page.keyboard.press("Escape")

    expect(doctors).to_be_hidden()
    expect(menu).to_be_focused()


def test_B02_date_menu_of_the_schedule_closes_with_escape(page_of):
    page = page_of(User.objects.get(email="doctor@example.com"))
    page.goto("/schedule/")
    menu = page.locator("summary", has_text="Go to a date")

    menu.press("Enter")
    expect(page.get_by_label("Date", exact=True)).to_be_visible()
    page.get_by_label("Date", exact=True).press("Escape")

    expect(page.get_by_label("Date", exact=True)).to_be_hidden()
    expect(menu).to_be_focused()
