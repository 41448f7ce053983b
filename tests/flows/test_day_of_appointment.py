"""An appointment is moved, and its day at the desk, with and without JavaScript (B12, B14)."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories import AppointmentFactory, AssistantFactory, SlotFactory, in_days

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]


@pytest.mark.parametrize("script", MODES)
def test_B12_a_patient_moves_an_appointment(script, page_of, look):
    appointment = AppointmentFactory(starts_at=in_days(5))
    slot = SlotFactory(doctor=appointment.doctor, starts_at=in_days(6, 9))
    page = page_of(appointment.patient.user, javascript=script)

    page.goto(appointment.get_absolute_url())
    page.get_by_role("link", name="Move to another time").click()
    expect(page.get_by_text("Choose a new time for the appointment")).to_be_visible()
    look(page)
    page.locator("a.slot").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Move to this time?")
    look(page)
    page.get_by_role("button", name="Move the appointment").click()

    expect(page.get_by_text("The appointment is moved to")).to_be_visible()
    appointment.refresh_from_db()
    assert appointment.slot == slot


def test_B12_a_time_that_is_gone_leaves_the_appointment_where_it_was(page_of, look, quiet_console):
    quiet_console.allow("status of 409")
    appointment = AppointmentFactory(starts_at=in_days(5))
    slot = SlotFactory(doctor=appointment.doctor, starts_at=in_days(6, 9))
    page = page_of(appointment.patient.user)
    page.goto(f"/appointments/{appointment.pk}/reschedule/?slot={slot.pk}")
    slot.state = "taken"
    slot.save()

    page.get_by_role("button", name="Move the appointment").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("That time has just been taken.")
    expect(page.get_by_text("Nothing has changed")).to_be_visible()
    look(page)


@pytest.mark.parametrize("script", MODES)
def test_B14_the_desk_marks_an_arrival_and_takes_it_back(script, page_of, look):
    appointment = _today()
    desk = AssistantFactory(offices=[appointment.office]).user
    page = page_of(desk, javascript=script)
    name = appointment.patient.name

    page.goto("/desk/")
    page.get_by_role("button", name=f"Arrived: {name}").click()
    expect(page.get_by_text("Waiting 0 minutes")).to_be_visible()
    look(page)
    page.get_by_role("button", name=f"In the room: {name}").click()
    page.get_by_role("button", name=f"Completed: {name}").click()
    expect(page.locator(".state-completed")).to_be_visible()
    page.get_by_role("button", name=f"Undo: {name}").click()

    expect(page.get_by_role("button", name=f"Completed: {name}")).to_be_visible()
    appointment.refresh_from_db()
    assert appointment.state == "arrived"


def test_B14_a_doctor_completes_from_the_page_and_the_dashboard(page_of, look):
    appointment = _today()
    page = page_of(appointment.doctor.user)
    name = appointment.patient.name

    page.goto("/dashboard/")
    page.get_by_role("button", name=f"Arrived: {name}").click()
    expect(page.get_by_text("Waiting 0 minutes")).to_be_visible()
    look(page)
    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name=f"In the room: {name}").click()
    page.get_by_role("button", name=f"Completed: {name}").click()

    expect(page.get_by_role("main").locator(".page-header .state")).to_have_text("Completed")
    look(page)


def _today():
    """At an office where it is about noon, so that the day does not end meanwhile."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    offset = 12 - now.hour
    zone = f"Etc/GMT{-offset:+d}"  # the signs of these names are the other way round
    return AppointmentFactory(doctor__office__time_zone=zone, starts_at=now + timedelta(minutes=90))
