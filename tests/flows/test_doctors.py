"""A doctor signs up, waits, is approved, and is found by a visitor (requirement A02)."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from portal.models import Doctor, User
from tests.flows import steps

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]
NAME = {True: "Dr Zeynep Aydın", False: "Dr Wanda Kowalczyk"}


@pytest.mark.parametrize("script", MODES)
def test_A02_from_sign_up_to_being_found(script, page_of, look, mailbox, quiet_console):
    quiet_console.allow("status of 422")  # the refused forms
    name, email = NAME[script], f"applicant{script}@example.org".lower()
    new, visitor = page_of(javascript=script), page_of(javascript=script)
    admin = page_of(User.objects.get(email="admin@example.com"), javascript=script)
    day = timezone.now().date() + timedelta(days=5)

    signs_up(new, name, email, look)
    confirms(new, email, mailbox, look)
    prepares_a_time(new, day, look)
    doctor = Doctor.objects.get(name=name)
    is_not_found(visitor, doctor)
    is_approved(admin, doctor, look)
    is_found(visitor, doctor, look)


def signs_up(page, name: str, email: str, look) -> None:
    page.goto("/accounts/signup/")
    page.get_by_role("main").get_by_role("link", name="Sign up as a doctor").click()
    look(page)
    page.get_by_label("Full name").fill(name)
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(steps.PASSWORD)
    page.get_by_label("Licence number").fill(f"28/{len(name)} 777")
    page.get_by_label("Specialty").select_option(label="Dermatology")
    page.get_by_label("Office").select_option(index=1)
    page.get_by_label("Practising since").fill("2012")
    page.get_by_label("Turkish").check()
    page.get_by_label("Photo").set_input_files(
        {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": a_photo()}
    )
    page.get_by_role("button", name="Send the application").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the fee")  # and all else is kept
    look(page)
    page.get_by_label("Consultation fee").fill("70")
    page.get_by_label("Password").fill(steps.PASSWORD)
    page.get_by_label("Photo").set_input_files(
        {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": a_photo()}
    )
    page.get_by_role("button", name="Send the application").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Now look into your mailbox")


def confirms(page, email: str, mailbox, look) -> None:
    person = steps.NewPatient("", email, "")
    steps.confirm_address(page, mailbox, person)
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("main")).to_contain_text("waiting for approval")
    look(page)
    mailbox.newest(to=email, about="registration has reached us")


def prepares_a_time(page, day: date, look) -> None:
    page.goto(f"/schedule/{day.isoformat()}/")
    steps.make_free(page, "10:00", "11:00")
    page.goto("/doctors/application/")
    look(page)
    page.get_by_role("link", name="How your page will look").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("A preview")
    expect(main).to_contain_text("10:30")
    expect(main.locator("img.avatar")).to_be_visible()
    look(page)


def is_not_found(page, doctor: Doctor) -> None:
    for where in ("/doctors/", f"/slots/?doctor={doctor.pk}"):
        page.goto(where)
        expect(page.get_by_role("main")).not_to_contain_text(doctor.name)
    assert page.request.get(doctor.get_absolute_url()).status == 404


def is_approved(page, doctor: Doctor, look) -> None:
    page.goto("/dashboard/")
    page.get_by_role("link", name="doctors waiting for approval").click()
    look(page)
    page.get_by_role("link", name=doctor.name).click()
    expect(page.get_by_role("main")).to_contain_text("Turkish")
    look(page)
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("alert")).to_contain_text("Write the reason")
    look(page)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("main")).to_contain_text(f"{doctor.name}: Approved")


def is_found(page, doctor: Doctor, look) -> None:
    page.goto("/doctors/?language=tr")
    page.get_by_role("link", name=doctor.name).click()
    look(page)
    page.get_by_role("link", name=f"10:30, {doctor.name}").click()
    expect(page.get_by_role("main")).to_contain_text(doctor.name)


def a_photo() -> bytes:
    written = BytesIO()
    Image.new("RGB", (320, 240), "teal").save(written, "JPEG")
    return written.getvalue()
