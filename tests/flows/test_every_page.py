"""Every page of the portal's map in a browser, for every role. A new page is visited by itself."""

import pytest
from django.urls import reverse

from tests.plugins import selection
from tests.setups.every_page import arguments, coming_appointment, pages, users_of


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
