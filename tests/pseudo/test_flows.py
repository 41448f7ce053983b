"""What patients, doctors and the desk do most, in the pseudo-language and in a narrow window."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from portal.models import Appointment
from tests.factories import (
    AppointmentFactory,
    AssistantFactory,
    PatientFactory,
    SlotFactory,
    in_days,
)
from tests.flows.conftest import assert_fits
from tests.plugins.browser import LOOKS
from tests.pseudo.language import OPEN
from tests.servers import static_files
from tests.servers.client import signed_in_cookies
from tests.servers.portal import GUNICORN, Portal

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def clinic():
    folder = Path(os.environ["VAR_DIR"]) / "pseudo"
    environment = {"VAR_DIR": str(folder), "MANIFEST_STATIC": "on"}
    static_files.collect_into(folder)
    portal = Portal(
        application="tests.pseudo.wsgi", gunicorn=f"{GUNICORN} --workers=1", environment=environment
    )
    try:
        portal.wait_until_ready()
        yield portal
    finally:
        portal.stop()


@pytest.fixture(scope="module")
def browser_context_args(clinic):
    return {**LOOKS, "base_url": clinic.url, "viewport": PHONE}


@pytest.fixture(autouse=True)
def _clinics_database(clinic, django_db_blocker):
    with clinic.orm(django_db_blocker):
        yield


@pytest.fixture
def page_of(new_context, clinic):
    """`page_of(user)`: a phone in which that user is signed in."""

    def open_page(user=None) -> Page:
        context = new_context()
        cookies = signed_in_cookies(user).items() if user else ()
        context.add_cookies([{"name": n, "value": v, "url": clinic.url} for n, v in cookies])
        return context.new_page()

    return open_page


def look(page: Page) -> None:
    """The page is in the pseudo-language and nothing in it scrolls sideways."""
    expect(page.get_by_role("main")).to_contain_text(OPEN)
    assert_fits(page)


def test_a_patient_finds_books_moves_and_cancels(page_of):
    patient = PatientFactory()
    slot = SlotFactory(starts_at=in_days(5))
    later = SlotFactory(doctor=slot.doctor, starts_at=in_days(6, 9))
    page = page_of(patient.user)

    page.goto(f"/slots/?doctor={slot.doctor_id}")
    look(page)
    page.locator(f'a[href*="/slots/{slot.pk}/book/"]').first.click()
    look(page)
    page.get_by_role("button", name="Confirm appointment").click()
    expect(page.locator("h1")).to_contain_text("Appointment confirmed")
    look(page)
    appointment = Appointment.objects.get(patient=patient)

    page.goto(appointment.get_absolute_url())
    look(page)
    page.get_by_role("link", name="Move to another time").click()
    look(page)
    page.locator("a.slot").first.click()
    look(page)
    page.get_by_role("button", name="Move the appointment").click()
    expect(page.get_by_text("The appointment is moved to")).to_be_visible()
    appointment.refresh_from_db()
    assert appointment.slot == later

    page.get_by_role("link", name="Cancel appointment").click()
    look(page)
    page.locator("label", has_text="Personal reasons").click()
    page.get_by_role("button", name="Cancel the appointment").click()
    expect(page.locator(".page-header .state")).to_contain_text("Cancelled")
    look(page)


def test_a_visitor_signs_up_with_an_error_first(page_of):
    page = page_of()

    page.goto("/accounts/signup/")
    look(page)
    page.get_by_label("Full name").fill("Íñigo Peña")
    page.get_by_label("Email address").fill("inigo@example.org")
    page.get_by_label("Phone number").fill("1")
    page.get_by_label("Password").fill("three calm otters")
    page.get_by_role("main").get_by_role("button", name="Create account").click()
    expect(page.locator(".invalid-feedback").first).to_contain_text(OPEN)
    look(page)
    page.get_by_label("Phone number").fill("612345678")
    page.get_by_label("Password").fill("three calm otters")
    page.get_by_role("main").get_by_role("button", name="Create account").click()

    expect(page.locator("h1")).to_contain_text("Now look into your mailbox")
    look(page)


def test_a_doctor_opens_a_day(page_of):
    slot = SlotFactory(starts_at=in_days(8))
    page = page_of(slot.doctor.user)
    day = slot.starts_at.astimezone(slot.office.zone).date()

    page.goto("/schedule/")
    look(page)
    page.goto(f"/schedule/{day}/")
    expect(page.get_by_role("main")).to_contain_text("1 free")
    assert_fits(page)
    page.get_by_label("From").fill("09:00")
    page.locator("[name=last]").fill("10:00")
    page.get_by_role("button", name="Make free").click()
    page.get_by_role("button", name="Save this day").click()

    expect(page.locator("#messages")).to_contain_text("2 times added")


def test_the_desk_marks_an_arrival_and_searches(page_of):
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    zone = f"Etc/GMT{now.hour - 12:+d}"  # it is noon there, so that the day does not end meanwhile
    appointment = AppointmentFactory(
        doctor__office__time_zone=zone, starts_at=now + timedelta(minutes=90)
    )
    page = page_of(AssistantFactory(offices=[appointment.office]).user)

    page.goto("/desk/")
    look(page)
    page.get_by_role("button", name="Arrived").filter(has_text="Arrived").first.click()
    expect(page.get_by_text("Waiting 0 minutes")).to_be_visible()
    page.goto(f"/search/?q={appointment.reference}")
    look(page)
