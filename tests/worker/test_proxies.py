"""A proxy in front of which the portal was not told is noticed."""

import logging

import pytest
from django.test import Client
from django.urls import reverse

from portal.models import SetupNotice
from tests.factories import AdminFactory
from tests.test_settings import FACTOR_KEY, STRONG, start

START = "import django; django.setup()"
HTTPS = {"ORIGIN": "https://portal.example", "SECRET_KEY": STRONG, "MFA_KEYS": FACTOR_KEY}


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (HTTPS, "set TRUSTED_PROXIES"),
        ({**HTTPS, "TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES must be 0 or more"),
    ],
)
def test_start_refuses_an_unknown_proxy(tmp_path, environment, said):
    started = start(tmp_path, code=START, DJANGO_SETTINGS_MODULE="clinic.settings", **environment)

    assert started.returncode != 0
    assert said in started.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "environment",
    [
        {**HTTPS, "TRUSTED_PROXIES": "1"},
        {**HTTPS, "TRUSTED_PROXIES": "0"},
        {**HTTPS, "DEBUG": "on"},
        {"SECRET_KEY": STRONG},
    ],
)
def test_start_accepts_what_was_said(tmp_path, environment):
    started = start(tmp_path, code=START, DJANGO_SETTINGS_MODULE="clinic.settings", **environment)

    assert started.returncode == 0, started.stderr


def forwarded() -> Client:
    return Client(HTTP_X_FORWARDED_FOR="203.0.113.7")


@pytest.mark.django_db
def test_the_log_says_once_that_the_header_is_ignored(caplog):
    client = forwarded()
    with caplog.at_level(logging.WARNING, "portal.setup"):
        for _time in range(3):
            client.get("/")

    [line] = [record for record in caplog.records if record.name == "portal.setup"]
    assert "TRUSTED_PROXIES is 0" in line.getMessage()
    assert not SetupNotice.objects.exists()  # reading writes nothing


@pytest.mark.django_db
def test_admins_are_told_until_it_is_set_up(settings):
    admin = Client()
    admin.force_login(AdminFactory())
    before = admin.get(reverse("manage")).content.decode()

    client = forwarded()
    for _time in range(3):
        client.post(reverse("account_login"))
    after = admin.get(reverse("manage")).content.decode()
    settings.TRUSTED_PROXIES = 1
    mended = admin.get(reverse("manage")).content.decode()

    told = "does not know its proxy"
    assert [told in page for page in (before, after, mended)] == [False, True, False]


@pytest.mark.django_db
def test_nothing_is_said_where_proxies_are_known(settings, caplog):
    settings.TRUSTED_PROXIES = 1

    with caplog.at_level(logging.WARNING, "portal.setup"):
        forwarded().post(reverse("account_login"))

    assert not SetupNotice.objects.exists()
    assert "portal.setup" not in {record.name for record in caplog.records}
