"""Start-up refuses what is unsafe."""

import os
import subprocess
import sys

import pytest

STRONG = "k" * 50
FACTOR_KEY = "A" * 43 + "="


def start(tmp_path, *, code="import clinic.settings", **environment) -> subprocess.CompletedProcess:
    kept = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path)}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "at least 50 characters"),
        ({"SECRET_KEY": STRONG, "NODES": "2"}, "SQLite cannot be shared"),
    ],
)
def test_start_refuses_an_unsafe_mix(tmp_path, environment, said):
    started = start(tmp_path, **environment)

    assert started.returncode != 0
    assert said in started.stderr


TWILIO = "twilio://AC1:a%2Fsecret@api.twilio.com"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SMS_URL": "smpp://carrier"}, "SMS_URL must be empty, “folder”, or twilio://"),
        ({"SMS_URL": "twilio://api.twilio.com?from=+34600"}, "lacks the account, its token"),
        ({"SMS_URL": "twilio://AC1:secret@?from=+34600"}, "lacks the account, its token"),
        ({"SMS_URL": "twilio://AC1:a/secret@api.twilio.com?from=+34600"}, "/ is %2F"),
        ({"SMS_URL": f"{TWILIO}/x?from=+34600"}, "has a path"),
        ({"SMS_URL": f"{TWILIO}?from=+34600@secret"}, "must have a number"),
        ({"SMS_URL": f"{TWILIO}?from=A name that is too long"}, "must have a number"),
        ({"SMS_URL": TWILIO}, "names one sender"),
        ({"SMS_URL": f"{TWILIO}?from=+34600&messaging_service=MG1"}, "names one sender"),
        ({"SMS_URL": "twilio+http://AC1:secret@sms.example?from=+34600"}, "only of this machine"),
        ({"EMAIL_URL": "carrier-pigeon://loft"}, "EMAIL_URL must be smtp+tls://"),
        ({"MAIL_PROVIDER": "pigeon", "ANYMAIL_PIGEON_API_KEY": "k"}, "none that anymail knows"),
        ({"MAIL_PROVIDER": "../sendgrid"}, "none that anymail knows"),
        ({"MAIL_PROVIDER": "sendgrid"}, "needs its key: ANYMAIL_SENDGRID_API_KEY"),
        ({"MAIL_PROVIDER": "sendgrid", "EMAIL_URL": "smtp://mail"}, "Mail leaves in one way"),
    ],
)
def test_start_refuses_mail_and_sms_that_cannot_work(tmp_path, environment, said):
    started = start(tmp_path, SECRET_KEY=STRONG, **environment)

    sentence = started.stderr.strip().splitlines()[-1]
    assert said in sentence
    assert "secret" not in started.stderr


@pytest.mark.parametrize(
    "environment",
    [
        {"SMS_URL": ""},
        {"SMS_URL": f"{TWILIO}?from=+34600000001"},
        {"SMS_URL": f"{TWILIO}?from=Harbour"},
        {"SMS_URL": f"{TWILIO}?messaging_service=MG1"},
        {"EMAIL_URL": "smtp+tls://user:password@mail.example:587"},
        {"MAIL_PROVIDER": "sendgrid", "ANYMAIL_SENDGRID_API_KEY": "SG.key"},
    ],
)
def test_start_accepts_mail_and_sms(tmp_path, environment):
    assert start(tmp_path, SECRET_KEY=STRONG, **environment).returncode == 0


def test_start_loads_no_library_that_the_settings_do_not_name(tmp_path):
    """Nor do the settings' own checks load one."""
    loading = (
        "import django, sys; django.setup(); import portal.urls, portal.worker.tasks;"
        "print({'twilio', 'anymail', 'requests', 'aiohttp'} & set(sys.modules))"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "clinic.settings", "SECRET_KEY": STRONG}

    started = start(tmp_path, code=loading, **environment)

    assert started.stdout.strip() == "set()", started.stderr


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "-c random_page_cost=1.1 True 5"),
        ({"DATABASE_POOLER": "on"}, "None None None"),
        (
            {"DATABASE_URL": "postgresql://u@127.0.0.1/x?options=-c%20statement_timeout=5s"},
            "-c random_page_cost=1.1 -c statement_timeout=5s True 5",
        ),
    ],
)
def test_postgresql_prepares_statements_unless_there_is_a_pooler(tmp_path, environment, said):
    names = ("options", "server_side_binding", "prepare_threshold")
    code = (
        "from clinic.settings import DATABASES; it = DATABASES['default'].get('OPTIONS', {});"
        f"print(*map(it.get, {names}))"
    )
    url = {"DATABASE_URL": "postgresql://u@127.0.0.1/x", "SECRET_KEY": STRONG}
    started = start(tmp_path, code=code, **(url | environment))

    assert started.stdout == f"{said}\n", started.stderr


def test_start_accepts_what_is_safe(tmp_path):
    postgresql = "postgresql://portal:secret@127.0.0.1/portal"

    assert start(tmp_path, SECRET_KEY=STRONG).returncode == 0
    assert start(tmp_path, SECRET_KEY=STRONG, NODES="2", DATABASE_URL=postgresql).returncode == 0
