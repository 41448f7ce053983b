"""Cookies are typed by whoever sends them: rubbish in them is no cookie."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.accounts.views.conftest import sign_in
from tests.factories import PASSWORD, PatientFactory

pytestmark = pytest.mark.django_db

RUBBISH = {
    "a NUL": '"\\000abcdefgh"',
    "a NUL within": '"0123456789abcdef\\0000123456789abcdef"',
    "bytes": '"\\377\\376abcdefgh"',
    "a surrogate": "\udce9abcdefghij",
    "emoji": "😀😀😀😀😀😀😀😀",
    "a newline": '"abcdefgh\\012Set-Cookie: x"',
    "much": "x" * 6000,
    "quotes": "'; DROP TABLE x; --",
    "empty": "",
    "colons": ":::::::::::",
    "JSON": "[[[[[[[[[[",
}
COOKIES = [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages"]


def with_cookie(name: str, value: str) -> Client:
    header = f"{name}={value}".encode("utf-8", "surrogateescape").decode("latin-1")
    return Client(HTTP_COOKIE=header)


@pytest.mark.parametrize("rubbish", RUBBISH.values(), ids=RUBBISH)
@pytest.mark.parametrize("name", COOKIES)
def test_rubbish_in_a_cookie_is_no_error(name, rubbish):
    client = with_cookie(name, rubbish)

    pages = [client.get(path).status_code for path in ("/", reverse("account_login"), "/profile/")]
    form = {"login": "nobody@example.org", "password": "x"}
    posted = client.post(reverse("account_login"), form).status_code

    assert pages == [200, 200, 302]
    assert posted == 200


@pytest.mark.parametrize("rubbish", RUBBISH.values(), ids=RUBBISH)
@pytest.mark.parametrize("name", COOKIES)
def test_rubbish_in_a_cookie_passes_no_csrf_check(name, rubbish):
    client = with_cookie(name, rubbish)
    client.handler.enforce_csrf_checks = True
    same = rubbish.encode("utf-8", "replace").decode()

    answer = client.post(reverse("account_login"), {"csrfmiddlewaretoken": same})

    assert answer.status_code == 403


@pytest.mark.parametrize("rubbish", RUBBISH.values(), ids=RUBBISH)
def test_whoever_has_rubbish_can_sign_in(rubbish):
    user = PatientFactory().user

    answer = sign_in(with_cookie(settings.SESSION_COOKIE_NAME, rubbish), user.email, PASSWORD)

    assert answer["Location"] == reverse("dashboard")
    assert settings.SESSION_COOKIE_NAME in answer.cookies
