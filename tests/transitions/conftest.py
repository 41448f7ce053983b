"""One world for all tests of this folder; each cell is taken back by a savepoint."""

import pytest
import time_machine

from tests.setups.undone import around_tests
from tests.transitions.world import MORNING, World


@pytest.fixture(scope="package")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), around_tests():
        with time_machine.travel(MORNING, tick=False):
            made = World()
        yield made


@pytest.fixture
def _django_db_helper(world):
    """In place of pytest-django's own, which would begin and end a transaction for each test."""
