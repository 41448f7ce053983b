"""The desk corrects a name, and the patient's new account joins the chart by a code (A16, A09)."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.factories import AppointmentFactory, AssistantFactory, PatientFactory, in_days

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]


@pytest.mark.parametrize("script", MODES)
def test_A16_A09_a_name_is_corrected_and_the_patient_joins(
    script, page_of, look, mailbox, quiet_console
):
    quiet_console.allow("status of 422")
    address = f"ana.{'js' if script else 'plain'}@example.org"
    chart = PatientFactory(user=None, name="Ana Gracia", date_of_birth=date(1961, 3, 4))
    appointment = AppointmentFactory(patient=chart, starts_at=in_days(6))
    desk = page_of(AssistantFactory(offices=[appointment.office]).user, javascript=script)

    desk.goto(f"/patients/{chart.pk}/")
    desk.get_by_role("link", name="Edit").click()
    look(desk)
    desk.get_by_label("Full name").fill("")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_role("alert")).to_contain_text("Enter the patient’s name.")
    desk.get_by_label("Full name").fill("Ana García")
    desk.get_by_label("Email on file").fill(address)
    desk.get_by_label("Number", exact=True).first.fill("655 44 43 33")
    desk.get_by_label("Whose or what").first.fill("daughter")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_role("heading", name="Ana García")).to_be_visible()
    expect(desk.get_by_text("daughter")).to_be_visible()
    look(desk)

    user = PatientFactory(name="Ana Garcia", date_of_birth=None).user
    page = page_of(user, javascript=script)
    page.goto("/profile/")
    page.get_by_role("link", name="The clinic already knows me").click()
    look(page)
    page.get_by_label(re.compile("Email address")).fill(address)
    page.get_by_role("button", name="Send a code").click()
    look(page)
    mail = mailbox.newest(to=address, about="Your code").get_body(("plain",)).get_content()
    page.get_by_label("Code").fill(re.search(r"\d{6}", mail)[0])
    page.get_by_label("Your date of birth").fill("4/3/1961")
    page.get_by_role("button", name="Join my chart").click()

    expect(page.get_by_text("Your account has joined the chart")).to_be_visible()
    expect(page.get_by_text(appointment.doctor.name).first).to_be_visible()
