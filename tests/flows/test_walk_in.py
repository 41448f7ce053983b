"""Somebody new calls, somebody stands at the desk: with and without JavaScript (A09, B21)."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from portal.desk.queries.walk_ins import next_full
from portal.models import Appointment, Patient
from tests.factories import (
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    PatientFactory,
    SlotFactory,
    in_days,
)

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]
FAMILY = {True: "Vidal", False: "Vela"}  # both modes run in one clinic


@pytest.fixture
def doctor():
    """At an office where it is about noon, so that the day does not end meanwhile."""
    return DoctorFactory(office__time_zone=f"Etc/GMT{timezone.now().hour - 12:+d}")


@pytest.fixture
def desk(doctor):
    return AssistantFactory(offices=[doctor.office]).user


def find(page, text: str, script: bool) -> None:
    page.get_by_label("Name, phone number or date of birth").fill(text)
    if not script:
        page.get_by_role("button", name="Find").click()
    expect(page.locator(f'[data-asked="{text}"]')).to_be_visible()


def heading(page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


@pytest.mark.parametrize("script", MODES)
def test_A09_a_caller_who_is_new_gets_the_chosen_time(script, doctor, desk, page_of, look):
    slot, family = SlotFactory(doctor=doctor, starts_at=in_days(3)), FAMILY[script]
    mother = PatientFactory(name=f"Marta {family}", user=None)
    AppointmentFactory(patient=mother, doctor=doctor, starts_at=in_days(-9), state="completed")
    page = page_of(desk, javascript=script)

    page.goto(f"/slots/{slot.pk}/book/")
    find(page, f"nora {family.lower()}", script)
    page.get_by_role("link", name=f"New patient “nora {family.lower()}”").click()
    heading(page, "New patient")
    expect(page.get_by_label("Full name")).to_have_value(f"Nora {family}")
    look(page)
    page.get_by_label("Phone number").fill(mother.phone.as_national)
    page.get_by_label("Date of birth").fill("29/2/2020")
    page.get_by_role("button", name="Add the patient").click()

    heading(page, "Is it one of these?")
    expect(page.get_by_role("listitem").filter(has_text=f"Marta {family}")).to_contain_text(
        "last visit"
    )
    look(page)
    page.get_by_role("button", name="No, make a new patient").click()
    expect(page.get_by_text(f"Nora {family} is entered as a patient.")).to_be_visible()
    heading(page, "Check the appointment")
    look(page)
    page.get_by_role("button", name="Confirm appointment").click()

    heading(page, "Appointment confirmed")
    made = Appointment.objects.select_related("patient").get(slot=slot)
    assert (made.patient.name, made.patient.user) == (f"Nora {family}", None)
    assert made.patient.phone == mother.phone


@pytest.mark.parametrize("script", MODES)
def test_A09_a_patient_who_is_known_is_used(script, doctor, desk, page_of, look, quiet_console):
    quiet_console.allow("status of 422")
    slot, family = SlotFactory(doctor=doctor, starts_at=in_days(3)), FAMILY[script]
    known = PatientFactory(name=f"Íñigo {family}", user=None)
    page = page_of(desk, javascript=script)

    page.goto(f"/patients/new/?slot={slot.pk}&q=Inigo {family}")
    page.get_by_label("Phone number").fill("12")
    page.get_by_role("button", name="Add the patient").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a phone number such as")
    look(page)
    page.get_by_label("Phone number").fill(f"699 00 11 2{script:d}")
    page.get_by_role("button", name="Add the patient").click()
    page.get_by_role("link", name=f"Use this patient Íñigo {family}").click()

    heading(page, "Check the appointment")
    expect(page.get_by_role("main")).to_contain_text(f"Íñigo {family}")
    assert page.url.endswith(f"/slots/{slot.pk}/book/?patient={known.pk}")
    assert Patient.objects.filter(search_name=f"inigo {family.lower()}").count() == 1


@pytest.mark.parametrize("script", MODES)
def test_B21_walk_in_gets_the_next_free_time(script, doctor, desk, page_of, look):
    walker = PatientFactory(name="Walter Keen", user=None)
    AppointmentFactory(patient=walker, doctor=doctor, starts_at=in_days(-9), state="no_show")
    start = next_full(timezone.now()) + timedelta(minutes=20)
    slot = SlotFactory(doctor=doctor, starts_at=start)
    page = page_of(desk, javascript=script)

    page.goto("/desk/")
    page.get_by_role("link", name="Walk-in").click()
    heading(page, "Who is here?")
    find(page, walker.phone.as_e164[-8:], script)
    look(page)
    page.get_by_role("link", name="Walter Keen").click()
    heading(page, "Who can see them today?")
    expect(page.get_by_role("main")).to_contain_text("Did not attend the only appointment")
    look(page)
    page.get_by_label("Reason").fill("Cough")
    local = start.astimezone(doctor.office.zone)
    page.get_by_role("button", name=f"{local:%H:%M} with {doctor.name}, in").click()

    expect(page.get_by_text(f"Walter Keen is booked with {doctor.name}")).to_be_visible()
    expect(page.get_by_text("Waiting 0 minutes")).to_be_visible()
    assert Appointment.objects.get(slot=slot).state == "arrived"


@pytest.mark.parametrize("script", MODES)
def test_B21_walk_in_gets_an_extra_time(script, doctor, desk, page_of, look, quiet_console):
    quiet_console.allow("status of 409")
    start = next_full(timezone.now()) + timedelta(minutes=5)
    busy = AppointmentFactory(doctor=doctor, starts_at=start)
    page = page_of(desk, javascript=script)

    page.goto("/desk/walk-in/")
    page.get_by_role("link", name="New patient", exact=True).click()
    page.get_by_label("Full name").fill(f"Wanda {FAMILY[script]}")
    page.get_by_label("Phone number").fill(f"611 77 78 8{script:d}")
    page.get_by_role("button", name="Add the patient").click()
    expect(page.get_by_text("nothing free today")).to_be_visible()
    page.get_by_role("link", name="Extra time").click()
    heading(page, "Add an extra time")
    local = busy.starts_at.astimezone(doctor.office.zone)
    page.get_by_label("Start").fill(f"{local:%H:%M}")
    page.get_by_label("Reason").fill("Bad toothache")
    page.get_by_role("button", name="Add the time and book it").click()

    expect(page.get_by_role("alert")).to_contain_text(f"has other times then: {local:%H:%M}")
    look(page)
    after = busy.ends_at.astimezone(doctor.office.zone)
    page.get_by_label("Start").fill(f"{after:%H:%M}")
    page.get_by_role("button", name="Add the time and book it").click()
    expect(page.get_by_role("alert")).to_contain_text(f"outside {doctor.name}’s hours today")
    look(page)
    page.get_by_role("button", name="Yes, add it all the same").click()

    expect(page.get_by_text(f"Wanda {FAMILY[script]} is booked with {doctor.name}")).to_be_visible()
    slot = doctor.slots.get(is_extra=True)
    assert (slot.starts_at, slot.note) == (busy.ends_at, "Bad toothache")
    assert slot.appointments.get().state == "arrived"
