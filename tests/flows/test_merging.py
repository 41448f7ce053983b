"""The desk merges two entries of one person, and an admin takes it back (A17)."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    PatientFactory,
    in_days,
)

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]


@pytest.mark.parametrize("script", MODES)
def test_A17_the_desk_merges_two_and_an_admin_takes_it_back(script, page_of, look, quiet_console):
    quiet_console.allow("status of 422")
    # What a flow adds stays: each mode has people of its own.
    given, digits = ("Inés", "600111222") if script else ("Irene", "600111333")
    kept = PatientFactory(name=f"{given} Prieto Sáez", phone=f"+34{digits}")
    gone = PatientFactory(
        user=None, name=f"{given} Prieto Saez", phone=f"+34655{digits[3:]}", address="Sol 1"
    )
    theirs = AppointmentFactory(patient=gone, starts_at=in_days(6))
    desk = page_of(AssistantFactory(offices=[theirs.office]).user, javascript=script)

    desk.goto("/patients/duplicates/")
    look(desk)
    desk.goto(f"/patients/{gone.pk}/")
    desk.get_by_text("More", exact=True).click()
    look(desk)
    desk.get_by_role("link", name="Same person as").click()
    look(desk)
    desk.get_by_label("Name, phone number or date of birth").fill(digits)
    desk.get_by_role("button", name="Find").click()
    desk.get_by_role("link", name=f"Compare {kept.name}").first.click()
    expect(desk.get_by_role("heading", name="Are both the same person?")).to_be_visible()
    look(desk)
    desk.get_by_role("group", name="Full name").get_by_text(kept.name).click()
    desk.get_by_role("button", name="Continue").click()
    expect(desk.get_by_text("Say why, for the record.").first).to_be_visible()
    desk.get_by_label("Why are they the same person?").fill("Showed the same identity card")
    desk.get_by_role("button", name="Continue").click()
    expect(desk.get_by_role("heading", name="Merge the two?")).to_be_visible()
    look(desk)
    desk.get_by_role("button", name="Yes, merge them").click()
    expect(desk.get_by_role("heading", name=kept.name)).to_be_visible()
    expect(desk.get_by_text(theirs.doctor.name).first).to_be_visible()
    look(desk)

    admin = page_of(AdminFactory(), javascript=script)
    admin.goto(f"/patients/{gone.pk}/")
    expect(admin).to_have_url(re.compile(rf"/patients/{kept.pk}/$"))
    admin.get_by_role("link", name="Take it back").click()
    look(admin)
    admin.get_by_role("button", name="Take it back").click()
    expect(admin.get_by_text("The two are separate patients again.")).to_be_visible()
    expect(admin.get_by_role("heading", name=gone.name)).to_be_visible()
    expect(admin.get_by_text(theirs.doctor.name).first).to_be_visible()
