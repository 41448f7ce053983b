"""A doctor or the desk takes time off and settles what is booked then (B19)."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from portal.models import TimeOff
from tests.factories import (
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    SlotFactory,
    in_days,
)

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]


@pytest.fixture
def doctor():
    """With three appointments in twelve days, and free times the day after."""
    doctor = DoctorFactory()
    for minute in (0, 30):
        SlotFactory(doctor=doctor, starts_at=in_days(13, 9, minute))
    return doctor


@pytest.fixture
def booked(doctor):
    return [
        AppointmentFactory(doctor=doctor, office=doctor.office, starts_at=in_days(12, hour))
        for hour in (9, 10, 11)
    ]


def say_when(page, days: int = 12) -> None:
    day = (timezone.now() + timedelta(days=days)).date().isoformat()
    page.get_by_label("First day").fill(day)
    page.get_by_label("Last day").fill(day)
    page.get_by_role("button", name="See what is booked").click()


def row_of(page, appointment):
    return page.locator(f"#row-{appointment.pk}")


def pick(row, text: str) -> None:
    row.locator("label", has_text=text).first.click()  # it covers its radio button


@pytest.mark.parametrize("script", MODES)
def test_B19_a_doctor_settles_a_day_and_is_away(script, doctor, booked, page_of, look):
    move, hand, cancel = booked
    colleague = DoctorFactory(specialty=doctor.specialty, office=doctor.office)
    page = page_of(doctor.user, javascript=script)

    page.goto("/schedule/")
    page.get_by_role("link", name="Time off").click()
    look(page)
    page.get_by_role("link", name="Take time off").click()
    look(page)
    say_when(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Settle 3 appointments")
    look(page)
    pick(row_of(page, hand), "Hand to a colleague")
    row_of(page, hand).get_by_label("Who can take it then").select_option(str(colleague.pk))
    pick(row_of(page, cancel), "Cancel it")
    row_of(page, cancel).get_by_label("Message to the patient").fill("I am at a congress.")
    look(page)
    page.get_by_label("Note for the clinic’s staff").fill("Congress")
    page.get_by_role("button", name="Save the time off and settle all").click()

    expect(page.get_by_text("All 3 appointments are settled")).to_be_visible()
    expect(page.get_by_role("main").get_by_text("Congress")).to_be_visible()
    look(page)
    for one in booked:
        one.refresh_from_db()
    assert move.starts_at == in_days(13, 9)
    assert hand.doctor == colleague
    assert [cancel.state, cancel.cancel_comment] == ["cancelled", "I am at a congress."]

    page.get_by_role("link", name="Change or take back").click()
    look(page)
    page.get_by_role("button", name="Take the time off back").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    assert not TimeOff.objects.filter(doctor=doctor, cancelled_at=None).exists()


@pytest.mark.parametrize("script", MODES)
def test_B19_the_desk_cancels_all_with_one_message(
    script, doctor, booked, page_of, look, quiet_console
):
    quiet_console.allow("status of 409")
    page = page_of(AssistantFactory(offices=[doctor.office]).user, javascript=script)

    page.goto("/desk/")
    page.get_by_text("Doctors’ times").click()
    page.get_by_role("link", name="Time off").click()
    look(page)
    page.get_by_role("main").get_by_role("link", name=doctor.name).click()
    page.get_by_role("link", name="Take time off").click()
    say_when(page)
    page.get_by_text("The same for all").click()
    look(page)
    page.get_by_label("Message to all patients").fill("The doctor is ill.")
    page.get_by_role("button", name="Cancel all").click()
    expect(row_of(page, booked[0]).get_by_label("Message to the patient")).to_have_value(
        "The doctor is ill."
    )
    late = AppointmentFactory(doctor=doctor, office=doctor.office, starts_at=in_days(12, 12))
    page.get_by_role("button", name="Save the time off and settle all").click()
    expect(page.get_by_role("heading", name="Nothing has been saved yet")).to_be_visible()
    expect(row_of(page, late)).to_contain_text("New, or changed meanwhile")
    look(page)
    pick(row_of(page, late), "Cancel it")
    page.get_by_role("button", name="Save the time off and settle all").click()

    expect(page.get_by_text("All 4 appointments are settled")).to_be_visible()
    for one in booked:
        one.refresh_from_db()
        assert [one.state, one.cancel_comment] == ["cancelled", "The doctor is ill."]
    late.refresh_from_db()
    assert late.state == "cancelled"
