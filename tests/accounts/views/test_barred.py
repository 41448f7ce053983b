"""Blocked and closed accounts: no code, link, key or browser from before signs in (A10, A11, A12).

Each account is barred at the last moment: after its password, code or link was given out.
"""

import pytest
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.internal.flows.trust import IssuedTrust, create_config_fingerprint
from allauth.mfa.internal.flows.trust import encode_trust_cookie as encoded
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.enums import UserState
from portal.models import AuditEvent, User
from tests.accounts.factors import code, give_app, recovery_codes
from tests.accounts.sessions import sessions_of
from tests.accounts.views.conftest import SIGN_UP, is_signed_in, link_in, sign_in
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

BARRED = [UserState.BLOCKED, UserState.CLOSED]
STEP = "mfa_authenticate"


@pytest.fixture(params=BARRED)
def bar(request):
    """`bar(user)` sets the state; returns what its owner is told."""

    def bar(user) -> str:
        User.objects.filter(pk=user.pk).update(state=request.param)
        return f"Your account is {request.param}"

    return bar


@pytest.fixture
def ana(db):
    user = UserFactory(email="ana@example.org")
    give_app(user)
    return user


def assert_no_way_in(client, user, answer, said: str) -> None:
    assert sessions_of(user) == 0
    assert not is_signed_in(client)
    assert not AuditEvent.objects.filter(verb="sign_in").exists()
    assert answer["Location"].startswith(reverse("account_inactive"))
    assert said in client.get(answer["Location"]).content.decode()
    assert client.get(reverse(STEP)).status_code == 302  # there is no second step to try again


@pytest.mark.parametrize("of", ["app", "recovery codes"])
def test_A10_a_code_after_the_password_was_right(ana, bar, of):
    client = Client()
    sign_in(client, ana.email, PASSWORD)
    assert client.get(reverse(STEP)).status_code == 200
    said = bar(ana)

    typed = code() if of == "app" else recovery_codes(ana)[0]
    answer = client.post(reverse(STEP), {"code": typed})

    assert_no_way_in(client, ana, answer, said)


def test_A10_the_password_when_a_code_would_follow(ana, bar):
    client, said = Client(), bar(ana)

    answer = sign_in(client, ana.email, PASSWORD)

    assert_no_way_in(client, ana, answer, said)


def trust(client, user) -> None:
    """The cookie by which allauth would spare this browser the code; signed as it would be."""
    issued = IssuedTrust(create_config_fingerprint(user), int(timezone.now().timestamp()))
    client.cookies[mfa_settings.TRUST_COOKIE_NAME] = encoded([issued])


def test_A12_no_browser_is_trusted(ana):
    client = Client()
    trust(client, ana)

    assert sign_in(client, ana.email, PASSWORD)["Location"] == reverse(STEP)


def test_A10_a_browser_that_was_trusted(ana, bar):
    client, said = Client(), bar(ana)
    trust(client, ana)

    answer = sign_in(client, ana.email, PASSWORD)

    assert_no_way_in(client, ana, answer, said)


def test_A10_a_session_from_before_and_the_code_in_it(ana, bar):
    client = Client()
    sign_in(client, ana.email, PASSWORD)
    client.post(reverse(STEP), {"code": code()})
    before = is_signed_in(client)
    said = bar(ana)

    again = client.post(reverse("mfa_reauthenticate"), {"code": recovery_codes(ana)[0]})

    assert before
    assert again.status_code == 403
    assert said in again.content.decode()
    assert not is_signed_in(client)


def test_A10_the_link_that_confirms_in_the_browser_that_signed_up(client, sign_up, mails, bar):
    sign_up(client)
    user, link = User.objects.get(), link_in(mails()[0], "confirm-email")
    said = bar(user)

    answer = client.post(link)

    assert_no_way_in(client, user, answer, said)


def test_A10_the_link_that_confirms_and_the_password_after_it(sign_up, mails, bar):
    sign_up(Client())
    user, client = User.objects.get(), Client()
    link, said = link_in(mails()[0], "confirm-email"), bar(user)

    client.post(link)
    answer = sign_in(client, user.email, SIGN_UP["password1"])

    assert_no_way_in(client, user, answer, said)


def test_A10_the_link_for_a_new_password(client, ana, mails, bar):
    client.post(reverse("account_reset_password"), {"email": ana.email})
    page = client.get(link_in(mails()[-1], "password/reset/key"), follow=True)
    said = bar(ana)

    done = client.post(page.context["action_url"], {"password1": "another-good-password"})

    assert done.status_code == 403
    assert_no_way_in(client, ana, sign_in(client, ana.email, PASSWORD), said)
    assert_no_way_in_with(client, ana, "another-good-password")


def assert_no_way_in_with(client, user, password: str) -> None:
    assert sign_in(client, user.email, password).status_code == 200
    assert sessions_of(user) == 0
