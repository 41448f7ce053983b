"""Mail and links of the pages about signing in."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.setups.outbox import deliver_all

SIGN_UP = {
    "name": "Ana Ruiz",
    "email": "ana@example.org",
    "phone": "612 345 678",
    "password1": "three-unrelated-words",
}


def link_in(mail, containing: str) -> str:
    """The path of the link of ours in a mail's text."""
    found = re.search(re.escape(settings.ORIGIN) + rf"(/\S*{containing}\S*)", mail.body)
    assert found, mail.body
    return found.group(1)


@pytest.fixture
def mails(mailoutbox):
    """`mails()` sends what waits in the queue; returns what has been sent so far.

    Without the worker, which closes the connection that holds the test's transaction: test_mail.py
    tries that.
    """

    def deliver():
        deliver_all()
        return mailoutbox

    return deliver


@pytest.fixture
def sign_up(db):
    """Sends the sign-up form, with changes: `sign_up(client, email=…, next=…)`."""

    def send(client: Client, **changes):
        return client.post(reverse("account_signup"), {**SIGN_UP, **changes})

    return send


def sign_in(client: Client, login: str, password: str, **more):
    return client.post(reverse("account_login"), {"login": login, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("account_logout")).status_code == 200
