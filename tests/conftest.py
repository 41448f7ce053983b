"""What every test gets."""

import gc

import pytest
from django.db import connection
from django.test import override_settings

from portal.database import guards
from tests.servers import databases

pytest_plugins = [
    "tests.plugins.selection",  # first: others ask it
    "tests.plugins.accessibility",
    "tests.plugins.audited",
    "tests.plugins.browser",
    "tests.plugins.lock_order",
    "tests.plugins.people",
    "tests.plugins.scheduling",
    "tests.servers.fixtures",
]

TRANSACTIONAL = {"transactional_db", "live_server", "django_db_reset_sequences"}


def pytest_collection_finish():
    """What is loaded by now lives to the end: not walked through by each garbage collection."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True, scope="session")
def _fast_passwords():
    """The real hasher is slow on purpose."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment):
    """In place of pytest-django's: a copy of the tables that the run has migrated once.

    It goes with the run's folder and server. To drop it would have to wait for a browser that still
    holds on to a thread of the live server.
    """
    with databases.in_use(databases.create()):
        yield


@pytest.fixture(autouse=True)
def _liftable_guards(request):
    """Tests that commit are cleaned up by deleting rows, which the audit's guard would refuse."""
    marker = request.node.get_closest_marker("django_db")
    commits = marker and marker.kwargs.get("transaction")
    if not commits and not TRANSACTIONAL & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("transactional_db")
    guards.install(connection)
    yield
    guards.remove(connection)
