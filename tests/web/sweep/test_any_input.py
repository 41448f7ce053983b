"""Whatever is sent to whichever page, it is no error of the portal's.

The URLs are those of the resolver; the names of their queries and forms are those that the views
look up, and those in the forms of their pages.
"""

import logging
from urllib.parse import quote

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse

from tests.web.sweep.pages import Forms, Names
from tests.web.sweep.world import World

BAD = {
    "no text": "a\0\ud800\u202eb",
    "long": "x" * 10_000,
    "huge": "9" * 30,
    "first day": "0001-01-01",
    "last day": "9999-12-31",
}
FORM = "application/x-www-form-urlencoded"
REFUSED = (403, 404, 405)


def named_urls(patterns, parts: frozenset[str] = frozenset()) -> dict[str, frozenset[str]]:
    """The names of all URLs, with those of the parts of their paths."""
    found = {}
    for pattern in patterns:
        own = parts | parts_of(pattern)
        inner = getattr(pattern, "url_patterns", None)
        found |= {pattern.name: own} if inner is None else named_urls(inner, own)
    return found


def parts_of(url) -> set[str]:
    """The names of the parts of its path, also of a regular expression."""
    return set(url.pattern.converters) | set(url.pattern.regex.groupindex)


URLS = named_urls(get_resolver().url_patterns)


def encoded(values: dict[str, str]) -> str:
    parts = [
        f"{quote(name)}={quote(value, errors='surrogatepass')}" for name, value in values.items()
    ]
    return "&".join(parts)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture
def sweep(world, db, monkeypatch):
    logging.disable(logging.CRITICAL)  # or each 403 is told with its traceback
    yield Sweep(world, Names(monkeypatch))
    logging.disable(logging.NOTSET)


class Sweep:
    def __init__(self, world: World, names: Names):
        self.clients, self.names, self.failed = world.clients(), names, []
        self._done = set()

    def ask(self, role: str, url: str, values: dict, *, post: bool = False):
        """One request whose writes are taken back."""
        client = self.clients[role]
        with transaction.atomic():
            if post:
                response = client.post(url, encoded(values), content_type=FORM)
            else:
                response = client.get(url, QUERY_STRING=encoded(values))
            transaction.set_rollback(True)
        if response.status_code >= 500:
            self.failed.append((role, "POST" if post else "GET", url, values))
        return response

    def everything(self, role: str, url: str) -> None:
        """Each name with each bad value, once for all roles that see the same page."""
        page = self.ask(role, url, {})
        self.each(role, url, {}, page, post=False)
        text = page.content.decode() if page.status_code == 200 and not page.streaming else ""
        sent = [fields for action, fields in Forms(text).found if action in ("", url)]
        for fields in [{}, *sent]:
            self.each(role, url, fields, self.ask(role, url, fields, post=True), post=True)

    def each(self, role: str, url: str, fields: dict, answer, *, post: bool) -> None:
        """Name by name for the first role that may; for others all at once, if they have others."""
        names = frozenset({*self.names.take(), *fields})
        if answer.status_code in REFUSED or (post, names, answer.status_code) in self._done:
            return
        is_first = not any(one[0] == post for one in self._done)
        self._done.add((post, names, answer.status_code))
        for together in [[name] for name in names] if is_first else [names]:
            for value in BAD.values():
                self.ask(role, url, fields | dict.fromkeys(together, value), post=post)
        self.names.take()

    def step(self, role: str, url: str, fields: dict) -> None:
        """A form that lies behind another page: each of its names for each role that may."""
        if self.ask(role, url, fields, post=True).status_code in REFUSED:
            return
        for name in fields:
            for value in BAD.values():
                self.ask(role, url, fields | {name: value}, post=True)


@pytest.mark.parametrize("name", URLS)
def test_no_input_is_an_error_of_the_portal(name, world, sweep):
    url = reverse(name, kwargs=world.arguments(name, URLS[name]))

    for role in sweep.clients:
        sweep.everything(role, url)
        for query, fields in world.further_steps(name):
            step = f"{url}?{encoded(query)}"
            sweep.step(role, step, fields)

    assert [_short(one) for one in sweep.failed] == []


@pytest.mark.parametrize("name", [name for name, parts in URLS.items() if parts])
def test_no_path_is_an_error_of_the_portal(name, world, sweep):
    arguments = world.arguments(name, URLS[name])
    url = reverse(name, kwargs=arguments)

    for part in map(str, arguments.values()):
        for value in BAD.values():
            path = url.replace(part, quote(value, errors="surrogatepass"), 1)
            for role in ("patient", "doctor", "admin"):
                sweep.ask(role, path, {})
                sweep.ask(role, path, {}, post=True)

    assert [_short(one) for one in sweep.failed] == []


def _short(failed: tuple) -> str:
    role, method, url, values = failed
    sent = {name: value[:20] for name, value in values.items()}
    return f"{role} {method} {url[:80]} {sent!a}"
