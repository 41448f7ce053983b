"""Where the portal is reached and who its mails are from: ORIGIN, ALLOWED_HOSTS, MAIL_FROM."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from clinic import addresses
from clinic.environment import Environment


def read(name: str, parse, text: str):
    return Environment({name: text}).parsed(name, parse)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://portal.example", "https://portal.example"),
        ('"https://portal.example"', "https://portal.example"),
        ("'https://portal.example/'", "https://portal.example"),
        ("  https://portal.example \n", "https://portal.example"),
        ("HTTPS://Portal.EXAMPLE", "https://portal.example"),
        ("https://portal.example:443", "https://portal.example"),
        ("http://portal.example:80/", "http://portal.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("https://clínica.example", "https://xn--clnica-4va.example"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_origin_is_read_as_browsers_write_it(written, meant):
    assert read("ORIGIN", addresses.origin, written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "portal.example",
        "ftp://portal.example",
        "https://",
        "https:///portal.example",
        "https://portal.example/clinic",
        "https://portal.example?a=b",
        "https://portal.example#top",
        "https://me@portal.example",
        "https://portal example",
        "https://portal_example",
        "https://portal.example:port",
        "https://portal.example:99999",
        "https://[::1",
        "https://-a.example",
        "https://a.example,https://b.example",
    ],
)
def test_origin_with_more_or_less_than_a_host_is_refused(written):
    with pytest.raises(ImproperlyConfigured, match=r"^ORIGIN .+\.$"):
        read("ORIGIN", addresses.origin, written)


def test_allowed_hosts_are_names_only():
    text = ' Portal.example, "b.example" ,,.c.example,[::1],*,clínica.example '

    assert read("ALLOWED_HOSTS", addresses.hosts, text) == [
        "portal.example",
        "b.example",
        ".c.example",
        "[::1]",
        "*",
        "xn--clnica-4va.example",
    ]


@pytest.mark.parametrize("text", ["https://portal.example", "a.example:8000", "a b", "a.example/"])
def test_allowed_hosts_that_would_never_match_are_refused(text):
    with pytest.raises(ImproperlyConfigured, match=r"^ALLOWED_HOSTS lists “.+”; it takes"):
        read("ALLOWED_HOSTS", addresses.hosts, text)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("clinic@portal.example", "clinic@portal.example"),
        ("clinic@localhost", "clinic@localhost"),
        ("<clinic@portal.example>", "clinic@portal.example"),
        ("Harbour <clinic@portal.example>", "Harbour <clinic@portal.example>"),
        ("Harbour Clinic, Madrid <c@a.example>", '"Harbour Clinic, Madrid" <c@a.example>'),
        ('"Harbour Clinic, Madrid" <c@a.example>', '"Harbour Clinic, Madrid" <c@a.example>'),
        ('"Clinic @ Harbour" <c@a.example>', '"Clinic @ Harbour" <c@a.example>'),
        ("Clínica Ñandú <c@a.example>", "Clínica Ñandú <c@a.example>"),
        ("c@clínica.example", "c@xn--clnica-4va.example"),
        ("'c@A.example'", "c@a.example"),
    ],
)
def test_sender_is_one_address_with_its_name(written, meant):
    assert read("MAIL_FROM", addresses.sender, written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        "Harbour Clinic",
        "Harbour Clinic <>",
        "Harbour Clinic <clinic>",
        "a@a.example, b@b.example",
        "a@a.example, <b@b.example>",
        "Harbour\nBcc: x@y.example <a@a.example>",
        "cl ínic@a.example",
        "clínic@a.example",
        "c@portal_.example",
        "c@",
    ],
)
def test_sender_without_one_address_is_refused(written):
    with pytest.raises(ImproperlyConfigured, match=r"^MAIL_FROM .+\.$"):
        read("MAIL_FROM", addresses.sender, written)
