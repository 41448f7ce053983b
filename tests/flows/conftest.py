"""One running portal for all flows: gunicorn, worker, demo data, static files as in production."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Error

from tests.flows.mailbox import Mailbox
from tests.plugins.accessibility import check
from tests.plugins.browser import LOOKS
from tests.servers import databases, static_files
from tests.servers.client import signed_in_cookies
from tests.servers.portal import GUNICORN, Portal

WORKER = ("worker", "--interval=0.2")


@pytest.fixture(scope="package")
def clinic():
    folder = Path(os.environ["VAR_DIR"]) / "flows"
    static_files.collect_into(folder)
    portal = Portal(
        application="clinic.wsgi",
        gunicorn=f"{GUNICORN} --workers=2",
        environment={"VAR_DIR": str(folder), "MANIFEST_STATIC": "on"},
        database_url=databases.create_with_demo(),
    )
    try:
        portal.spawn(*WORKER)
        portal.wait_until_ready()
        yield portal
    finally:
        portal.stop()


@pytest.fixture(scope="package")
def browser_context_args(clinic):
    return {**LOOKS, "base_url": clinic.url}


@pytest.fixture(autouse=True)
def _clinics_database(clinic, django_db_blocker):
    """Models in a test read and write the running portal's rows; what it adds stays there."""
    with clinic.orm(django_db_blocker):
        yield


@pytest.fixture
def mailbox(clinic):
    return Mailbox(clinic)


@pytest.fixture
def sign_in_as(clinic):
    """`sign_in_as(user, page)` changes whose session the page's browser has; None signs out."""

    def change(user, page):
        page.context.clear_cookies()
        cookies = signed_in_cookies(user).items() if user else ()
        page.context.add_cookies(
            [{"name": name, "value": value, "url": clinic.url} for name, value in cookies]
        )

    return change


@pytest.fixture
def _without_javascript():
    return []


@pytest.fixture
def page_of(new_context, sign_in_as, _without_javascript):
    """`page_of(user)`: a page of a new browser in which that user is signed in."""

    def open_page(user=None, *, javascript=True):
        page = new_context(java_script_enabled=javascript).new_page()
        if not javascript:
            _without_javascript.append(page)
        sign_in_as(user, page)
        return page

    return open_page


@pytest.fixture(scope="session")
def _looked_at():
    return set()


@pytest.fixture
def look(_looked_at, _without_javascript):
    """`look(page)`: axe, in light and dark, wide and narrow; once for pages that are alike.

    axe itself needs JavaScript: without it only the width is looked at.
    """

    def once(page):
        if page in _without_javascript:
            assert_fits(page)
            return
        shapes = set(_shapes(page))
        if shapes - _looked_at:
            check(page)
            _looked_at.update(shapes)

    return once


def _shapes(page) -> list[str]:
    """Of the page that is there once it is whole, also when a click has only begun to open it."""
    while True:
        try:
            return page.evaluate(SHAPES)
        except Error as error:
            if "context was destroyed" not in str(error):
                raise


def assert_fits(page) -> None:
    """Nothing scrolls sideways in a window of 320 px; waits for the page a click began to open."""
    page.wait_for_load_state()
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": size["height"]})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
    page.set_viewport_size(size)


# What axe judges, without the words: tags and classes of the header and of the rest of the page,
# rows that are alike once.
SHAPES = """async () => {
  if (document.readyState !== 'complete') {
    await new Promise((loaded) => addEventListener('load', loaded));
  }
  const shape = (root) => [...root.querySelectorAll('*')].filter((it) => {
    const before = it.previousElementSibling;
    return before?.tagName !== it.tagName || before.className !== it.className;
  }).map((it) => `${it.tagName}.${it.getAttribute('class')}${it.open ? ' open' : ''}`).join(' ');
  const page = location.pathname.replace(/\\d[\\d-]*/g, '#');
  return [shape(document.querySelector('header')), page + shape(document.querySelector('main'))];
}"""
