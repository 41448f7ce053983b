"""From an empty day to a booked appointment and back, in one go, with and without JavaScript."""

import re
from datetime import date, datetime, time, timedelta

import pytest
from django.db.models import Q
from django.utils import timezone
from playwright.sync_api import expect

from portal.enums import SlotState, WaitState
from portal.models import Appointment, Doctor, Slot, Wait
from tests.factories import PatientFactory
from tests.flows import steps
from tests.flows.keyboard import Keyboard

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]


@pytest.mark.parametrize("script", MODES)
def test_A01_A04_B02_B07_B08_B11_B13_B16_B17_from_sign_up_to_cancellation(
    script, page_of, look, mailbox
):
    doctor = Doctor.objects.select_related("office").get(user__email="doctor@example.com")
    nobody_waits_for(doctor)
    day = a_day_without_slots(doctor)
    email = f"inigo{'' if script else '-without'}@example.org"
    person = steps.NewPatient("Íñigo Etxebarría Peña", email, "612345678")
    diary, visitor, desk = (page_of(javascript=script) for _ in range(3))

    slot = the_doctor_declares_a_day(diary, doctor, day, look)
    a_visitor_signs_up_for(slot, visitor, person, mailbox, look)
    reference = the_patient_books(slot, visitor, look)
    the_desk_finds(reference, desk, look)
    the_desk_books_and_cancels_by_keyboard(desk, look)
    the_patient_cancels(slot, visitor, reference, look)
    it_is_free_again(slot, page_of(javascript=script))


def nobody_waits_for(doctor: Doctor) -> None:
    """Or they would be offered what is cancelled in the end."""
    theirs = Q(doctor=doctor) | Q(specialty=doctor.specialty_id) | Q(office=doctor.office_id)
    Wait.objects.filter(theirs).update(state=WaitState.LEFT)


def a_day_without_slots(doctor: Doctor) -> date:
    """Nor does the worker make any there meanwhile, from the doctor's weekly hours."""
    taken = {starts.date() for starts in doctor.slots.values_list("starts_at", flat=True)}
    usual = set(doctor.weekly_hours.values_list("weekday", flat=True))
    days = (timezone.now().date() + timedelta(days=ahead) for ahead in range(16, 60))
    return next(day for day in days if day not in taken and day.weekday() not in usual)


def the_doctor_declares_a_day(page, doctor, day, look) -> Slot:
    """09:00 to 13:00 without 09:30; returns the slot of 10:00."""
    steps.sign_in(page, doctor.user.email)
    look(page)
    steps.open_day(page, day)
    look(page)

    steps.make_free(page, "09:00", "13:00")
    expect(page.locator("#messages")).to_have_text("8 times added.")
    steps.untick(page, "09:30")

    expect(page.locator("#messages")).to_have_text("1 time removed.")
    expect(page.get_by_role("main").locator(".lead")).to_contain_text("7 free, 0 booked")
    look(page)
    ten = datetime.combine(day, time(10), doctor.office.zone)
    return Slot.objects.select_related("doctor", "office").get(
        doctor=doctor, starts_at=ten, state=SlotState.OPEN
    )


def a_visitor_signs_up_for(slot, page, person, mailbox, look) -> None:
    """Picks the time first; the time is kept through sign-up, mail and confirmation."""
    day = slot.starts_at.astimezone(slot.office.zone).date()
    steps.look_for_times(page, slot.doctor, day)
    expect(page.get_by_role("link", name="Book ")).to_have_count(7)
    look(page)
    steps.book_link(page, slot).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    look(page)
    steps.sign_up(page, person)
    look(page)
    steps.confirm_address(page, mailbox, person)
    look(page)
    page.get_by_role("button", name="Yes, confirm").click()


def the_patient_books(slot, page, look) -> str:
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your appointment")
    expect(page.get_by_role("main")).to_contain_text(slot.doctor.name)
    look(page)
    page.get_by_label("Reason for the appointment").fill("Knee hurts")
    reference = steps.confirm_booking(page)
    expect(page.get_by_role("main")).to_contain_text("Knee hurts")
    look(page)

    page.get_by_role("link", name="Go to the dashboard").click()
    expect(page.get_by_role("main")).to_contain_text(slot.doctor.name)
    look(page)
    steps.open_my_appointments(page)
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("row", name=reference)).to_contain_text("Confirmed")
    look(page)
    return reference


def the_desk_finds(reference, page, look) -> None:
    """By parts of the patient's name, in another order and without the accents."""
    steps.sign_in(page, "assistant@example.com")
    expect(page).to_have_url(re.compile("/desk/$"))
    look(page)
    steps.search(page, "etxe inig")
    found = page.get_by_role("row", name=reference)
    expect(found).to_contain_text("Íñigo Etxebarría Peña")
    look(page)
    found.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Appointment {reference}")
    look(page)


def the_desk_books_and_cancels_by_keyboard(page, look) -> None:
    """For somebody without a login, found by the phone number."""
    caller = PatientFactory(name="Zoë Ågård", user=None)
    keyboard = Keyboard(page)

    keyboard.tab_to("^Search patients and appointments$")
    keyboard.type(caller.phone.as_e164[-8:])
    keyboard.enter_opens("Search patients and appointments")
    keyboard.tab_to(f"^Book {caller.name}$")
    keyboard.enter_opens("Find a time")
    keyboard.tab_to(r"^Book .+, \d\d:\d\d, ")
    keyboard.enter_opens("Check the appointment")
    expect(page.get_by_role("main")).to_contain_text(caller.name)
    look(page)
    keyboard.tab_to("^Confirm appointment$")
    keyboard.enter_opens("Appointment confirmed")
    booked = Appointment.objects.get(patient=caller)
    assert booked.booked_by.email == "assistant@example.com"

    keyboard.tab_to("^See the appointment$")
    keyboard.enter_opens(f"Appointment {booked.reference}")
    keyboard.tab_to("^Cancel appointment$")
    keyboard.enter_opens("Cancel this appointment?")
    look(page)
    keyboard.tab_to("^Health reasons$")
    keyboard.press("Space")
    keyboard.tab_to("^Cancel the appointment$")
    keyboard.enter_opens(f"Appointment {booked.reference}")
    expect(page.get_by_role("main").locator(".page-header .state")).to_have_text("Cancelled")
    look(page)
    booked.slot.refresh_from_db()
    assert booked.slot.state == SlotState.OPEN


def the_patient_cancels(slot, page, reference, look) -> None:
    page.get_by_role("row", name=reference).get_by_role("link").first.click()
    steps.cancel(page, "Personal reasons")
    look(page)
    steps.open_my_appointments(page)
    expect(page.get_by_role("heading", name="No upcoming appointments")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Cancelled").click()
    expect(page.get_by_role("row", name=reference)).to_contain_text("Cancelled")
    steps.sign_out(page)


def it_is_free_again(slot, page) -> None:
    steps.look_for_times(page, slot.doctor, slot.starts_at.astimezone(slot.office.zone).date())
    expect(steps.book_link(page, slot)).to_be_visible()
