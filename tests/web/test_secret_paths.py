"""Every address with a free part in it is secret, or known to be harmless."""

import re

import pytest
from django.urls import get_resolver
from django.urls.resolvers import RoutePattern

from portal.web.secret_paths import has_secret, without_secrets

SECRET = "Zx9-s3cr3t"
HARMLESS = {
    "appointment-mark:verb",  # “arrive”, “complete”
    "doctor-photo:digest",  # names a public picture
    "clinic-settings-section:slug",  # “booking”, “reminders”
}
COUNTED = ("IntConverter", "IsoDateConverter")


def places(patterns, before: str = ""):
    """Of each address with free parts: its name and those parts, and the address filled in."""
    for pattern in patterns:
        path, free = filled(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from places(pattern.url_patterns, before + path)
        elif free:
            yield {f"{pattern.name}:{part}" for part in free}, f"/{before}{path}"


def filled(pattern) -> tuple[str, set[str]]:
    if isinstance(pattern, RoutePattern):
        free = {
            name
            for name, converter in pattern.converters.items()
            if type(converter).__name__ not in COUNTED
        }
        numbers = re.sub(r"<(?:int|isodate):\w+>", "7", str(pattern))
        return re.sub(r"<[^>]+>", SECRET, numbers), free
    free = set(pattern.regex.groupindex)
    path = str(pattern).strip("^$").replace("\\Z", "")
    return re.sub(r"\(\?P<\w+>(?:\[[^\]]*\]|[^)])*\)", SECRET, path), free


def test_every_free_part_of_an_address_is_masked_or_harmless():
    found = [(names, path) for names, path in places(get_resolver().url_patterns)]
    shown = {
        path for names, path in found if not names <= HARMLESS and SECRET in without_secrets(path)
    }

    assert len(found) >= 6
    assert shown == set()
    assert all(has_secret(path) for names, path in found if not names <= HARMLESS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Not Found: /calendar/abc.d-e:f.ics", "Not Found: /calendar/….ics"),
        ("/attendance/17-tz8k00_18-x.sig/", "/attendance/…/"),
        ("/attendance/17-tz8k00_18-x", "/attendance/…"),
        ("GET /invitations/abc.d-e/ HTTP", "GET /invitations/…/ HTTP"),
        (
            "see /accounts/password/reset/key/1-abc/?next=/x",
            "see /accounts/password/reset/key/…/?next=/x",
        ),
        ("GET /accounts/confirm-email/MQ:1x:y/ HTTP", "GET /accounts/confirm-email/…/ HTTP"),
        ("/appointments/17/calendar/", "/appointments/17/calendar/"),
        ("/slots/?doctor=1", "/slots/?doctor=1"),
    ],
)
def test_secret_parts_are_left_out(text, said):
    assert without_secrets(text) == said


@pytest.mark.parametrize("path", ["/", "/profile/calendar/renew/", "/appointments/1/calendar/"])
def test_other_addresses_have_no_secret(path):
    assert not has_secret(path)
