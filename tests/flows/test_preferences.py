"""Mails as they are read, and what one is told of, in a browser (requirement D01)."""

import re

import pytest
from playwright.sync_api import expect

from portal.appointments.services import appointments
from portal.notifications.services import broadcasts
from tests.factories import AdminFactory, AppointmentFactory, BroadcastFactory, SlotFactory, in_days

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]


@pytest.fixture
def appointment():
    return AppointmentFactory(starts_at=in_days(5))


@pytest.fixture
def mail(appointment, mailbox):
    """A message from the clinic, which may be switched off, from the worker."""
    user = appointment.patient.user
    text = "We are closed.\n\nSee you on Tuesday."
    made = BroadcastFactory(audience="user", role="", user=user, text=text)
    broadcasts.spread(made.pk)
    return mailbox.newest(to=user.email)


def test_D01_mails_can_be_read_in_light_and_dark_wide_and_narrow(
    appointment, mailbox, mail, page, axe_clean
):
    patient = appointment.patient.user
    slot = SlotFactory(doctor=appointment.doctor, starts_at=in_days(6))
    mails = [mail]
    moved = appointments.reschedule(appointment, slot_id=slot.pk, by=AdminFactory())
    mails.append(mailbox.newest(to=patient.email, about="is now on"))
    appointments.cancel(moved, by=patient, reason="health")
    mails.append(mailbox.newest(to=patient.email, about="is cancelled"))

    for one in mails:
        html = one.get_body(("html",)).get_content()
        # The landmarks are those of the mail program around it.
        page.set_content(re.sub(r"(?s)(<body.*?>)(.*)(</body>)", r"\1<main>\2</main>\3", html))
        axe_clean(page)


@pytest.mark.parametrize("javascript", MODES)
def test_D01_choosing_what_one_is_told(appointment, page_of, javascript, look):
    page = page_of(appointment.patient.user, javascript=javascript)
    page.goto("/profile/")
    page.get_by_role("link", name="What we tell you").click()
    reminders = page.get_by_role("group", name="Reminder of an appointment")
    moves = page.get_by_role("group", name="An appointment is moved")
    expect(moves.get_by_label("Email")).to_be_disabled()
    look(page)

    reminders.get_by_label("SMS").uncheck()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Your choice is saved.")).to_be_visible()
    expect(reminders.get_by_label("SMS")).not_to_be_checked()
    expect(reminders.get_by_label("Email")).to_be_checked()


@pytest.mark.parametrize("javascript", MODES)
def test_D01_stopping_a_kind_of_mail_from_the_mail(
    appointment, mail, page_of, sign_in_as, javascript, look
):
    link = re.search(r"https?://\S+/unsubscribe/\S+", mail.get_body(("plain",)).get_content())[0]
    page = page_of(javascript=javascript)
    page.goto(link)
    look(page)
    page.get_by_role("button", name="Stop these mails").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You get no more of these mails")
    look(page)

    sign_in_as(appointment.patient.user, page)
    page.get_by_role("link", name="Choose what we tell you").click()

    group = page.get_by_role("group", name="A message from the clinic")
    expect(group.get_by_label("Email")).not_to_be_checked()
