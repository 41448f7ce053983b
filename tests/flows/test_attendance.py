"""The link of a reminder, followed on a phone, with and without JavaScript (requirement D02)."""

import pytest
from playwright.sync_api import expect

from tests.factories import AppointmentFactory, PatientFactory, in_days
from tests.setups.attendance import attendance_token

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]


@pytest.mark.parametrize("script", MODES)
def test_D02_a_patient_says_that_they_come(script, page_of, look):
    appointment = AppointmentFactory(starts_at=in_days(5))
    page = page_of(None, javascript=script)

    page.goto(f"/attendance/{attendance_token(appointment)}/")
    look(page)
    page.get_by_role("button", name="I’m coming").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, we expect you")
    look(page)
    appointment.refresh_from_db()
    assert appointment.coming_at


def test_D02_a_patient_who_cannot_come_signs_in_and_cancels(page_of):
    appointment = AppointmentFactory(starts_at=in_days(5))
    visitor, patient = page_of(None), page_of(appointment.patient.user)

    for page in (visitor, patient):
        page.goto(f"/attendance/{attendance_token(appointment)}/")
        page.get_by_role("link", name="I can’t come").click()

    expect(visitor.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(patient.get_by_role("heading", level=1)).to_have_text("Cancel this appointment?")


def test_D02_several_of_one_day_are_answered_at_once(page_of, look):
    patient = PatientFactory(user=None)
    both = [AppointmentFactory(patient=patient, starts_at=in_days(5, hour)) for hour in (9, 15)]
    page = page_of(None)

    page.goto(f"/attendance/{attendance_token(*both)}/")
    expect(page.get_by_text("please call")).to_have_count(2)
    look(page)
    page.get_by_role("button", name="I’m coming to all of them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, we expect you")
