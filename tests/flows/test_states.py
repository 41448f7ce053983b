"""Pages in the states that one sees seldom: refused forms, empty lists, errors, open menus."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from portal.appointments.services import appointments
from portal.enums import CancelReason
from portal.models import Doctor, User
from tests.factories import AppointmentFactory, PatientFactory, SlotFactory, in_days


@pytest.fixture
def doctor():
    return Doctor.objects.select_related("user", "office").get(user__email="doctor@example.com")


@pytest.fixture
def assistant():
    return User.objects.get(email="assistant@example.com")


def test_A01_sign_up_says_what_is_missing(page, look, quiet_console):
    page.goto("/accounts/signup/")
    page.get_by_label("Full name").fill("Ana")
    page.get_by_label("Phone number").fill("12")
    page.get_by_role("main").get_by_role("button", name="Create account").click()

    expect(page.get_by_role("alert")).to_contain_text("Email address")
    expect(page.get_by_label("Full name")).to_have_value("Ana")
    look(page)


def test_A04_wrong_password_and_unknown_address_look_alike(page, look):
    answers = []
    for email in ("patient@example.com", "nobody@example.com"):
        page.goto("/accounts/login/")
        page.get_by_label("Email address or username").fill(email)
        page.get_by_label("Password").fill("not the password")
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        answers.append(page.get_by_role("alert").inner_text())
        look(page)

    assert answers[0] == answers[1]


def test_A05_profile_says_what_is_wrong(page_of, look, quiet_console):
    quiet_console.allow("status of 422")
    page = page_of(PatientFactory().user)
    page.goto("/profile/")
    page.get_by_label("Full name").fill("")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("alert")).to_contain_text("Full name")
    look(page)


def test_B02_day_with_booked_free_and_past_times(doctor, page_of, look, quiet_console):
    quiet_console.allow("status of 422")
    page = page_of(doctor.user)
    today = timezone.now().astimezone(doctor.office.zone).date()
    page.goto(f"/schedule/{today}/")
    expect(
        page.locator(".half-hour.is-booked").or_(page.locator(".half-hour.is-gone")).first
    ).to_be_visible()
    look(page)

    page.goto(f"/schedule/{today + timedelta(days=1)}/")
    expect(page.locator(".half-hour.is-booked").first).to_be_visible()
    expect(page.get_by_role("checkbox", checked=True).first).to_be_visible()
    page.get_by_label("From").fill("13:00")
    page.get_by_label("To", exact=True).fill("09:00")
    page.get_by_role("button", name="Make free").click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    look(page)


def test_B07_dates_in_the_wrong_order(page, look):
    page.goto("/slots/?from=2027-03-04&to=2027-03-01")

    expect(page.get_by_text("The last day is before the first.")).to_be_visible()
    look(page)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/appointments/?tab=upcoming", "No upcoming appointments"),
        ("/appointments/?tab=past", "No past appointments"),
        ("/appointments/?tab=cancelled", "Nothing was cancelled"),
        ("/dashboard/", "No appointment ahead"),
        ("/search/?doctor=zzz", "No appointments match"),
        ("/slots/?from=2026-01-01&to=2026-01-02", "No free time matches"),
    ],
)
def test_B17_empty_lists_of_a_patient_say_what_to_do(path, says, page_of, look):
    page = page_of(PatientFactory().user)
    page.goto(path)

    expect(page.get_by_role("heading", name=says)).to_be_visible()
    look(page)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/desk/?day=2031-01-01", "Nobody is booked on this day"),
        ("/desk/?state=declined", "Nothing matches these filters"),
        ("/search/?q=zzz", "No appointments match"),
        ("/patients/?q=zzz", "No patient matches"),
        ("/doctors/?q=zzz", "No doctor"),
    ],
)
def test_B17_empty_lists_of_the_desk_say_what_to_do(path, says, assistant, page_of, look):
    page = page_of(assistant)
    page.goto(path)

    expect(page.get_by_role("heading", name=says)).to_be_visible()
    look(page)


def test_B08_a_time_just_taken_offers_others(page_of, look, quiet_console):
    quiet_console.allow("status of 409")
    patient = PatientFactory()
    slot = SlotFactory(starts_at=in_days(5, 9))
    SlotFactory(doctor=slot.doctor, starts_at=in_days(5, 10))
    page = page_of(patient.user)
    page.goto(slot.get_absolute_url())
    page.get_by_label("Reason for the appointment").fill("Knee hurts")
    other = PatientFactory()
    appointments.book(slot.pk, patient_id=other.pk, by=other.user)

    page.get_by_role("button", name="Confirm appointment").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("That time has just been taken.")
    look(page)
    page.get_by_role("heading", name="Still free nearby").wait_for()
    page.locator("[data-other-time]").click()
    expect(page.get_by_label("Reason for the appointment")).to_have_value("Knee hurts")


def test_B13_cancelling_without_a_reason_is_refused(page_of, look, quiet_console):
    quiet_console.allow("status of 422")
    appointment = AppointmentFactory(starts_at=in_days(4))
    page = page_of(appointment.patient.user)
    page.goto(f"/appointments/{appointment.pk}/cancel/")

    page.get_by_role("button", name="Cancel the appointment").click()

    expect(page.get_by_role("alert")).to_be_visible()
    look(page)


def test_B13_a_stale_cancel_page_shows_how_it_stands(page_of, look, quiet_console):
    quiet_console.allow("status of 409")
    appointment = AppointmentFactory(starts_at=in_days(4))
    patient = appointment.patient.user
    page = page_of(patient)
    page.goto(f"/appointments/{appointment.pk}/cancel/")
    appointments.cancel(appointment, by=patient, reason=CancelReason.HEALTH, comment="")

    page.locator("label", has_text="Personal reasons").click()
    page.get_by_role("button", name="Cancel the appointment").click()

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("main").locator(".page-header .state")).to_have_text("Cancelled")
    look(page)


@pytest.mark.parametrize(("path", "status"), [("/nowhere/", 404), ("/desk/", 403)])
def test_B17_error_pages_lead_on(path, status, page_of, look, quiet_console):
    quiet_console.allow(f"status of {status}")
    page = page_of(PatientFactory().user)

    answer = page.goto(path)

    assert answer.status == status
    look(page)
    page.get_by_role("link", name="Go to the start page").click()
    expect(page).to_have_url(re.compile(r"\d/$"))


def test_A04_form_from_before_signing_out_says_so(page, look, quiet_console):
    quiet_console.allow("status of 403")
    page.goto("/accounts/login/")
    page.context.clear_cookies()
    page.get_by_label("Email address or username").fill("patient@example.com")
    page.get_by_label("Password").fill("clinic-demo")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("This form is out of date")
    look(page)


@pytest.mark.parametrize("email", ["patient", "doctor", "assistant"])
def test_A04_open_menus_of_a_wide_window_and_a_phone(email, page_of, axe_clean):
    page = page_of(User.objects.get(email=f"{email}@example.com"))
    page.goto("/offices/")

    page.locator(".user-menu summary").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    axe_clean(page)
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 320, "height": 700})
    page.locator(".nav-toggle summary").click()

    expect(page.locator(".site-nav a").first).to_be_visible()
    axe_clean(page)
