"""Signing in and out, limits, blocked accounts (requirement A04)."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse

from portal.enums import UserState
from tests.accounts.views.conftest import is_signed_in, sign_in
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

REFUSAL = "The address or username and the password do not match an account here."


class CountingHasher(MD5PasswordHasher):
    count = 0

    def encode(self, *arguments, **options):
        type(self).count += 1
        return super().encode(*arguments, **options)


@pytest.fixture
def ana(db):
    return UserFactory(email="ana@example.org", username="Ana.Ruiz")


@pytest.mark.parametrize(
    "login", ["ana@example.org", "ANA@Example.org", "Ana.Ruiz", "ana.ruiz", " ana.ruiz "]
)
def test_A04_sign_in_with_address_or_username(client, ana, login):
    answer = sign_in(client, login, PASSWORD)

    assert answer["Location"] == reverse("dashboard")
    assert is_signed_in(client)


def test_A04_sign_in_goes_on_with_what_was_asked_for(client, ana):
    answer = sign_in(client, "ana.ruiz", PASSWORD, next="/slots/5/book/?patient=1")

    assert answer["Location"] == "/slots/5/book/?patient=1"


@pytest.mark.parametrize("login", ["ana@example.org", "nobody@example.org", "ana.ruiz", "nobody"])
def test_A04_wrong_and_unknown_accounts_are_answered_alike(client, ana, login):
    page = sign_in(client, login, "wrong-password")

    assert page.context["form"].errors == {"__all__": [REFUSAL]}
    assert page.context["form"]["login"].value() == login


@pytest.mark.parametrize("password", [PASSWORD, "wrong-password"])
def test_A04_every_sign_in_takes_one_hash(ana, settings, password):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]

    counts = {}
    for login in ("ana@example.org", "nobody@example.org", "ana.ruiz", "nobody", "no@body", "@"):
        CountingHasher.count = 0
        sign_in(Client(), login, password)
        counts[login] = CountingHasher.count

    assert set(counts.values()) == {1}


def test_A04_sign_out_asks_and_then_signs_out(client, ana):
    client.force_login(ana)

    page = client.get(reverse("account_logout"))
    still = is_signed_in(client)
    answer = client.post(reverse("account_logout"))

    assert page.status_code == 200
    assert still
    assert answer["Location"] == reverse("home")
    assert not is_signed_in(client)


@pytest.mark.parametrize("state", [UserState.BLOCKED, UserState.CLOSED])
def test_A10_blocked_and_closed_users_cannot_sign_in(client, state):
    user = UserFactory(state=state)

    answer = sign_in(client, user.email, PASSWORD)

    assert answer["Location"] == reverse("account_inactive")
    assert client.get(answer["Location"]).status_code == 200
    assert not is_signed_in(client)


@pytest.mark.parametrize("state", [UserState.BLOCKED, UserState.CLOSED])
def test_A10_wrong_password_does_not_tell_that_the_account_is_blocked(client, state):
    user = UserFactory(state=state)

    page = sign_in(client, user.email, "wrong-password")

    assert page.context["form"].errors == {"__all__": [REFUSAL]}


@pytest.mark.parametrize("state", [UserState.BLOCKED, UserState.CLOSED])
def test_A10_open_sessions_end_at_the_next_request(client, ana, state):
    sign_in(client, ana.email, PASSWORD)
    before = is_signed_in(client)

    ana.state = state
    ana.save()

    assert before
    assert client.get(reverse("profile"))["Location"].startswith(reverse("account_login"))


def test_A04_sixth_wrong_password_for_an_account_has_to_wait(client, ana, settings):
    backend = settings.CACHES["default"]["BACKEND"]
    for _attempt in range(5):
        sign_in(client, ana.email, "wrong-password")

    page = sign_in(client, ana.email, PASSWORD)

    assert backend == "django.core.cache.backends.db.DatabaseCache"
    assert "Too many attempts" in page.content.decode()
    assert not is_signed_in(client)


def test_A04_other_hosts_and_addresses_give_no_further_attempts(ana):
    for number in range(5):
        client = Client(HTTP_HOST=f"testserver:{9000 + number}", REMOTE_ADDR=f"10.0.0.{number}")
        sign_in(client, ana.email, "wrong-password")

    page = sign_in(Client(REMOTE_ADDR="10.0.0.99"), ana.email, PASSWORD)

    assert "Too many attempts" in page.content.decode()


def test_A04_unknown_accounts_have_the_same_limit(client):
    for _attempt in range(5):
        sign_in(client, "nobody@example.org", "wrong-password")

    page = sign_in(client, "nobody@example.org", "wrong-password")

    assert "Too many attempts" in page.content.decode()


def test_A04_sign_ups_from_one_address_are_limited(client, sign_up):
    answers = [sign_up(client, email=f"a{n}@example.org", name="").status_code for n in range(21)]

    assert answers == [200] * 20 + [429]


def test_sign_in_page_shows_no_demo_accounts(client, settings):
    settings.DEBUG = True

    page = client.get(reverse("account_login")).content.decode()

    assert "example.com" not in page
    assert "clinic-demo" not in page
