"""Browsers that send their request byte by byte do not stop `./dev run` for the others."""

import importlib.util
import socket
import threading
from contextlib import ExitStack, contextmanager
from importlib.machinery import SourceFileLoader
from urllib.parse import urlsplit

import pytest
import urllib3

from tests.servers.databases import ROOT

DRIPPING = 50
PATIENCE = 5  # seconds

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def gunicorn_of_dev_run() -> str:
    """The arguments with which `./dev run` starts its web server."""
    loader = SourceFileLoader("dev", str(ROOT / "dev"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("dev", loader))
    loader.exec_module(module)
    return module.GUNICORN


@contextmanager
def dripping(url: str, count: int):
    """So many connections, on each of which a letter of a header comes now and then."""
    parts, over = urlsplit(url), threading.Event()
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.create_connection((parts.hostname, parts.port)))
            for _number in range(count)
        ]
        for one in sockets:
            one.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")

        def drip():
            while not over.wait(0.2):
                for one in sockets:
                    one.sendall(b"a")

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            over.wait(1)  # until each of them has been taken up
            yield
        finally:
            over.set()
            thread.join()


def test_slow_senders_do_not_stop_the_others(start_portal, gunicorn_of_dev_run):
    portal = start_portal(gunicorn=gunicorn_of_dev_run)

    with dripping(portal.url, DRIPPING):
        answers = [
            urllib3.request("GET", f"{portal.url}/", retries=False, timeout=PATIENCE).status
            for _number in range(5)
        ]

    assert answers == [200] * 5
