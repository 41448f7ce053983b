"""Two patients ask for one time, the doctor accepts one, with and without JavaScript (B08, B10)."""

import pytest
from playwright.sync_api import expect

from portal.appointments.services import appointments
from portal.models import Appointment
from tests.factories import AssistantFactory, DoctorFactory, PatientFactory, SlotFactory, in_days

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]


@pytest.fixture
def slot(clinic):
    doctor = DoctorFactory(on_request=True)
    SlotFactory(doctor=doctor, starts_at=in_days(7, 9))
    return SlotFactory(doctor=doctor, starts_at=in_days(6, 9))


def heading(page):
    return page.get_by_role("heading", level=1)


@pytest.mark.parametrize("script", MODES)
def test_B08_B10_two_ask_for_one_time_and_one_gets_it(script, slot, page_of, look):
    first, second = PatientFactory(), PatientFactory()
    for patient in (first, second):
        page = page_of(patient.user, javascript=script)
        page.goto(f"/doctors/{slot.doctor_id}/")
        expect(page.get_by_text("This doctor confirms each time")).to_be_visible()
        look(page)
        page.locator("a.slot").first.click()
        look(page)
        page.get_by_role("button", name="Request this time").click()
        expect(heading(page)).to_have_text("Your request is sent")
        look(page)
        page.get_by_role("link", name="See the request").click()
        expect(page.locator(".page-header .state")).to_have_text("Requested")
        expect(page.get_by_text("Not yet")).to_be_visible()
        look(page)

    page = page_of(slot.doctor.user, javascript=script)
    page.goto("/dashboard/")
    page.get_by_role("link", name="requests wait for an answer").click()
    expect(page.get_by_text("2 requests")).to_be_visible()
    look(page)
    page.get_by_role("button", name=f"Accept: {second.name}").click()
    expect(page.get_by_text("The other request for that time is declined")).to_be_visible()
    expect(page.get_by_text("No request waits for an answer")).to_be_visible()
    look(page)

    _reads(page_of(second.user, javascript=script), "Confirmed")
    loser = page_of(first.user, javascript=script)
    loser.goto("/notifications/")
    loser.get_by_role("main").get_by_text("is gone").first.click()
    expect(loser.get_by_text("At present these times are free")).to_be_visible()
    loser.get_by_role("link", name="See the appointment").click()
    expect(loser.locator(".page-header .state")).to_have_text("Declined")
    look(loser)
    loser.locator("a[href$='/book/']").first.click()
    expect(loser.get_by_role("button", name="Request this time")).to_be_visible()


def _reads(page, state: str) -> None:
    page.goto("/appointments/")
    expect(page.get_by_role("main").locator(".state").first).to_have_text(state)


@pytest.mark.parametrize("script", MODES)
def test_B10_the_desk_declines_with_a_reason_that_the_patient_reads(
    script, slot, page_of, look, quiet_console
):
    quiet_console.allow("status of 422")
    asked = appointments.book(slot.pk, by=PatientFactory().user)
    desk = page_of(AssistantFactory(offices=[slot.office]).user, javascript=script)

    desk.goto("/requests/")
    desk.get_by_role("link", name=f"Decline: {asked.patient.name}").click()
    look(desk)
    desk.get_by_role("button", name="Decline the request").click()
    expect(desk.get_by_role("alert").first).to_contain_text("Please check this")
    look(desk)
    desk.locator("label", has_text="Please call the office").click()
    desk.get_by_label("In your own words").fill("We are there from nine.")
    desk.get_by_role("button", name="Decline the request").click()
    expect(desk.get_by_text("They hear why.")).to_be_visible()

    page = page_of(asked.patient.user, javascript=script)
    page.goto(asked.get_absolute_url())
    expect(page.get_by_text("We are there from nine.")).to_be_visible()
    look(page)


def test_B10_the_patient_learns_that_it_was_seen_and_takes_it_back(slot, page_of, look):
    asked = appointments.book(slot.pk, by=PatientFactory().user)
    doctor = page_of(slot.doctor.user)
    with doctor.expect_response(lambda answer: answer.url.endswith("/requests/seen/")):
        doctor.goto("/requests/")

    page = page_of(asked.patient.user)
    page.goto(asked.get_absolute_url())
    expect(page.get_by_text("Not yet")).to_have_count(0)
    page.get_by_role("link", name="Take the request back").click()
    look(page)
    page.get_by_role("button", name="Take the request back").click()

    expect(page.locator(".page-header .state")).to_have_text("Cancelled")
    assert Appointment.objects.get(pk=asked.pk).state == "cancelled"


def test_B10_without_javascript_a_button_says_that_it_was_seen(slot, page_of):
    asked = appointments.book(slot.pk, by=PatientFactory().user)
    doctor = page_of(slot.doctor.user, javascript=False)

    doctor.goto("/requests/")
    doctor.get_by_role("button", name="Tell the patients that this has been seen").click()

    asked.refresh_from_db()
    assert asked.seen_at


def test_B08_a_doctor_chooses_how_patients_book(page_of, look):
    doctor = DoctorFactory()
    page = page_of(doctor.user)

    page.goto("/profile/")
    page.get_by_label("Patients request a time").check()
    page.get_by_role("main").get_by_role("button", name="Save").click()

    expect(page.get_by_text("Your profile is saved.")).to_be_visible()
    look(page)
    doctor.refresh_from_db()
    assert doctor.on_request
