"""A plain HTTP client that carries cookies and CSRF tokens, and many of them at once."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from importlib import import_module
from urllib.parse import urlencode

import urllib3
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connections
from django.utils.crypto import get_random_string


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: urllib3.HTTPHeaderDict

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")


@dataclass
class Client:
    """`client.get("/path/")` and `client.post("/path/", {...})`; redirects are not followed."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    timeout: float = 60

    def __post_init__(self):
        self.cookies.setdefault(settings.CSRF_COOKIE_NAME, get_random_string(32))

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, headers=headers)

    def post(self, path: str, data: dict | None = None, **headers: str) -> Answer:
        """`data` as a form; a header `HX-Request` is passed as `**{"HX-Request": "true"}`."""
        body = urlencode(data or {}, doseq=True)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.request("POST", path, body=body, headers={**form, **headers})

    def request(self, method: str, path: str, *, headers: dict, body: str | None = None) -> Answer:
        carried = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-CSRFToken": self.cookies[settings.CSRF_COOKIE_NAME],
        }
        options = {"body": body, "headers": {**carried, **headers}, "redirect": False}
        with urllib3.PoolManager(retries=False, timeout=self.timeout) as pool:
            response = pool.request(method, self.url + path, **options)
        self._keep_cookies(response.headers.getlist("Set-Cookie"))
        return Answer(response.status, response.data.decode(errors="replace"), response.headers)

    def _keep_cookies(self, lines: list[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value


def signed_in_cookies(user) -> dict[str, str]:
    """The cookie of a new session of `user` in the default database, as after the sign-in form."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return {settings.SESSION_COOKIE_NAME: session.session_key}


def race(actions: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Run them all at the same moment, each in a thread; returns their results in order."""
    start = threading.Barrier(len(actions))

    def run(action):
        start.wait(timeout=30)
        try:
            return action()
        finally:
            connections.close_all()  # this thread's own, if the action used the ORM

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))
