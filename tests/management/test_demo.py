from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from portal.models import Appointment, ClinicSettings, Doctor, User
from tests.factories import UserFactory
from tests.management import NOON_ON_WEDNESDAY, invariants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_own_machine")]


def test_demo_is_refused_without_debug(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="needs DEBUG"):
        call_command("demo")

    assert not User.objects.exists()


def test_demo_if_empty_leaves_a_clinic_with_users_alone():
    UserFactory()

    call_command("demo", "--if-empty")

    assert not Doctor.objects.exists()


def test_demo_says_whose_address_it_needs():
    UserFactory(email="patient07@example.com")

    with pytest.raises(CommandError, match="needs patient07@"):
        call_command("demo")

    assert User.objects.count() == 1


def test_demo_keeps_settings_that_were_made_before(at_noon):
    ClinicSettings.objects.create(pk=1, name="Ours", grid_minutes=45)

    call_command("demo", verbosity=0)

    assert ClinicSettings.current().name == "Ours"
    invariants.assert_clinic_is_sound(at_noon)


def test_demo_is_alive_on_a_sunday_too():
    sunday = NOON_ON_WEDNESDAY - timedelta(days=3)

    with time_machine.travel(sunday, tick=False):
        call_command("demo", verbosity=0)

    today = Appointment.objects.filter(starts_at__date=sunday, state="confirmed")
    assert today.count() >= 10
    assert today.values("doctor").distinct().count() >= 3
    invariants.assert_clinic_is_sound(sunday)
