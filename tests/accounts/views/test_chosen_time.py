"""What one reads about a time that was chosen before signing in: nothing is promised (B08, A01)."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
import time_machine
from django.urls import reverse

from portal.enums import DoctorState, SlotAudience
from tests.factories import SlotFactory

pytestmark = pytest.mark.django_db

PAGES = pytest.mark.parametrize("name", ["account_login", "account_signup"])


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(datetime(2026, 3, 3, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def slot():
    return SlotFactory(starts_at=datetime(2026, 3, 4, 12, 30, tzinfo=UTC), doctor__name="Dr Ruiz")


def page_of(client, name: str, following: str) -> str:
    page = client.get(f"{reverse(name)}?{urlencode({'next': following})}").content.decode()
    return " ".join(page[page.index("<main") :].split())


@PAGES
def test_the_time_is_named_and_not_said_to_be_held(client, slot, name):
    page = page_of(client, name, reverse("slot-book", args=[slot.pk]))

    assert "You chose Wednesday 4 March 2026, 13:30 (Madrid time) with Dr Ruiz." in page
    assert "others can still take the time" in page
    assert "We keep" not in page


@PAGES
@pytest.mark.parametrize("state", ["taken", "withdrawn", "offered"])
def test_a_time_that_is_gone_is_not_promised(client, slot, name, state):
    slot.state = state
    slot.save()

    page = page_of(client, name, reverse("slot-book", args=[slot.pk]))

    assert "Wednesday 4 March 2026, 13:30 with Dr Ruiz is not free any more." in page
    assert "You chose" not in page


@PAGES
@pytest.mark.parametrize(
    "following",
    [
        "/slots/",
        "/slots/?doctor=1",
        "/slots/999999/book/",
        "/slots/99999999999999999999999/book/",
        "/doctors/1/?from=/slots/",
        "/appointments/1/",
        "https://[evil/slots/1/book/",
        "",
    ],
)
def test_without_a_chosen_time_nothing_is_said(client, slot, name, following):
    page = page_of(client, name, following)

    assert "You chose" not in page
    assert "not free any more" not in page
    assert "We keep" not in page


@PAGES
@pytest.mark.parametrize(
    "values",
    [
        {"audience": SlotAudience.DESK, "released_at": None},
        {"doctor__state": DoctorState.PENDING},
        {"starts_at": datetime(2026, 3, 3, 8, tzinfo=UTC)},
    ],
    ids=["desk", "doctor", "past"],
)
def test_a_time_that_visitors_do_not_see_is_not_named(client, name, values):
    hidden = SlotFactory(**{"starts_at": datetime(2026, 3, 4, 12, 30, tzinfo=UTC)} | values)

    page = page_of(client, name, reverse("slot-book", args=[hidden.pk]))

    assert "You chose" not in page
    assert "not free any more" not in page
    assert hidden.doctor.name not in page


def test_a_slip_at_signing_in_keeps_the_word(client, slot):
    data = {"login": "x", "password": "y", "next": reverse("slot-book", args=[slot.pk])}

    page = client.post(reverse("account_login"), data).content.decode()

    assert "You chose Wednesday 4 March 2026" in page
