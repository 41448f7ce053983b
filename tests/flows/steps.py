"""What people do in the portal, a function for each; all of it works without JavaScript too."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from playwright.sync_api import Page, expect

from portal.models import Doctor, Slot
from tests.flows.mailbox import Mailbox, link_in

DEMO_PASSWORD = "clinic-demo"
PASSWORD = "three calm otters"


@dataclass(frozen=True)
class NewPatient:
    name: str
    email: str
    phone: str


def sign_in(page: Page, email: str, password: str = DEMO_PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email address or username").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/dashboard/|/desk/"))


def sign_out(page: Page) -> None:
    page.locator(".user-menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def open_day(page: Page, day: date) -> None:
    """The doctor goes to a day of the schedule."""
    page.get_by_role("link", name="My schedule").click()
    page.get_by_text("Go to a date").click()
    page.get_by_label("Date", exact=True).fill(day.isoformat())
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(date_format(day, "l j F Y"))


def make_free(page: Page, first: str, last: str) -> None:
    page.get_by_label("From").fill(first)
    page.get_by_label("To", exact=True).fill(last)
    page.get_by_role("button", name="Make free").click()
    page.get_by_role("button", name="Save this day").click()


def untick(page: Page, time: str) -> None:
    page.get_by_role("checkbox", name=f", {time}, free").uncheck()
    page.get_by_role("button", name="Save this day").click()


def look_for_times(page: Page, doctor: Doctor, day: date) -> None:
    """Filters the free times to one doctor and one day."""
    page.goto("/slots/")
    page.get_by_label("Doctor", exact=True).select_option(label=doctor.name)
    page.get_by_label("From").fill(day.isoformat())
    page.get_by_label("To", exact=True).fill(day.isoformat())
    page.get_by_role("button", name="Show times").click()
    expect(page).to_have_url(re.compile(f"doctor={doctor.pk}.*from={day}.*to={day}"))


def book_link(page: Page, slot: Slot):
    """The link with which that free time is booked."""
    starts = slot.starts_at.astimezone(slot.office.zone)
    name = f"Book {date_format(starts, 'l j F')}, {starts:%H:%M}, {slot.doctor.name}"
    return page.get_by_role("link", name=name, exact=True)


def sign_up(page: Page, person: NewPatient) -> None:
    page.get_by_role("main").get_by_role("link", name="Create an account").click()
    page.get_by_label("Full name").fill(person.name)
    page.get_by_label("Email address").fill(person.email)
    page.get_by_label("Phone number").fill(person.phone)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Now look into your mailbox")


def confirm_address(page: Page, mailbox: Mailbox, person: NewPatient) -> None:
    """Follows the link of the mail; the caller presses the button on the page it opens."""
    page.goto(link_in(mailbox.newest(to=person.email)))
    expect(page.get_by_role("main")).to_contain_text(person.email)


def confirm_booking(page: Page) -> str:
    """Confirms what the page asks to check; returns the reference."""
    page.get_by_role("button", name="Confirm appointment").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Appointment confirmed")
    return page.get_by_role("main").locator(".reference").inner_text()


def open_my_appointments(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="My appointments").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My appointments")


def search(page: Page, text: str) -> None:
    """By the search box of the header."""
    box = page.get_by_role("searchbox", name="Search patients and appointments")
    box.fill(text)
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Search patients and appointments")


def cancel(page: Page, reason: str) -> None:
    """On the page of an appointment."""
    page.get_by_role("link", name="Cancel appointment").click()
    page.locator("label", has_text=reason).click()  # it covers its radio button
    page.get_by_role("button", name="Cancel the appointment").click()
    expect(page.get_by_role("main").locator(".page-header .state")).to_have_text("Cancelled")
