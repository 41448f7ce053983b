"""Every URL by the methods that are not in the table: a page that takes one cannot be left out."""

import pytest
from django.urls import reverse

from tests.access.addresses import address
from tests.access.audiences import REFUSED_BEFORE, SET_UP_PAGES
from tests.access.table import ROWS

pytestmark = pytest.mark.django_db

KINDS = {row.name: row.kind for row in ROWS}
IN_TABLE = {(row.method, row.name) for row in ROWS}
OTHERS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whatever_a_page_takes_is_in_the_table(world, ask, method):
    taken = []
    for name, kind in KINDS.items():
        if (method, name) not in IN_TABLE:
            answer = ask("admin", method, address(world, name, kind))
            if answer.status != 405 or answer.wrote:
                taken.append(f"{name}: {answer.status}")

    assert taken == []


@pytest.mark.parametrize("method", OTHERS)
@pytest.mark.parametrize("role", ["blocked", "admin-without-factor"])
def test_no_method_gets_past_the_middleware(world, ask, role, method):
    """One of the three roles without a factor: the table has all of them, and no check asks for the
    method."""
    expected = (403, "") if role == "blocked" else (302, reverse("mfa_index"))
    wrong = []
    for name, kind in KINDS.items():
        if role != "blocked" and name in SET_UP_PAGES:
            continue
        answer = ask(role, method, address(world, name, kind))
        if (answer.status, answer.location) != expected or answer.read or answer.wrote:
            wrong.append(f"{name}: {answer.status} {sorted(answer.read)}")

    assert role in REFUSED_BEFORE
    assert wrong == []
