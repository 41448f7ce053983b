"""One world for all tests of this folder; each cell is taken back by a savepoint."""

import pytest
import time_machine
from django.db import transaction

from tests.transitions.world import MORNING, World


@pytest.fixture(scope="package")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(MORNING, tick=False):
            made = World()
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def _django_db_helper(world):
    """In place of pytest-django's own, which would begin and end a transaction for each test."""
