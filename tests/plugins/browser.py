"""Settings of the browser tests: which Chromium, how its pages look, and that they stay quiet.

A test that asks for `page` runs against `live_server`, with paths as addresses: `page.goto("/")`.
It fails if the browser's console shows an error, a script throws, or a request or the CSP fails.
"""

import os
import re

import pytest

from tests.plugins import chromium

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
LOOKS = {
    "reduced_motion": "reduce",
    "locale": "en-GB",
    "timezone_id": "Europe/Madrid",
    "viewport": {"width": 1280, "height": 900},
}
ABORTED = "net::ERR_ABORTED"  # a navigation or a download ended the request: nothing went wrong


class Console:
    """What the browser complained about during one test."""

    def __init__(self):
        self.complaints: list[str] = []
        self.allowed: list[str] = []

    def allow(self, pattern: str) -> None:
        """Complaints that match are expected in this test, e.g. `status of 409`."""
        self.allowed.append(pattern)

    def watch(self, context) -> None:
        context.on("console", self._message)
        context.on("weberror", lambda error: self._add(f"script error: {error.error}"))
        context.on("requestfailed", self._request)

    def unexpected(self) -> list[str]:
        def expected(text):
            return any(re.search(pattern, text) for pattern in self.allowed)

        return [text for text in self.complaints if not expected(text)]

    def _message(self, message) -> None:
        if message.type == "error":
            self._add(f"console: {message.text} ({message.location.get('url', '')})")

    def _request(self, request) -> None:
        if request.failure != ABORTED:
            self._add(f"request failed: {request.method} {request.url} {request.failure}")

    def _add(self, text: str) -> None:
        self.complaints.append(text)


def pytest_collection_modifyitems(items):
    for item in items:
        if "page" in item.fixturenames or "new_context" in item.fixturenames:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    path = chromium.find()
    if path is None:
        outcome = pytest.fail if os.environ.get("CI") else pytest.skip
        outcome("no Chromium found; CHROMIUM_PATH may name one")
    # Playwright's own event loop runs in this thread, which Django takes for an async view.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args, live_server):
    return {**browser_context_args, "base_url": live_server.url, **LOOKS}


@pytest.fixture
def quiet_console():
    """The console of this test's pages; `quiet_console.allow(pattern)` expects a complaint."""
    console = Console()
    yield console
    if unexpected := console.unexpected():
        pytest.fail("\n".join(["The browser complained:", *unexpected]), pytrace=False)


@pytest.fixture
def new_context(quiet_console, new_context):
    """Every context of a test is watched, also a second person's."""

    def watched(**options):
        context = new_context(**options)
        quiet_console.watch(context)
        return context

    return watched
