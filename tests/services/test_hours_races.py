"""Several at once: the job in two workers, and a change of hours against it (requirement B03)."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from portal.enums import SlotState
from portal.models import ClinicSettings, Slot, WeeklyHours
from portal.services import hours_slots
from tests.factories import DoctorFactory, in_days
from tests.services.weekly import block

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 3


def at_once(act) -> list:
    """What each of AT_ONCE threads returned or raised."""
    answers, barrier = [], Barrier(AT_ONCE)

    def run():
        try:
            barrier.wait()
            answers.append(act())
        except Exception as error:
            answers.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run) for _n in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_B03_jobs_that_run_at_the_same_moment_make_each_slot_once():
    ClinicSettings.objects.create(pk=1, horizon_days=28)
    doctors = DoctorFactory.create_batch(4)
    for doctor in doctors:
        row = block(doctor.office, "09:00–13:00", valid_from=in_days(1).date())
        row.doctor = doctor
        row.save()

    made = at_once(hours_slots.keep_made)

    assert sum(made) == Slot.objects.count() == 4 * 8 * 4
    assert set(Slot.objects.values_list("state", flat=True)) == {SlotState.OPEN}
    assert WeeklyHours.objects.count() == 4
    assert at_once(hours_slots.keep_made) == [0] * AT_ONCE
