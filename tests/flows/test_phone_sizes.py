"""Buttons are high enough for a finger on phones: 44 px (docs/design-system.md)."""

import pytest

from portal.models import User
from tests.factories import WaitFactory
from tests.setups.every_page import coming_appointment

PHONE = {"width": 390, "height": 844}
LEAST_PX = 43.9
# Of what is on the page: text and height of each button, also of links that look like one.
LOW = """least => [...document.querySelectorAll('main :is(.btn, button, .menu > summary)')]
  .filter((it) => it.offsetParent && it.getBoundingClientRect().height < least)
  .map((it) => `${it.innerText.trim()}: ${it.getBoundingClientRect().height}`)"""
PATIENTS = (
    "/dashboard/",
    "/appointments/",
    "/appointments/?tab=past",
    "/slots/",
    "/doctors/",
    "/offices/",
    "/waits/",
    "/notifications/",
    "/profile/",
    "/profile/data/",
    "/accounts/2fa/",
    "/accounts/sessions/",
)
DESK = ("/desk/", "/desk/?view=columns", "/patients/", "/appointments/", "/waits/")


@pytest.fixture
def phone(new_context, sign_in_as):
    page = new_context(has_touch=True).new_page()
    page.set_viewport_size(PHONE)

    def signed_in(email):
        sign_in_as(User.objects.get(email=email), page)
        return page

    return signed_in


def low(page, paths) -> dict[str, list[str]]:
    found = {}
    for path in paths:
        response = page.goto(path)
        assert response.status == 200, path
        if buttons := page.evaluate(LOW, LEAST_PX):
            found[path] = buttons
    return found


def test_B17_patients_buttons_are_high_enough(phone):
    appointment = coming_appointment()
    WaitFactory(patient=appointment.patient)
    paths = (*PATIENTS, appointment.get_absolute_url(), f"/doctors/{appointment.doctor_id}/")

    assert low(phone("patient@example.com"), paths) == {}


def test_B17_desks_buttons_are_high_enough(phone):
    chart = coming_appointment().patient.get_absolute_url()

    assert low(phone("assistant@example.com"), (*DESK, chart)) == {}
