"""A seeded clinic to measure: its database, and who is signed in to ask for what."""

from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from django.utils.crypto import get_random_string

from portal.models import User
from tests.servers import databases

CSRF = "a" * 32


@dataclass(frozen=True)
class Clinic:
    """A database of the portal, filled by `manage.py seed`."""

    url: str

    @classmethod
    def make(cls, server: str, name: str, **size: int) -> "Clinic":
        url = f"{server}/{name}"
        databases.on_server(url, f'CREATE DATABASE "{name}"')
        databases.manage(url, "migrate", "--verbosity=0")
        databases.manage(url, "createcachetable")
        databases.manage(url, "seed", *(f"--{key}={value}" for key, value in size.items()))
        databases.on_server(url, "CHECKPOINT")
        return cls(url)

    @contextmanager
    def orm(self):
        """Within it, models in this process read and write this database."""
        connection.close()
        connection.settings_dict["NAME"] = databases.name_of(self.url)
        try:
            yield
        finally:
            connection.close()


def sign_in(users: Iterable[User]) -> dict[int, str]:
    """A new session of each, as after the sign-in form: the values of their cookies, by user."""
    keys = {}
    sessions = []
    expires = timezone.now() + timedelta(days=1)
    for user in users:
        keys[user.pk] = get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789")
        data = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        encoded = SessionStore().encode(data)
        sessions.append(
            Session(session_key=keys[user.pk], session_data=encoded, expire_date=expires)
        )
    Session.objects.bulk_create(sessions)
    return keys


def get(path: str, session: str, headers: dict[str, str] | None = None) -> str:
    """The text of a GET request."""
    more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    return f"GET {path} HTTP/1.1\r\n{_head(session)}{more}\r\n"


def post(path: str, session: str, body: str) -> str:
    form = "Content-Type: application/x-www-form-urlencoded"
    return (
        f"POST {path} HTTP/1.1\r\n{_head(session)}{form}\r\n"
        f"Content-Length: {len(body)}\r\nX-CSRFToken: {CSRF}\r\n\r\n{body}"
    )


def _head(session: str) -> str:
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}"
    return f"Host: 127.0.0.1\r\nConnection: close\r\nCookie: {cookies}\r\n"
