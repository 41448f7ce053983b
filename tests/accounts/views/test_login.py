"""Signing in and out, limits, blocked accounts (requirement A04)."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.enums import UserState
from tests.accounts.views.conftest import is_signed_in, link_in, sign_in
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
    assert not is_signed_in(client)
    said = client.get(answer["Location"], follow=True)
    assert said.redirect_chain == [(reverse("home"), 302)]
    assert "You are signed out." in said.content.decode()


@pytest.mark.parametrize("state", [UserState.BLOCKED, UserState.CLOSED])
def test_A10_blocked_and_closed_users_cannot_sign_in(client, state):
    user = UserFactory(state=state)

    answer = sign_in(client, user.email, PASSWORD)

    assert answer["Location"].startswith(reverse("account_inactive"))
    assert f"Your account is {state}" in client.get(answer["Location"]).content.decode()
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
    page = client.get(reverse("profile"))
    assert page.status_code == 403
    assert f"Your account is {state}" in page.content.decode()
    assert client.get(reverse("profile"))["Location"].startswith(reverse("account_login"))


def test_A04_sixth_wrong_password_for_an_account_has_to_wait(client, ana):
    for _attempt in range(5):
        sign_in(client, ana.email, "wrong-password")

    page = sign_in(client, ana.email, PASSWORD)

    assert "Too many attempts" in page.content.decode()
    assert not is_signed_in(client)


def test_A04_other_hosts_and_forged_addresses_give_no_further_attempts(ana):
    for number in range(5):
        client = Client(HTTP_HOST=f"testserver:{9000 + number}", HTTP_X_FORWARDED_FOR="10.0.0.1")
        sign_in(client, ana.email, "wrong-password")

    page = sign_in(Client(HTTP_X_FORWARDED_FOR="10.0.0.2"), ana.email, PASSWORD)

    assert "Too many attempts" in page.content.decode()


def test_A04_address_and_username_of_an_account_share_their_attempts(client, ana):
    for login in (ana.email, "ana.ruiz", ana.email.upper(), "ANA.RUIZ", ana.email):
        sign_in(client, login, "wrong-password")

    for login in (ana.email, "ana.ruiz"):
        assert "Too many attempts" in sign_in(client, login, PASSWORD).content.decode()


def at(number: int) -> Client:
    """At an address of its own."""
    return Client(REMOTE_ADDR=f"10.0.{number}.1")


def guess_everywhere(login: str) -> list[str]:
    """What somebody with many addresses reads, five wrong passwords at each."""
    pages = [sign_in(at(n // 5), login, "wrong-password").content.decode() for n in range(25)]
    return ["later" if "Too many attempts" in page else "wrong" for page in pages]


def test_A04_guessing_from_anywhere_does_not_lock_the_person_out_at_home(ana):
    home = Client(REMOTE_ADDR="192.0.2.7")
    sign_in(home, ana.email, PASSWORD)
    home.post(reverse("account_logout"))

    answers = guess_everywhere(ana.email)
    stranger = sign_in(at(99), ana.email, PASSWORD).content.decode()
    sign_in(home, ana.email, PASSWORD)

    assert answers == ["wrong"] * 20 + ["later"] * 5
    assert "Too many attempts" in stranger
    assert is_signed_in(home)


def test_A04_guessing_at_unknown_accounts_is_answered_alike():
    assert guess_everywhere("nobody@example.org") == ["wrong"] * 20 + ["later"] * 5


def test_A04_a_reset_of_the_password_opens_the_account_again(ana, mails):
    guess_everywhere(ana.email)
    somewhere = at(99)
    somewhere.post(reverse("account_reset_password"), {"email": ana.email})
    path = somewhere.get(link_in(mails()[-1], "reset/key"))["Location"]
    somewhere.post(path, {"password1": "another-good-password"})

    sign_in(somewhere, ana.email, "another-good-password")

    assert is_signed_in(somewhere)


def test_A04_right_passwords_are_not_counted(client, ana):
    for _time in range(3):
        for _wrong in range(4):
            sign_in(client, ana.email, "wrong-password")
        sign_in(client, ana.email, PASSWORD)
        assert is_signed_in(client)
        client.post(reverse("account_logout"))


def test_A04_one_address_cannot_try_one_password_on_everybody():
    pages = [sign_in(at(1), f"a{n}@example.org", "Summer2026!").content.decode() for n in range(51)]

    assert ["Too many attempts" in page for page in pages] == [False] * 50 + [True]


def test_A04_attempts_are_given_again_after_a_while(client, ana):
    for _attempt in range(6):
        sign_in(client, ana.email, "wrong-password")

    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        sign_in(client, ana.email, PASSWORD)
        assert is_signed_in(client)


def test_A04_asking_for_the_password_again_has_the_same_limit(client, ana):
    sign_in(client, ana.email, PASSWORD)
    url = reverse("account_reauthenticate")

    pages = [client.post(url, {"password": "wrong"}).content.decode() for _time in range(6)]

    assert ["That is not your password" in page for page in pages] == [True] * 5 + [False]
    assert "Too many attempts" in pages[-1]


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
