"""Waiting for a time, being offered it, taking it (B15, B20), with and without JavaScript."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from portal.appointments.services import appointments
from portal.models import Offer
from tests.factories import (
    AppointmentFactory,
    AssistantFactory,
    OfferFactory,
    PatientFactory,
    SlotFactory,
    WaitFactory,
    in_days,
)

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]


@pytest.mark.parametrize("script", MODES)
def test_B15_who_finds_a_time_taken_waits_and_gets_it(script, page_of, look, quiet_console):
    quiet_console.allow("status of 409")
    slot = SlotFactory(starts_at=in_days(5))
    patient = PatientFactory()
    page = page_of(patient.user, javascript=script)

    page.goto(f"/slots/{slot.pk}/book/")
    other = AppointmentFactory(slot=slot, doctor=slot.doctor, starts_at=slot.starts_at)
    slot.state = "taken"
    slot.save()
    page.get_by_role("button", name="Confirm appointment").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("That time has just been taken.")
    look(page)
    page.get_by_role("button", name="Wait for this time").click()
    expect(page.get_by_text("You are on the waiting list")).to_be_visible()
    look(page)
    appointments.cancel(other, by=other.patient.user, reason="health")
    page.goto("/dashboard/")
    look(page)
    page.get_by_role("link", name="See and answer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A time is free for you")
    look(page)
    page.get_by_role("button", name="Take this time").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Appointment confirmed")
    assert slot.appointments.live().get().patient == patient


@pytest.mark.parametrize("script", MODES)
def test_B20_a_patient_moves_up_and_the_next_is_asked(script, page_of, look):
    held = AppointmentFactory(starts_at=in_days(5))
    own = AppointmentFactory(doctor=held.doctor, starts_at=in_days(9))
    left = own.slot
    page = page_of(own.patient.user, javascript=script)

    page.goto(own.get_absolute_url())
    page.get_by_role("link", name="Tell me of an earlier time").click()
    look(page)
    page.get_by_role("button", name="Tell me of an earlier time").click()
    expect(page.get_by_text("An earlier time than")).to_be_visible()
    following = WaitFactory(doctor=held.doctor)
    appointments.cancel(held, by=held.patient.user, reason="health")
    page.goto("/waits/")
    look(page)
    page.get_by_role("link", name=re.compile("^Answer")).click()
    look(page)
    page.get_by_role("button", name="Take this time").click()

    expect(page.get_by_text("The appointment is moved to")).to_be_visible()
    own.refresh_from_db()
    assert own.slot == held.slot
    assert Offer.objects.open().get(slot=left).wait == following


@pytest.mark.parametrize("script", MODES)
def test_B15_the_desk_puts_somebody_on_the_list_and_answers_for_them(
    script, page_of, look, quiet_console
):
    quiet_console.allow("status of 422")
    slot = SlotFactory(starts_at=in_days(6), state="offered")
    patient = PatientFactory(name="Wanda Waiting", user=None)
    page = page_of(AssistantFactory(offices=[slot.office]).user, javascript=script)

    page.goto("/waits/")
    page.get_by_role("link", name="Put somebody on the list").click()
    page.get_by_label("Name or phone number").fill("wanda")
    page.get_by_role("button", name="Find").click()
    look(page)
    page.get_by_role("button", name=f"Choose: Wanda Waiting, {patient.phone}").click()
    page.get_by_role("button", name="Put on the list").click()
    expect(page.get_by_text("Choose a doctor, a specialty or an office.").first).to_be_visible()
    look(page)
    page.get_by_label("Doctor", exact=True).select_option(label=slot.doctor.name)
    page.get_by_label("Morning").check()
    page.get_by_role("button", name="Put on the list").click()
    expect(page.get_by_text("Wanda Waiting is on the waiting list.")).to_be_visible()
    OfferFactory(slot=slot, wait=patient.waits.get())
    page.reload()
    look(page)
    page.get_by_role("link", name=re.compile("^Answer")).click()
    look(page)
    page.get_by_role("button", name="Take this time").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Appointment confirmed")
    assert slot.appointments.live().get().patient == patient


def test_B15_too_late_the_page_says_what_comes_next(page_of, look, quiet_console):
    quiet_console.allow("status of 409")
    slot = SlotFactory(starts_at=in_days(6), state="offered")
    offer = OfferFactory(slot=slot)
    page = page_of(offer.wait.patient.user)

    page.goto(offer.get_absolute_url())
    offer.state, offer.expires_at = "expired", timezone.now()
    offer.save()
    page.get_by_role("button", name="Take this time").click()

    expect(page.get_by_text("you are still in line")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Waiting list").click()
    page.get_by_role("button", name=re.compile("^Leave")).click()
    expect(page.get_by_text("You wait for nothing")).to_be_visible()
    look(page)
