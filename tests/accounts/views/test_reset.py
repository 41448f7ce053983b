"""Choosing a new password through an emailed link (requirement A04)."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.enums import UserState
from portal.models import AuditEvent
from tests.accounts.views.conftest import is_signed_in, link_in, sign_in
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

NEW = "another-good-password"
DEAD = "This link does not work any more"


@pytest.fixture
def ana(db):
    return UserFactory(email="ana@example.org")


@pytest.fixture
def link(client, ana, mails):
    """The link that ana was sent."""
    client.post(reverse("account_reset_password"), {"email": ana.email})
    return link_in(mails()[-1], "password/reset/key")


def choose(link: str, password: str = NEW):
    """Open the link in a fresh browser and send the form; the last answer."""
    browser = Client()
    page = browser.get(link, follow=True)
    if DEAD in page.content.decode():
        return page
    return browser.post(page.context["action_url"], {"password1": password}, follow=True)


def test_A04_link_in_the_mail_sets_a_new_password(client, ana, link, mails):
    done = choose(link)

    assert done.redirect_chain[-1][0] == reverse("account_reset_password_from_key_done")
    assert sign_in(Client(), ana.email, NEW)["Location"] == reverse("dashboard")
    assert not is_signed_in(client)
    assert AuditEvent.objects.filter(verb="set_password").count() == 1
    assert mails()[-1].subject == "Your password was changed"


def test_A04_old_password_and_old_sessions_end(client, ana, mails):
    sign_in(client, ana.email, PASSWORD)
    before = is_signed_in(client)
    client.post(reverse("account_reset_password"), {"email": ana.email})

    choose(link_in(mails()[-1], "password/reset/key"))

    assert before
    assert not is_signed_in(client)
    assert sign_in(Client(), ana.email, PASSWORD).status_code == 200


def test_A04_link_works_once(ana, link):
    choose(link)

    again = choose(link, "third-good-password")

    assert DEAD in again.content.decode()
    ana.refresh_from_db()
    assert ana.check_password(NEW)


@pytest.mark.parametrize(("minutes", "works"), [(59, True), (61, False)])
def test_A04_link_works_for_an_hour(ana, link, minutes, works):
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        choose(link)

    ana.refresh_from_db()
    assert ana.check_password(NEW) is works


def test_A04_link_of_somebody_else_does_not_fit(link):
    other = UserFactory()
    uid, _dash, key = link.removeprefix("/accounts/password/reset/key/").partition("-")

    page = choose(f"/accounts/password/reset/key/{int(uid, 36) + 1}-{key}")

    assert DEAD in page.content.decode()
    other.refresh_from_db()
    assert other.check_password(PASSWORD)


def test_A04_link_dies_with_the_next_sign_in(client, ana, link):
    sign_in(client, ana.email, PASSWORD)

    assert DEAD in choose(link).content.decode()


def test_A04_weak_new_password_is_refused(ana, link):
    page = choose(link, "12345678")

    assert list(page.context["form"].errors) == ["password1"]
    ana.refresh_from_db()
    assert ana.check_password(PASSWORD)


def test_A04_unknown_address_is_answered_like_a_known_one(ana, mails):
    pages = {}
    for email in (ana.email, "nobody@example.org"):
        answer = Client().post(reverse("account_reset_password"), {"email": email}, follow=True)
        pages[email] = (answer.redirect_chain, len(answer.content.replace(email.encode(), b"")))

    assert pages[ana.email] == pages["nobody@example.org"]
    assert [mail.to for mail in mails()] == [[ana.email], ["nobody@example.org"]]
    assert "There is no account" in mails()[1].body


@pytest.mark.parametrize("state", [UserState.BLOCKED, UserState.CLOSED])
def test_A04_blocked_user_gets_no_link(client, ana, mails, state):
    ana.state = state
    ana.save()

    client.post(reverse("account_reset_password"), {"email": ana.email})

    assert "password/reset/key" not in mails()[0].body


@pytest.mark.parametrize("email", ["ana@example.org", "nobody@example.org"])
def test_A04_asking_for_one_account_is_limited(client, ana, email):
    answers = [
        Client(REMOTE_ADDR=f"10.0.0.{n}").post(reverse("account_reset_password"), {"email": typed})
        for n, typed in enumerate([email, email.upper()] * 3)
    ]

    assert [answer.status_code for answer in answers] == [302] * 5 + [200]
    assert "Too many attempts" in answers[-1].content.decode()
    assert "Too many attempts" in answers[-1].content.decode()
