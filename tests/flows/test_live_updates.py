"""What htmx adds: results without a page load, an address that says them, and a working Back."""

import re

import pytest
from playwright.sync_api import expect

from portal.models import Appointment, Doctor, Specialty, User
from tests.factories import PatientFactory, SlotFactory, in_days

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]


def mark(page) -> None:
    """Leaves a mark that the next page load wipes off."""
    page.evaluate("window.sameDocument = true")


def is_same_document(page) -> bool:
    return page.evaluate("window.sameDocument === true")


def entries(page) -> int:
    """How often Back and Forward could be pressed."""
    return page.evaluate("history.length")


def test_B07_filters_update_the_free_times_in_place(page):
    specialty = Specialty.objects.get(doctors__user__email="doctor@example.com")
    page.goto("/slots/")
    mark(page)

    page.get_by_label("Specialty").select_option(label=specialty.name)

    expect(page).to_have_url(re.compile(f"specialty={specialty.pk}"))
    others = page.locator("#results .slot-meta:nth-child(3)").filter(has_not_text=specialty.name)
    expect(others).to_have_count(0)
    assert is_same_document(page)


def test_B07_back_from_a_time_brings_the_filtered_ones_again(page):
    doctor = Doctor.objects.get(user__email="doctor@example.com")
    page.goto("/")
    page.goto("/slots/?sort=doctor")
    before = entries(page)
    page.get_by_label("Doctor", exact=True).select_option(label=doctor.name)
    expect(page).to_have_url(re.compile(f"doctor={doctor.pk}"))
    others = page.locator("#results .slot-doctor").filter(has_not_text=doctor.name)
    expect(others).to_have_count(0)
    assert entries(page) == before

    page.locator("#results").get_by_role("link", name=re.compile("^Book ")).first.click()
    expect(page).not_to_have_url(re.compile(r"/slots/\?"))
    page.go_back()

    expect(page.get_by_label("Doctor", exact=True)).to_have_value(str(doctor.pk))
    expect(page.locator("#results .slot-doctor").first).to_be_visible()
    expect(others).to_have_count(0)
    page.go_back()
    expect(page).to_have_url(re.compile(r":\d+/$"))


def test_A06_back_from_a_doctor_brings_the_filtered_ones_again(page):
    page.goto("/offices/")
    page.goto("/doctors/")
    before = entries(page)
    page.get_by_label("Office").select_option(label="Alder Turia")
    expect(page).to_have_url(re.compile(r"office=\d"))
    found = page.get_by_role("main").get_by_role("link", name="Dr ")
    names = found.all_inner_texts()
    assert entries(page) == before

    found.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(names[0])
    page.go_back()

    expect(page).to_have_url(re.compile(r"/doctors/\?.*office=\d"))
    assert found.all_inner_texts() == names
    page.go_back()
    expect(page).to_have_url(re.compile("/offices/$"))


def test_B16_search_updates_while_typing(page_of):
    PatientFactory(name="Tomás Zúñiga Ørsted")
    page = page_of(User.objects.get(email="assistant@example.com"))
    page.goto("/search/")
    mark(page)

    box = page.get_by_label("Name, phone, date of birth or reference")
    box.press_sequentially("zuñ ors")

    expect(page.get_by_role("link", name="Tomás Zúñiga Ørsted", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"q=zu%C3%B1(\+|%20)ors"))
    expect(box).to_be_focused()
    assert is_same_document(page)


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/search/", "Name, phone, date of birth or reference"),
        ("/patients/", "Name, phone number or date of birth"),
        ("/doctors/", "Name"),
    ],
)
def test_B16_typing_leaves_no_trail_for_back(path, label, page_of):
    page = page_of(User.objects.get(email="assistant@example.com"))
    page.goto("/desk/")
    page.goto(path)
    before = entries(page)
    box = page.get_by_role("main").get_by_label(label, exact=True)
    for text in ("mar", "marta", "mart"):
        box.fill(text)
        expect(page).to_have_url(re.compile(rf"q={text}(&|$)"))
    assert entries(page) == before

    page.go_back()

    expect(page).to_have_url(re.compile("/desk/$"))


def test_B16_back_from_an_appointment_brings_the_search_again(page_of):
    page = page_of(User.objects.get(email="assistant@example.com"))
    page.goto("/desk/")
    page.goto("/search/")
    page.get_by_label("Name, phone, date of birth or reference").fill("nunez")
    expect(page).to_have_url(re.compile("q=nunez"))
    found = page.get_by_role("table").get_by_role("row")
    count = found.count()
    assert count > 1

    found.nth(1).get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Appointment")
    page.go_back()

    expect(page.get_by_label("Name, phone, date of birth or reference")).to_have_value("nunez")
    expect(found).to_have_count(count)
    page.go_back()
    expect(page).to_have_url(re.compile("/desk/$"))


@pytest.mark.parametrize("script", MODES)
def test_B09_double_click_books_once(script, page_of):
    patient = PatientFactory()
    slot = SlotFactory(starts_at=in_days(3))
    page = page_of(patient.user, javascript=script)
    page.goto(slot.get_absolute_url())

    page.get_by_role("button", name="Confirm appointment").dblclick()

    expect(page.get_by_role("heading", level=1)).to_have_text("Appointment confirmed")
    assert Appointment.objects.filter(patient=patient).count() == 1
