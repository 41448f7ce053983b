"""Every page of the portal's map in a browser, for every role. A new page is visited by itself.

And those states of pages in which a form is refused, or there is nothing or too much to show.
"""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.plugins import selection
from tests.setups.every_page import arguments, coming_appointment, pages, users_of
from tests.setups.page_states import REFUSED, STATES


@pytest.fixture
def appointment():
    return coming_appointment()


@pytest.fixture
def users(appointment):
    return users_of(appointment)


def opened_by(roles: list[str]) -> list[str]:
    """All roles that may see a page with `--full`; on each commit the first and the last."""
    return roles if selection.is_full or len(roles) < 3 else [roles[0], roles[-1]]


@pytest.mark.parametrize(("name", "path"), [pytest.param(*it, id=it[0]) for it in pages().items()])
def test_A04_B17_page_is_accessible_and_quiet(
    name, path, appointment, users, sign_in_as, look, page
):
    url = reverse(name, kwargs=arguments(path, appointment))
    statuses = {}
    for role, user in users.items():
        sign_in_as(user, page)
        statuses[role] = page.request.get(url).status
    for role in opened_by([role for role, status in statuses.items() if status == 200]):
        sign_in_as(users[role], page)
        page.goto(url)
        assert page.title().strip(" –")
        look(page)

    assert set(statuses.values()) <= {200, 403, 404}, statuses
    assert set(statuses.values()) & {200}, statuses
    assert statuses["visitor"] == 200, "a visitor sees it or is asked to sign in"


@pytest.mark.parametrize("state", REFUSED)
def test_A04_refused_form_says_so_beside_its_field(state, page_of, look, quiet_console):
    """With `--full` without JavaScript as well."""
    quiet_console.allow("status of 422")
    make, button = REFUSED[state]
    user, url = make()
    for javascript in (True, False) if selection.is_full else (True,):
        page = page_of(user, javascript=javascript)
        page.goto(url)
        page.get_by_role("main").get_by_role("button", name=button, exact=True).click()

        summary = page.locator(".error-summary")
        expect(summary).to_be_visible()
        assert page.locator(".invalid-feedback").count(), "also beside its field"
        for link in summary.get_by_role("link").all():
            expect(page.locator(link.get_attribute("href"))).to_have_count(1)
        look(page)


@pytest.mark.parametrize("state", STATES)
def test_B17_page_is_accessible_in_seldom_states(state, page_of, look, quiet_console):
    quiet_console.allow("status of 404")
    user, url = STATES[state]()
    page = page_of(user)
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    look(page)
    for menu in page.locator("main details.menu > summary").all()[:1]:
        menu.click()
        look(page)
