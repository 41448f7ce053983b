"""Headers and cookies by which the browser protects people."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import PatientFactory
from tests.test_settings import FACTOR_KEY, STRONG, start

pytestmark = pytest.mark.django_db


def test_signing_out_clears_what_the_browser_keeps(client):
    client.force_login(PatientFactory().user)

    answer = client.post(reverse("account_logout"))
    client.cookies.clear()  # as browsers do
    page = client.get(answer["Location"], follow=True)

    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert "You are signed out." in page.content.decode()


def test_nobody_is_told_so_who_is_still_signed_in(client):
    client.force_login(PatientFactory().user)

    page = client.get(reverse("signed-out"), follow=True)

    assert "You are signed out." not in page.content.decode()


def test_nothing_else_clears_it(client):
    user = PatientFactory().user
    answers = [client.post(reverse("account_logout")), client.get("/")]
    client.force_login(user)
    answers += [client.get("/dashboard/"), client.get(reverse("account_logout"))]

    assert not any("Clear-Site-Data" in answer for answer in answers)


@pytest.mark.parametrize("path", ["/", "/no/such/page/", "/dashboard/"])
def test_pages_may_use_no_camera_microphone_or_place(path):
    policy = Client().get(path)["Permissions-Policy"]

    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(policy.split(", "))
    assert re.fullmatch(r"([a-z-]+=\(\)(, |$))+", policy)


COOKIES = """
import django; django.setup()
from django.conf import settings
from django.utils.module_loading import import_string
messages = import_string(settings.MESSAGE_STORAGE).storage_classes[0].cookie_name
print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, messages)
"""


@pytest.mark.parametrize(
    ("origin", "names"),
    [
        ("https://portal.example", "__Host-sessionid __Host-csrftoken __Host-messages"),
        ("http://localhost:8000", "sessionid csrftoken messages"),
    ],
)
def test_cookies_are_bound_to_the_host_over_https(tmp_path, origin, names):
    environment = {
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "SECRET_KEY": STRONG,
        "MFA_KEYS": FACTOR_KEY,
    }

    started = start(tmp_path, code=COOKIES, **environment, ORIGIN=origin, TRUSTED_PROXIES="1")

    assert started.stdout.strip() == names, started.stderr
