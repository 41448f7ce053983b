"""Variables are understood or refused in one sentence with their name (docs/operations.md)."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from clinic import mail_provider, object_storage
from clinic.environment import Environment

SECRET = "hunter2"
ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("written", "meant"), [("on", True), ('"True"', True), ("YES ", True), ("0", False), ("", None)]
)
def test_booleans(written, meant):
    assert Environment({"DEBUG": written}).boolean("DEBUG", default=None) is meant


def test_a_boolean_that_is_neither_is_refused():
    with pytest.raises(ImproperlyConfigured, match=r"^DEBUG must be on or off, not “enabled”\.$"):
        Environment({"DEBUG": "Enabled"}).boolean("DEBUG", default=False)


@pytest.mark.parametrize("written", ["two", "0", "-1", "1.5", "99999999999", "nan"])
def test_whole_numbers_out_of_bounds_are_refused(written):
    with pytest.raises(ImproperlyConfigured, match=r"^NODES must be "):
        Environment({"NODES": written}).integer("NODES", default=1, least=1)


@pytest.mark.parametrize("written", ["soon", "0", "nan", "inf", "-5"])
def test_seconds_out_of_bounds_are_refused(written):
    with pytest.raises(ImproperlyConfigured, match=r"^WORKER_SILENT_AFTER must be "):
        Environment({"WORKER_SILENT_AFTER": written}).seconds(
            "WORKER_SILENT_AFTER", default=30, least=1, most=100
        )


@pytest.mark.parametrize("written", ["60,soon", "60;300", "nan", "-1", "1e99"])
def test_pauses_that_are_no_seconds_are_refused(written):
    with pytest.raises(ImproperlyConfigured, match=r"^PAUSES must be seconds"):
        Environment({"PAUSES": written}).list_of_seconds("PAUSES", default=[1], most=100)


def test_pauses_are_seconds_with_commas_between():
    env = Environment({"PAUSES": " 0.2, 60 ,300,", "NONE": ""})

    assert env.list_of_seconds("PAUSES", default=[1], most=300) == [0.2, 60, 300]
    assert env.list_of_seconds("NONE", default=[1], most=300) == [1]


def test_keys_are_taken_to_the_letter():
    assert Environment({"KEY": '$a"b" '}).verbatim("KEY") == '$a"b" '


def test_the_file_gives_what_the_environment_does_not(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_A", "environment")
    monkeypatch.delenv("PORTAL_B", raising=False)
    (tmp_path / "env").write_text("# a comment\n\nPORTAL_A=file\nexport PORTAL_B='file'\n")
    env = Environment(os.environ)
    env.read_file(tmp_path / "env")
    monkeypatch.setenv("PORTAL_B", env.text("PORTAL_B"))  # so that it goes after the test

    assert (env.text("PORTAL_A"), env.text("PORTAL_B")) == ("environment", "file")


def test_a_line_of_the_file_that_sets_nothing_is_refused(tmp_path):
    (tmp_path / "env").write_text(f"A=1\nPASSWORD: {SECRET}\n")

    with pytest.raises(ImproperlyConfigured, match=r"^Line 2 of .+ is not NAME=value\.$"):
        Environment({}).read_file(tmp_path / "env")


def test_a_folder_needs_no_bucket_and_a_bucket_its_key_whole():
    assert object_storage.options(Environment({})) is None
    keys = {"S3_BUCKET": "files", "S3_ACCESS_KEY": "a", "S3_SECRET_KEY": "b"}
    assert object_storage.options(Environment(keys))["bucket_name"] == "files"
    for wrong in (
        {"S3_ENDPOINT": "https://s3.example"},
        {"S3_BUCKET": "https://s3.example/files"},
        {"S3_BUCKET": "files", "S3_ACCESS_KEY": "a"},
    ):
        with pytest.raises(ImproperlyConfigured, match=r"^S3_"):
            object_storage.options(Environment(wrong))


@pytest.mark.parametrize("name", ["base", "test", "console", "pigeon"])
def test_a_provider_is_one_that_takes_mail(name):
    with pytest.raises(ImproperlyConfigured, match="none that anymail knows"):
        mail_provider.name(Environment({"MAIL_PROVIDER": name}))


# --- The settings as a whole ------------------------------------------------------------------

START = (
    "import clinic.settings as s; "
    "print(s.ORIGIN, s.ALLOWED_HOSTS, s.DEFAULT_FROM_EMAIL, s.SECURE_HSTS_SECONDS > 0,"
    " s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD, s.DATABASES['default']['NAME'])"
)


def start(tmp_path, **environment) -> subprocess.CompletedProcess:
    kept = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "SECRET_KEY": "k" * 50}
    kept["MFA_KEYS"] = "A" * 43 + "="
    command = [sys.executable, "-c", START]
    env = kept | environment
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"ORIGIN": "https://portal.example/clinic"}, "ORIGIN is a scheme and a host"),
        ({"MAIL_FROM": ""}, "MAIL_FROM is empty"),
        ({"MAIL_FROM": "Harbour"}, "MAIL_FROM has no valid address"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"PHONE_REGION": "XX"}, "PHONE_REGION is “XX”"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is “LOUD”"),
        ({"CACHE_URL": "locmemcache://"}, "CACHE_URL must name a cache that all processes share"),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES must be 0 or more"),
        ({"BEHIND_TLS_PROXY": "sure"}, "BEHIND_TLS_PROXY must be on or off"),
        ({"HSTS_INCLUDE_SUBDOMAINS": "on"}, "HSTS_INCLUDE_SUBDOMAINS needs an ORIGIN with https"),
        ({"ORIGIN": "https://portal.example", "MFA_KEYS": ""}, "MFA_KEYS is not set"),
        ({"MFA_KEYS": "short"}, "MFA_KEYS must be keys of 32 random bytes"),
        (
            {"HSTS_PRELOAD": "on", "ORIGIN": "https://portal.example"},
            "HSTS_PRELOAD needs HSTS_INCLUDE_SUBDOMAINS",
        ),
        ({"VAR_DIR": __file__}, "VAR_DIR must be a folder"),
    ],
)
def test_start_refuses_what_is_malformed(tmp_path, environment, said):
    started = start(tmp_path, **environment)

    assert started.returncode != 0
    last = started.stderr.strip().splitlines()[-1]
    assert re.fullmatch(r"django\.core\.exceptions\.ImproperlyConfigured: .+\.", last), last
    assert said in last


def test_hsts_speaks_for_other_names_only_if_asked(tmp_path):
    https = {"ORIGIN": "https://portal.example"}
    asked = {"HSTS_INCLUDE_SUBDOMAINS": "on", "HSTS_PRELOAD": "on"}

    assert " True False False " in start(tmp_path, **https).stdout
    assert " True True True " in start(tmp_path, **https, **asked).stdout


def test_the_host_of_the_origin_is_always_answered(tmp_path):
    started = start(tmp_path, ORIGIN='"HTTPS://Portal.example/"')

    expected = "https://portal.example ['localhost', '127.0.0.1', 'portal.example'] "
    assert started.stdout.startswith(expected), started.stderr


def test_empty_variables_are_as_if_not_set(tmp_path):
    empty = dict.fromkeys(
        ("ORIGIN", "DEBUG", "NODES", "DATABASE_URL", "S3_ENDPOINT", "SMS_URL"), ""
    )

    assert start(tmp_path, **empty).stdout.startswith("http://localhost:8000 "), start(
        tmp_path, **empty
    ).stderr


def test_any_folder_can_hold_the_database(tmp_path):
    folder = tmp_path / "a+b %20#?"
    folder.mkdir()

    assert start(folder).stdout.endswith(f" {folder}/portal.sqlite3\n")


def test_every_variable_is_documented():
    settings = "\n".join(path.read_text() for path in (ROOT / "clinic").glob("*.py"))
    read = set(re.findall(r"env\.\w+\(\s*\"([A-Z][A-Z0-9_]+)\"", settings))
    documented = (ROOT / "docs/operations.md").read_text()

    assert len(read) > 20
    assert [name for name in sorted(read) if f"`{name}`" not in documented] == []
