import pytest
import time_machine
from django.core.management import call_command
from django.test import override_settings

from tests.management import NOON_ON_WEDNESDAY
from tests.setups.undone import around_tests


@pytest.fixture
def on_own_machine(settings):
    settings.DEBUG = True


@pytest.fixture
def at_noon():
    with time_machine.travel(NOON_ON_WEDNESDAY, tick=False):
        yield NOON_ON_WEDNESDAY


@pytest.fixture(scope="module")
def demo_clinic(django_db_setup, django_db_blocker):
    """The demo clinic, made on a Wednesday at noon for a whole module of tests."""
    with django_db_blocker.unblock(), around_tests():
        with time_machine.travel(NOON_ON_WEDNESDAY, tick=False), override_settings(DEBUG=True):
            call_command("demo", verbosity=0)
        yield
