"""A patient asks to be erased, withdraws it, asks again, and is erased by the worker (A19)."""

import time

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from portal.clock.today import today_of_clinic
from portal.models import ErasureRequest, Patient, PeriodicJob, User

PASSWORD = "clinic-demo"


@pytest.mark.parametrize(
    ("javascript", "email"),
    [(True, "patient21@example.com"), (False, "patient22@example.com")],
    ids=["quick", "plain"],
)
def test_A19_from_the_question_to_the_number(page_of, look, quiet_console, javascript, email):
    user = User.objects.get(email=email)
    patient = Patient.objects.get(user=user)
    name = patient.name
    page = page_of(user, javascript=javascript)

    page.goto("/profile/")
    page.get_by_role("link", name="Have my data erased").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Have your data erased?")).to_be_visible()
    look(page)
    _ask(page)
    look(page)
    page.get_by_role("button", name="Withdraw the request").click()
    expect(page.get_by_text("Nothing is erased.")).to_be_visible()

    page.get_by_role("link", name="Have my data erased").click()
    _ask(page)
    _let_the_time_pass(patient)

    admin = page_of(User.objects.get(email="admin@example.com"), javascript=javascript)
    admin.goto(f"/patients/?q={patient.pk}")
    admin.get_by_role("link", name=f"Patient {patient.pk}", exact=True).click()
    expect(admin.get_by_text("as the person has asked")).to_be_visible()
    expect(admin.get_by_text(name)).to_have_count(0)
    look(admin)
    admin.goto("/manage/erasures/?state=done")
    expect(admin.get_by_text(f"no. {patient.pk}", exact=True)).to_be_visible()
    look(admin)


def test_A19_an_admin_asks_for_somebody_and_withdraws(page_of, look, quiet_console):
    quiet_console.allow("status of 422")  # the refused form
    patient = Patient.objects.filter(user=None, merged_into=None, erased_at=None).first()
    page = page_of(User.objects.get(email="admin@example.com"))

    page.goto(patient.get_absolute_url())
    page.get_by_role("link", name="Erase at the person’s request").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    ask = page.get_by_role("button", name="ask for erasure")
    ask.click()
    expect(page.get_by_role("textbox", name="Who has asked for it")).to_have_attribute(
        "aria-invalid", "true"
    )
    look(page)
    page.get_by_role("textbox", name="Who has asked for it").fill("By letter of 3 March")
    ask.click()
    expect(page.get_by_text("Nothing can be booked, unless")).to_be_visible()
    look(page)
    page.get_by_role("link", name="All requests").click()
    look(page)
    page.get_by_role("button", name=f"Withdraw {patient.name}").click()
    expect(page.get_by_text(f"The request of {patient.name} is withdrawn.")).to_be_visible()


def _ask(page) -> None:
    page.get_by_role("button", name="sk for erasure").click()
    expect(page.get_by_role("heading", name="Your data will be erased on")).to_be_visible()


def _let_the_time_pass(patient: Patient) -> None:
    """The running worker writes the last mail, sends it, and erases."""
    ErasureRequest.objects.waiting().filter(patient=patient).update(due_on=today_of_clinic())
    deadline = time.monotonic() + 60
    while not Patient.objects.get(pk=patient.pk).erased_at:
        assert time.monotonic() < deadline
        PeriodicJob.objects.filter(name="erase").update(due_at=timezone.now())
        time.sleep(1)
