"""Who may change what a person is told of (requirement D01)."""

import pytest

from portal.errors import Forbidden, PortalError
from portal.notifications.services import preferences
from tests.factories import AdminFactory, PatientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return PatientFactory().user


def test_D01_nobody_chooses_for_another(user):
    for change in (
        lambda by: preferences.set_preferences(user, off=set(), by=by),
        lambda by: preferences.unsubscribe(user, event="reminder", by=by),
    ):
        with pytest.raises(Forbidden):
            change(AdminFactory())


def test_D01_what_is_always_sent_cannot_be_switched_off(user):
    for off in ("appointment_cancelled:email", "account:email", "reminder:portal", "nonsense"):
        with pytest.raises(PortalError):
            preferences.set_preferences(user, off={off}, by=user)


def test_D01_all_of_it_fits(user):
    everything = {
        f"{name}:{channel}"
        for name, event in preferences.EVENTS.items()
        for channel in event.opt_out
    }

    assert (
        set(preferences.set_preferences(user, off=everything, by=user).switched_off.split())
        == everything
    )
