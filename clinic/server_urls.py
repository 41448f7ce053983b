"""The URLs of other servers in the settings: database, cache, mail, object storage.

Each function parses the value of one variable. If the value is invalid, it raises ValueError with
the end of a sentence; the caller puts the variable's name in front. The URLs contain passwords, so
no message repeats any part of them.
"""

import re
from importlib.util import find_spec
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

POSTGRESQL = ("postgresql", "postgres")
DATABASE_FORM = "postgresql://user:password@host/name or sqlite:////path"
# What Django reads besides the words of PostgreSQL's own library.
DJANGO_OPTIONS = {"server_side_binding", "prepare_threshold", "conn_health_checks", "assume_role"}
MAIL_FORM = (
    "smtp+tls://user:password@host:587 (STARTTLS), smtps://… (TLS from the start) or smtp://"
)
# Scheme → TLS as in Django's settings, and the usual port.
MAIL_SCHEMES = {
    "smtp": ({}, 25),
    "smtp+tls": ({"EMAIL_USE_TLS": True}, 587),
    "smtps": ({"EMAIL_USE_SSL": True}, 465),
    "smtp+ssl": ({"EMAIL_USE_SSL": True}, 465),
}
OF_ONE_PROCESS = ("locmemcache", "dummycache")
NEEDED = {"redis": "redis", "valkey": "redis", "pymemcache": "pymemcache", "pylibmc": "pylibmc"}
_OTHER_HOSTS = re.compile(r",[^/@]*(?=/)")  # a cluster's: its first host stands for all
CACHE_FORM = "dbcache://cache or redis://host:6379/0"


def database(text: str) -> dict:
    """Django's settings of a SQLite file or of PostgreSQL."""
    scheme = text.partition(":")[0].lower()
    if scheme == "sqlite":
        return _sqlite(text)
    if scheme not in POSTGRESQL:
        raise ValueError(f"must be {DATABASE_FORM}.")
    parts = _split(_OTHER_HOSTS.sub("", text), DATABASE_FORM)
    if not parts.path.strip("/") or parts.fragment:
        raise ValueError(
            f"lacks the name of the database: {DATABASE_FORM}; in the password / is %2F, # is %23, "
            "? is %3F and @ is %40."
        )
    _check_options(parts.query)
    return environ.Env.db_url_config(text)


def _sqlite(text: str) -> dict:
    """Refuses a database in memory: each process would have its own."""
    parts = urlsplit(text) if not text.endswith(":memory:") else None
    if parts is None or parts.netloc or len(parts.path) < 2:
        raise ValueError("must name a file, with three slashes before its path: sqlite:////path.")
    if parts.query or parts.fragment:
        raise ValueError("takes no options for SQLite.")
    return environ.Env.db_url_config(text)


def _check_options(query: str) -> None:
    from psycopg.pq import Conninfo  # deferred: SQLite needs no driver of PostgreSQL

    known = DJANGO_OPTIONS | {option.keyword.decode() for option in Conninfo.get_defaults()}
    if unknown := sorted(name for name in parse_qs(query) if name.lower() not in known):
        raise ValueError(f"has an option that PostgreSQL does not know: {', '.join(unknown)}.")


def cache(text: str) -> dict:
    """Django's settings of a cache."""
    parts = _split(text, CACHE_FORM)
    kind = next((name for name in NEEDED if parts.scheme.startswith(name)), None)
    if kind and find_spec(NEEDED[kind]) is None:
        raise ValueError(f"needs the package {NEEDED[kind]}, which is not installed.")
    try:
        settings = environ.Env.cache_url_config(text)
    except ImproperlyConfigured:
        settings = None
    if (
        not settings
        or parts.scheme == "memcache"
        or (parts.scheme == "dbcache" and not parts.netloc)
    ):
        raise ValueError(f"must be like {CACHE_FORM}.")
    return settings


def is_of_one_process(text: str) -> bool:
    """Whether each process would keep its own entries."""
    return text.partition(":")[0] in OF_ONE_PROCESS


def mail(text: str) -> dict:
    """Django's EMAIL_… settings of an SMTP server."""
    parts = _split(text, MAIL_FORM)
    if parts.scheme not in MAIL_SCHEMES or not parts.hostname:
        raise ValueError(f"must be {MAIL_FORM}.")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(f"ends after the port: {MAIL_FORM}; in the password / is %2F, # is %23.")
    if bool(parts.username) != bool(parts.password):
        raise ValueError(f"names a user without a password, or the other way: {MAIL_FORM}.")
    tls, port = MAIL_SCHEMES[parts.scheme]
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        **tls,
    }


def endpoint(text: str) -> str | None:
    """The address of an S3 service; None for Amazon's own."""
    if not text:
        return None
    parts = _split(text, "https://s3.example")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ValueError("must be like https://s3.example.")
    return text.rstrip("/")


def _split(text: str, form: str) -> SplitResult:
    """Python's own error messages would show a part of the password."""
    try:
        parts = urlsplit(text)
        _checked = parts.port
    except ValueError:
        raise ValueError(f"must be {form}; in the password / is %2F and @ is %40.") from None
    if any(char.isspace() for char in text):
        raise ValueError("has a blank in it, which is written %20.")
    return parts
