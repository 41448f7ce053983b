"""The demo clinic, whose pages this process renders in the pseudo-language."""

import pytest
import time_machine
from django.core.cache import caches
from django.core.management import call_command
from django.test import override_settings
from django.utils import translation
from django.utils.translation import trans_real

from tests.management import NOON_ON_WEDNESDAY
from tests.pseudo.language import CODE, install
from tests.setups.undone import around_tests


@pytest.fixture(scope="module")
def demo_clinic(django_db_setup, django_db_blocker):
    at_noon = time_machine.travel(NOON_ON_WEDNESDAY, tick=False)
    with django_db_blocker.unblock(), around_tests(), at_noon, override_settings(DEBUG=True):
        call_command("demo", verbosity=0)
        yield


@pytest.fixture
def in_pseudo():
    """Within it every text that is marked for translation is in brackets."""
    code = {"LANGUAGE_CODE": CODE, "LANGUAGES": [(CODE, "Pseudo")], "USE_I18N": True}
    with override_settings(**code):
        _forget()
        install()
        yield
    _forget()


def _forget() -> None:
    """Django binds its translation functions once, and what was rendered is in English."""
    translation._trans.__dict__.clear()
    trans_real._default = None
    caches["templates"].clear()
