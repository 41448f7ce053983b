"""Single slots and handing over, with and without JavaScript (B04, B05, B06, B24)."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from portal.models import Slot
from tests.factories import (
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    PatientFactory,
    SlotFactory,
    in_days,
)

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]


@pytest.mark.parametrize("script", MODES)
def test_B04_B05_B24_a_doctor_adds_edits_and_removes_a_slot(script, page_of, look, quiet_console):
    quiet_console.allow("status of 422")
    doctor = DoctorFactory()
    page = page_of(doctor.user, javascript=script)
    day = in_days(5).date()

    page.goto(f"/schedule/{day.isoformat()}/")
    page.get_by_role("link", name="Add a slot").click()
    expect(page.get_by_label("Date")).to_have_value(day.isoformat())
    look(page)
    page.get_by_role("combobox", name="Office").select_option(str(doctor.office_id))
    page.get_by_label("Start").fill("10:10")
    page.get_by_label("End").fill("10:00")
    page.get_by_role("button", name="Add the slot").click()
    expect(page.get_by_role("alert")).to_contain_text("The end must be after the start.")
    look(page)
    page.get_by_label("End").fill("11:00")
    page.get_by_text("The desk only").click()
    page.get_by_label("Note for the clinic’s staff").fill("Long talk")
    page.get_by_role("button", name="Add the slot").click()

    expect(page).to_have_url(re.compile(f"/schedule/{day.isoformat()}/$"))
    expect(page.get_by_text(re.compile("Added: .*10:10"))).to_be_visible()
    expect(page.get_by_text("10:10–11:00")).to_be_visible()
    page.get_by_role("link", name="See all my slots").click()
    expect(page.get_by_text("10:10–11:00")).to_be_visible()
    expect(page.get_by_text("Desk only")).to_be_visible()
    expect(page.get_by_text("Long talk")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Edit").click()
    expect(page.get_by_label("Start")).to_have_value("10:10")
    page.get_by_label("Start").fill("10:20")
    page.get_by_role("button", name="Save the slot").click()
    page.get_by_role("link", name="See all my slots").click()
    expect(page.get_by_text("10:20–11:00")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    removed = page.locator(".state-withdrawn") if script else page.get_by_text(", 10:20.")
    expect(removed).to_be_visible()
    assert not doctor.slots.live().exists()


@pytest.mark.parametrize("script", MODES)
def test_B06_the_desk_hands_an_appointment_to_a_colleague(script, page_of, look, quiet_console):
    quiet_console.allow("status of 422")
    appointment = AppointmentFactory(starts_at=in_days(5))
    same = {"specialty": appointment.doctor.specialty, "office": appointment.office}
    colleague, busy = DoctorFactory(**same), DoctorFactory(**same)
    AppointmentFactory(doctor=busy, starts_at=appointment.starts_at)
    page = page_of(AssistantFactory(offices=[appointment.office]).user, javascript=script)

    page.goto(appointment.get_absolute_url())
    page.get_by_role("link", name="Hand to a colleague").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hand to a colleague")
    look(page)
    page.get_by_role("button", name="Hand it over").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose who takes it over.")
    look(page)
    page.locator("label", has_text=colleague.name).click()
    page.get_by_text("Is not offered any more").click()
    page.get_by_role("button", name="Hand it over").click()

    expect(page.get_by_text(f"{colleague.name} has the appointment now")).to_be_visible()
    sentence = f"from {appointment.doctor.name} to {colleague.name}"
    expect(page.get_by_text(sentence)).to_be_visible()
    appointment.refresh_from_db()
    assert appointment.doctor == colleague


@pytest.mark.parametrize("script", MODES)
def test_B06_a_doctor_hands_over_a_day_with_a_conflict(script, page_of, look):
    first = AppointmentFactory(starts_at=in_days(5, 10))
    doctor, hour = first.doctor, timedelta(hours=1)
    AppointmentFactory(doctor=doctor, starts_at=first.starts_at + hour)
    SlotFactory(doctor=doctor, starts_at=first.starts_at + 2 * hour)
    colleague = DoctorFactory(specialty=doctor.specialty, office=doctor.office)
    SlotFactory(doctor=colleague, starts_at=first.starts_at + hour + timedelta(minutes=10))
    page = page_of(doctor.user, javascript=script)

    page.goto(f"/schedule/{first.starts_at.date().isoformat()}/")
    page.get_by_role("link", name="Hand to a colleague").click()
    look(page)
    page.get_by_label("Who takes it over?").select_option(str(colleague.pk))
    page.get_by_role("button", name="See what can go").click()
    expect(page.get_by_text(f"{colleague.name} can take 2 of 3")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Hand over 2 of 3").click()

    expect(page.get_by_text("What could not go is listed here.")).to_be_visible()
    expect(page.get_by_text("can take 0 of 1")).to_be_visible()
    look(page)
    assert Slot.objects.filter(doctor=colleague, state="taken").count() == 1


def test_B24_a_patient_does_not_see_what_is_for_the_desk(page_of, look):
    slot = SlotFactory(starts_at=in_days(3), audience="desk", released_at=None)
    other = SlotFactory(doctor=slot.doctor, starts_at=slot.starts_at + timedelta(hours=1))
    url = f"/doctors/{slot.doctor_id}/?day={slot.starts_at.date().isoformat()}"
    patient, desk = page_of(PatientFactory().user), page_of(slot.doctor.user)

    patient.goto(url)
    desk.goto(url)

    expect(patient.locator(f'a[href="/slots/{other.pk}/book/"]')).to_be_visible()
    expect(patient.locator(f'a[href="/slots/{slot.pk}/book/"]')).to_have_count(0)
    expect(desk.locator(f'a[href="/slots/{slot.pk}/book/"]')).to_contain_text("Desk only")
    look(desk)
