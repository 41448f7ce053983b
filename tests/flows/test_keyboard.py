"""Everything can be done without a mouse."""

import sys
import time

import pytest
from playwright.sync_api import expect

from portal.models import Appointment, Patient, User
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
    keyboard.arrow_to("Ada Møller")
    keyboard.enter_opens("Ada Møller")
    book_the_first_time(page, keyboard)

    assert Appointment.objects.get(patient=caller).booked_by == assistant
    assert keyboard.keys < 30, keyboard.told("a caller who is known")


def test_A09_desk_books_for_a_new_caller_without_a_mouse(assistant, page_of):
    name = f"Zadie {''.join(chr(97 + int(digit)) for digit in str(time.time_ns())[-9:])}"
    page = page_of(assistant)
    page.goto("/offices/")
    keyboard = Keyboard(page)

    keyboard.press("/")
    keyboard.type(name.lower())
    keyboard.enter_opens("Search patients and appointments")
    keyboard.arrow_to("New patient")
    keyboard.enter_opens("New patient")
    expect(page.get_by_label("Phone number")).to_be_focused()
    keyboard.type(f"6{time.time_ns() % 10**8:08d}")
    keyboard.enter_opens(name.title())
    book_the_first_time(page, keyboard)

    caller = Patient.objects.get(name=name.title())
    assert Appointment.objects.get(patient=caller).booked_by == assistant
    assert keyboard.keys < 50, keyboard.told("a caller who is new")


def book_the_first_time(page, keyboard) -> None:
    """From the page of a patient: Enter is Book, Enter the first free time, Enter confirms."""
    expect(page.get_by_role("link", name="Book appointment")).to_be_focused()
    keyboard.enter_opens("Find a time")
    first = page.locator(".col-action a:not([hidden])").first
    expect(first).to_be_focused()
    keyboard.enter_opens("Check the appointment")
    expect(page.get_by_label("Reason for the appointment")).to_be_focused()
    keyboard.type("Cough")
    keyboard.enter_opens("Appointment confirmed")
    sys.stderr.write(f"\n{keyboard.told('booked')}\n")


def test_B16_arrows_walk_the_results_and_go_back_to_the_box(assistant, page_of):
    PatientFactory.create_batch(2, name="Twin Arrowsmith", user=None)
    page = page_of(assistant)
    page.goto("/search/?q=arrowsmith")
    box = page.get_by_role("searchbox", name="Name, phone, date of birth or reference")
    links = page.get_by_role("main").get_by_role("link", name="Twin Arrowsmith", exact=True)
    expect(box).to_be_focused()

    for expected in (links.nth(0), links.nth(1)):
        page.keyboard.press("ArrowDown")
        expect(expected).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("link", name="New patient “arrowsmith”")).to_be_focused()


def test_B16_arrows_wait_for_the_results_of_what_is_typed(assistant, page_of):
    """Or somebody who types on quickly would open the patient of the question before."""
    PatientFactory(name="Quentin Hasty", user=None)
    page = page_of(assistant)
    page.goto("/search/?q=hasty")
    box = page.get_by_role("searchbox", name="Name, phone, date of birth or reference")
    page.route("**/search/*", lambda route: None)  # the answer never comes

    box.press_sequentially(" quen")
    page.keyboard.press("ArrowDown")

    expect(box).to_be_focused()


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
