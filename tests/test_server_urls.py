"""The URLs of other servers are understood, or refused without telling their secrets."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from clinic import server_urls
from clinic.environment import Environment


def read(name: str, parse, text: str):
    return Environment({name: text}).parsed(name, parse)


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.example", 25, None, None),
        ("smtp+tls://mail.example", 587, True, None),
        ("smtps://mail.example", 465, None, True),
        ("smtp+ssl://mail.example:1465", 1465, None, True),
        ("SMTPS://mail.example/", 465, None, True),
    ],
)
def test_the_scheme_of_a_mail_server_says_how_it_speaks_tls(url, port, tls, ssl):
    settings = read("EMAIL_URL", server_urls.mail, url)

    assert settings["EMAIL_HOST"] == "mail.example"
    assert settings["EMAIL_PORT"] == port
    assert (settings.get("EMAIL_USE_TLS"), settings.get("EMAIL_USE_SSL")) == (tls, ssl)


def test_user_and_password_of_a_mail_server_are_decoded():
    settings = read("EMAIL_URL", server_urls.mail, "smtps://a%40b.example:p%2F%3A%23@mail.example")

    assert settings["EMAIL_HOST_USER"] == "a@b.example"
    assert settings["EMAIL_HOST_PASSWORD"] == "p/:#"


SECRET = "hunter2"
MALFORMED = {
    "EMAIL_URL": (
        server_urls.mail,
        [
            "mail.example:587",
            f"http://u:{SECRET}@mail.example",
            "smtps://",
            f"smtps://u:{SECRET}/x@mail.example",
            f"smtps://u:{SECRET}#x@mail.example",
            f"smtps://u:1?{SECRET}@mail.example",
            f"smtps://u:{SECRET}@mail.example/inbox",
            f"smtps://u:{SECRET}@mail.example?timeout=5",
            f"smtps://u:{SECRET} x@mail.example",
            "smtps://u@mail.example",
            f"smtps://u:{SECRET}@mail.example:port",
        ],
    ),
    "DATABASE_URL": (
        server_urls.database,
        [
            "portal.sqlite3",
            f"mysql://u:{SECRET}@host/portal",
            "sqlite://portal.sqlite3",
            "sqlite:///",
            "sqlite://:memory:",
            "sqlite:////tmp/portal.sqlite3?timeout=5",
            f"postgresql://u:{SECRET}@host",
            f"postgresql://u:{SECRET}@host/",
            f"postgresql://u:{SECRET}/x@host/portal",
            f"postgresql://u:{SECRET}#x@host/portal",
            f"postgresql://u:1?{SECRET}@host/portal",
            f"postgresql://u:{SECRET}@host:port/portal",
            f"postgresql://u:{SECRET}@host/portal?sslmod=require",
            f"postgresql://u:{SECRET} x@host/portal",
        ],
    ),
    "CACHE_URL": (
        server_urls.cache,
        ["cache", "dbcache://", "memcache://host", "carrier://pigeon", "pymemcache://host"],
    ),
    "S3_ENDPOINT": (server_urls.endpoint, ["s3.example", "ftp://s3.example", "https://"]),
}


@pytest.mark.parametrize(
    ("name", "url"), [(name, url) for name, (_parse, urls) in MALFORMED.items() for url in urls]
)
def test_malformed_urls_are_refused_without_their_secrets(name, url):
    with pytest.raises(ImproperlyConfigured, match=rf"^{name} .+\.$") as refused:
        read(name, MALFORMED[name][0], url)

    assert SECRET not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "name", "host"),
    [
        ("postgresql://u:p%2F%40@host/portal?sslmode=require", "portal", "host"),
        ("PostgreSQL://u@host:5433/portal", "portal", "host"),
        ("postgres://u:p@h1:5432,h2:5433/portal", "portal", "h1,h2"),
        ("postgresql:///portal", "portal", ""),
        ("sqlite:////srv/a%20b/portal.sqlite3", "/srv/a b/portal.sqlite3", ""),
    ],
)
def test_databases_are_understood(url, name, host):
    settings = read("DATABASE_URL", server_urls.database, url)

    assert (settings["NAME"], settings["HOST"]) == (name, host)
