"""One world for all tests of this folder; each cell is taken back by a savepoint.

Staff must have a second factor, as in production.
"""

import pytest
from django.test import override_settings

from tests.access.world import World
from tests.access.writes import Watch
from tests.setups.undone import around_tests


@pytest.fixture(scope="package")
def world(django_db_setup, django_db_blocker):
    with (
        django_db_blocker.unblock(),
        around_tests(),
        override_settings(SECOND_FACTOR_REQUIRED=True),
    ):
        yield World()


@pytest.fixture(scope="package")
def watch(world):
    return Watch(world)


@pytest.fixture
def ask(watch):
    """`ask(role, method, path, data)` answers as Watch.ask does."""
    return watch.ask


@pytest.fixture
def _django_db_helper(world):
    """In place of pytest-django's own, which would begin and end a transaction for each test."""
