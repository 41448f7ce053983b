"""An assistant changes a doctor's times only at offices whose day they run (B02, B03, B05, B19)."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from portal.diary.services import availability, day_copies, hours, time_off
from portal.diary.services.time_off import Choice
from portal.enums import SlotState
from portal.errors import Forbidden
from portal.models import HoursException, Slot, TimeOff, WeeklyHours
from tests.factories import (
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    OfficeFactory,
    SlotFactory,
    in_days,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor():
    return DoctorFactory()


@pytest.fixture
def far():
    """Another office, where the doctor works as well."""
    return OfficeFactory()


@pytest.fixture
def desk(doctor):
    return AssistantFactory(offices=[doctor.office]).user


def block_at(doctor, office, *, is_saved=True):
    block = WeeklyHours(
        doctor=doctor, office=office, weekday=0, starts=time(9), ends=time(13), minutes=30
    )
    block.valid_from = timezone.now().date()
    if is_saved:
        block.save()
    return block


def test_B05_a_slot_elsewhere_is_not_removed(desk, doctor, far):
    slot = SlotFactory(doctor=doctor, office=far)

    with pytest.raises(Forbidden):
        availability.remove(slot, by=desk)
    slot.refresh_from_db()
    assert slot.state == SlotState.OPEN


def test_B02_a_day_elsewhere_is_not_declared(desk, doctor, far):
    day = in_days(3).date()
    place = {"office": far, "by": desk}
    copy = {"source": day, "targets": [in_days(4).date()], "confirmed": None}

    for declare in (
        lambda: availability.set_day(doctor, day=day, starts=[], **place),
        lambda: day_copies.copy_day(doctor, **copy, **place),
    ):
        with pytest.raises(Forbidden):
            declare()
    assert not Slot.objects.exists()


def test_B03_hours_elsewhere_are_not_changed(desk, doctor, far):
    here, there = block_at(doctor, doctor.office), block_at(doctor, far)
    day, sure = in_days(3).date(), {"confirmed": None, "by": desk}
    new = block_at(doctor, far, is_saved=False)
    new.weekday = 3

    for change in (
        lambda: hours.add(doctor, blocks=[new], **sure),
        lambda: hours.change(there, first_day=day, minutes=20, **sure),
        lambda: hours.change(here, first_day=day, office=far, **sure),
        lambda: hours.end(there, last_day=day, **sure),
        lambda: hours.set_exception(doctor, office=far, day=day, stretches=[], **sure),
        lambda: hours.drop_exception(doctor, office=far, day=day, **sure),
    ):
        with pytest.raises(Forbidden):
            change()
    assert not HoursException.objects.exists()


def test_B19_a_request_elsewhere_is_not_declined_by_a_time_off(desk, doctor, far):
    asked = AppointmentFactory(doctor=doctor, office=far, starts_at=in_days(3), state="requested")
    choices = {asked.pk: Choice(asked.version, "decline")}

    with pytest.raises(Forbidden):
        time_off.take_time_off(
            doctor,
            starts_at=asked.starts_at - timedelta(hours=1),
            ends_at=asked.ends_at,
            choices=choices,
            by=desk,
        )
    asked.refresh_from_db()
    assert asked.state == "requested"
    assert not TimeOff.objects.exists()
