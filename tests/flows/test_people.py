"""An admin invites an assistant, who begins; and blocks a patient, whose open page says so."""

import re

import pytest
from playwright.sync_api import expect

from portal.models import User
from tests.factories import OfficeFactory, PatientFactory
from tests.flows.mailbox import link_in
from tests.flows.steps import PASSWORD

BOTH = pytest.mark.parametrize(
    "javascript", [True, False], ids=["with-javascript", "without-javascript"]
)


@pytest.fixture
def admin():
    return User.objects.get(email="admin@example.com")


@BOTH
def test_A03_an_invited_assistant_lands_at_the_desk(page_of, mailbox, admin, look, javascript):
    office = OfficeFactory(name=f"Harbour {javascript}")
    email = f"rosa-{javascript}@example.org".lower()
    page = page_of(admin, javascript=javascript)
    page.goto("/manage/people/")
    look(page)
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Full name").fill("Rosa Vega")
    page.get_by_label(office.name).check()
    look(page)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text(f"{email} is invited.")).to_be_visible()
    look(page)

    guest = page_of(javascript=javascript)
    guest.goto(link_in(mailbox.newest(to=email, about="invited")))
    expect(guest.get_by_role("main")).to_contain_text(office.name)
    look(guest)
    guest.get_by_label("Password").fill(PASSWORD)
    guest.get_by_role("button", name="Create my account").click()

    expect(guest).to_have_url(re.compile("/desk/"))
    assert list(User.objects.get(email=email).assistant.offices.all()) == [office]


@BOTH
def test_A10_the_open_page_of_a_blocked_patient_says_so(
    page_of, admin, look, quiet_console, javascript
):
    quiet_console.allow("status of 403")
    patient = PatientFactory(name=f"Bruno Alto {javascript}")
    theirs = page_of(patient.user, javascript=javascript)
    theirs.goto("/slots/")
    theirs.get_by_role("button", name="Show times").wait_for()
    page = page_of(admin, javascript=javascript)
    page.goto(f"/manage/people/?q=bruno+alto+{javascript}")
    page.get_by_role("link", name=patient.name).click()
    look(page)
    page.get_by_label("Reason").fill("Shouts at the desk")
    page.get_by_role("button", name="Block", exact=True).click()
    expect(page.get_by_text(f"{patient.name} is blocked.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("“Shouts at the desk”")
    look(page)

    theirs.get_by_role("button", name="Show times").click()

    expect(theirs.get_by_role("heading", level=1)).to_have_text("Your account is blocked")
    expect(theirs.get_by_role("link", name="Call ")).to_be_visible()
    look(theirs)
