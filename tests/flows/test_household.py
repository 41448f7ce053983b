"""Looking after a child, a parent, a partner (A14), with and without JavaScript."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from portal.clock.today import today_of_clinic
from portal.household.services import reviews
from portal.models import ProxyAccess
from tests.factories import (
    AppointmentFactory,
    AssistantFactory,
    PatientFactory,
    ProxyAccessFactory,
    SlotFactory,
    in_days,
)
from tests.flows.mailbox import link_in
from tests.flows.steps import cancel, confirm_booking

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]


def text_of(mail) -> str:
    return mail.get_body(("plain",)).get_content()


def heading(page):
    return page.get_by_role("heading", level=1)


@pytest.mark.parametrize("script", MODES)
def test_A14_the_desk_gives_access_and_a_parent_books_and_cancels(
    script, page_of, look, mailbox, quiet_console
):
    quiet_console.allow("status of 422")
    slot = SlotFactory(starts_at=in_days(4))
    parent = PatientFactory(name="Ann Lund")
    child = PatientFactory(name="Tim Lund", user=None, date_of_birth=date(2018, 5, 4))
    desk = page_of(AssistantFactory(offices=[slot.office]).user, javascript=script)

    desk.goto(f"/patients/{child.pk}/")
    desk.get_by_text("More", exact=True).click()
    desk.get_by_role("link", name="Household").click()
    look(desk)
    desk.get_by_role("button", name="Give access").click()
    expect(desk.get_by_text("Only with the agreement of the patient.").first).to_be_visible()
    look(desk)
    desk.get_by_label("Email address of the account").fill(parent.user.email)
    desk.get_by_label("The patient is their").select_option(label="child")
    desk.get_by_label("I have seen the identity cards").check()
    desk.get_by_role("button", name="Give access").click()
    expect(desk.get_by_text("Ann Lund now looks after Tim Lund; both are told.")).to_be_visible()
    look(desk)

    page = page_of(parent.user, javascript=script)
    page.goto(f"/slots/{slot.pk}/book/")
    expect(heading(page)).to_have_text("For whom?")
    look(page)
    page.get_by_role("link", name="Tim Lund").click()
    expect(page.get_by_role("main")).to_contain_text("Tim Lund")
    look(page)
    confirm_booking(page)
    expect(page.get_by_role("main")).to_contain_text("Tim Lund")
    look(page)
    for address in ("/dashboard/", "/appointments/"):
        page.goto(address)
        expect(page.get_by_role("main")).to_contain_text("Tim Lund")
        look(page)
    booked = child.appointments.get()
    page.goto(booked.get_absolute_url())
    expect(page.get_by_role("main")).to_contain_text("Ann Lund for Tim Lund")
    look(page)
    cancel(page, "Personal reasons")

    told = text_of(mailbox.newest(to=parent.user.email, about="cancelled"))
    assert "this is for Tim Lund, whom you look after" in told
    assert "Ann Lund for Tim Lund" in told
    doctor = mailbox.newest(to=slot.doctor.user.email, about="cancelled")
    assert "Ann Lund for Tim Lund" in text_of(doctor)


@pytest.mark.parametrize("script", MODES)
def test_A14_a_patient_offers_access_narrows_it_and_ends_it(script, page_of, look, mailbox):
    mother, son = PatientFactory(name="Eva Lund"), PatientFactory(name="Jon Lund")
    coming = AppointmentFactory(patient=mother, starts_at=in_days(5))
    page, other = (page_of(one.user, javascript=script) for one in (mother, son))

    page.goto("/household/")
    look(page)
    page.get_by_role("link", name="Give somebody access").click()
    page.get_by_label("Their email address").fill(son.user.email)
    page.get_by_label("I am their").select_option(label="parent")
    look(page)
    page.get_by_role("button", name="Send the mail").click()
    expect(page.get_by_text("Not accepted yet")).to_be_visible()
    look(page)
    other.goto(link_in(mailbox.newest(to=son.user.email, about="Eva Lund")))
    look(other)
    other.get_by_role("button", name="Accept").click()
    expect(other.get_by_text("You now look after Eva Lund.")).to_be_visible()
    look(other)
    other.goto(coming.get_absolute_url())
    expect(other.get_by_role("main")).to_contain_text("Eva Lund")

    page.reload()
    page.get_by_role("link", name="Change Jon Lund").click()
    look(page)
    page.get_by_role("checkbox", name="Appointments").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Jon Lund is told.")).to_be_visible()
    assert other.request.get(coming.get_absolute_url()).status == 404
    page.get_by_role("link", name="End Jon Lund").click()
    look(page)
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_text("This access has ended.")).to_be_visible()

    assert other.request.get(coming.get_absolute_url()).status == 404
    other.goto("/household/")
    expect(other.get_by_role("main")).not_to_contain_text("Eva Lund")
    mailbox.newest(to=son.user.email, about="You no longer look after Eva Lund")


@pytest.mark.parametrize("script", MODES)
def test_A14_a_parent_without_a_login_agrees_by_the_link_of_a_mail(
    script, page_of, look, mailbox, quiet_console
):
    quiet_console.allow("status of 404")
    born, address = date(1950, 3, 4), f"ida.{script}@example.org".lower()
    mother = PatientFactory(name="Ida Holm", user=None, email=address, date_of_birth=born)
    son = PatientFactory(name="Per Holm")
    page = page_of(son.user, javascript=script)

    answers = []
    for name in ("Wrong Name", "Ida Holm"):
        page.goto("/household/ask/")
        page.get_by_label("Full name").fill(name)
        page.get_by_label("Date of birth").fill("4/3/1950")
        page.get_by_label("Email address that the clinic has of them").fill(address)
        page.get_by_label("They are my").select_option(label="parent")
        look(page)
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page.get_by_text(f"we have written to {address} and asked")).to_be_visible()
        answers.append(page.get_by_role("main").inner_text())
    assert answers[0] == answers[1]
    visitor = page_of(None, javascript=script)
    link = link_in(mailbox.newest(to=address, about="Per Holm"))
    visitor.goto(link)
    expect(heading(visitor)).to_have_text("May Per Holm look after you?")
    look(visitor)
    visitor.get_by_role("button", name="Agree").click()
    expect(visitor.get_by_text("Per Holm may now act for Ida Holm.")).to_be_visible()
    look(visitor)

    assert mother.proxy_accesses.open().get().user == son.user
    visitor.goto(link)
    expect(heading(visitor)).to_have_text("This link does not work any more")
    look(visitor)
    page.goto("/household/")
    expect(page.get_by_role("main")).to_contain_text("Ida Holm")


@pytest.mark.parametrize("script", MODES)
def test_A14_a_review_pauses_without_an_answer_and_the_desk_agrees_again(
    script, page_of, look, mailbox
):
    today = today_of_clinic()
    born = today.replace(year=today.year - 11, day=1)
    parent = PatientFactory(name="Mia Berg")
    child = PatientFactory(name="Leo Berg", user=None, date_of_birth=born)
    access = ProxyAccessFactory(user=parent.user, patient=child, reviewed_age=5)
    coming = AppointmentFactory(patient=child, starts_at=in_days(6))
    page = page_of(parent.user, javascript=script)

    reviews.run(by=None)
    page.goto("/household/")
    expect(page.get_by_text("To be agreed to by")).to_be_visible()
    look(page)
    assert page.request.get(coming.get_absolute_url()).status == 200
    ProxyAccess.objects.filter(pk=access.pk).update(review_by=today - timedelta(days=1))
    reviews.run(by=None)
    mailbox.newest(to=parent.user.email, about="You cannot act for Leo Berg")
    page.reload()
    expect(page.get_by_text("Paused")).to_be_visible()
    look(page)
    assert page.request.get(coming.get_absolute_url()).status == 404

    desk = page_of(AssistantFactory(offices=[coming.office]).user, javascript=script)
    desk.goto(f"/patients/{child.pk}/household/")
    look(desk)
    desk.get_by_role("link", name="Agree again Mia Berg").click()
    look(desk)
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("Saved. Mia Berg is told.")).to_be_visible()

    assert page.request.get(coming.get_absolute_url()).status == 200


@pytest.mark.parametrize("script", MODES)
def test_A14_a_parent_adds_a_child_and_books(script, page_of, look, quiet_console):
    quiet_console.allow("status of 422")
    slot = SlotFactory(starts_at=in_days(7))
    parent = PatientFactory(name="Ben Ash")
    page = page_of(parent.user, javascript=script)

    page.goto("/household/")
    page.get_by_role("link", name="Add a child").click()
    look(page)
    page.get_by_label("The child’s full name").fill("Amy Ash")
    page.get_by_label("Date of birth").fill("4/3/1990")
    page.get_by_role("button", name="Add the child").click()
    expect(page.get_by_text("Only children under 18").first).to_be_visible()
    look(page)
    page.get_by_label("Date of birth").fill("4/3/2020")
    page.get_by_role("button", name="Add the child").click()
    expect(page.get_by_text("Amy Ash is entered. You can book now.")).to_be_visible()
    page.goto(f"/slots/{slot.pk}/book/")
    page.get_by_role("link", name="Amy Ash").click()
    confirm_booking(page)

    booked = slot.appointments.get()
    assert (booked.patient.name, booked.booked_by) == ("Amy Ash", parent.user)
