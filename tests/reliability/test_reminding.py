"""Several workers look for reminders at the same moment: each is written once (D02)."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal.appointments.services import reminders
from portal.models import ClinicSettings, Notification
from portal.notifications.declaration import Event
from tests.factories import AppointmentFactory, DoctorFactory, OfficeFactory
from tests.reliability.clinic import make_patients, once
from tests.reliability.unprotected import between
from tests.servers.client import race

pytestmark = pytest.mark.reliability

PATIENTS = 40


@pytest.fixture
def clinic(database):
    """Each patient has two appointments tomorrow, of which a reminder by email is due now."""
    office = OfficeFactory(time_zone=zone_by_day())
    starts_at = (timezone.now() + timedelta(hours=22)).replace(second=0, microsecond=0)
    ClinicSettings(reminder_email_first_days=0).save()
    doctors = [DoctorFactory(office=office) for _time in range(2)]
    for number, patient in enumerate(make_patients(PATIENTS)):
        for doctor in doctors:
            later = timedelta(minutes=number + (PATIENTS if doctor == doctors[1] else 0))
            AppointmentFactory(
                patient=patient,
                doctor=doctor,
                starts_at=starts_at + later,
                ends_at=starts_at + later + timedelta(minutes=1),
                booked_at=datetime(2025, 1, 1, tzinfo=UTC),
            )


def zone_by_day() -> str:
    """A zone in which it is about noon now, so that neither night nor midnight is near."""
    hours = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-hours:+d}"


def plan() -> int:
    try:
        return reminders.send_due()
    finally:
        connection.close()  # this thread's own


def written() -> tuple[int, int, int]:
    """Reminders, those of them that are messages, and how often a task would deliver one."""
    found = Notification.objects.filter(event="reminder")
    tasks = DBTaskResult.objects.values_list("args_kwargs", flat=True)
    ids = [pk for task in tasks for pk in task["kwargs"]["ids"]]
    return found.count(), found.filter(merged_into=None).count(), len(ids)


def test_D02_eight_workers_at_once_write_each_reminder_once(clinic):
    counts = race([plan] * 8)

    assert sum(counts) == PATIENTS
    assert written() == (2 * PATIENTS, PATIENTS, PATIENTS)


def test_D02_who_comes_second_waits_and_finds_nothing_left(clinic):
    with ThreadPoolExecutor(1) as pool:

        def second():
            second.count = pool.submit(plan)
            time.sleep(0.5)  # until it waits for the patients
            assert not second.count.done()

        with between(reminders, "_of_one_day", once(second)):
            first = reminders.send_due()
        count = second.count.result(timeout=30)

    assert (first, count) == (PATIENTS, 0)
    assert written() == (2 * PATIENTS, PATIENTS, PATIENTS)


def test_the_unique_key_alone_lets_each_be_written_once(clinic):
    """Within one transaction nothing is locked against oneself."""
    with (
        between(reminders, "_of_one_day", once(reminders.send_due)),
        pytest.raises(IntegrityError, match="key"),
    ):
        reminders.send_due()

    reminders.send_due()
    assert written() == (2 * PATIENTS, PATIENTS, PATIENTS)


def test_proof_that_these_tests_notice_reminders_written_twice(clinic):
    with (
        between(reminders, "_of_one_day", once(reminders.send_due)),
        patch.object(Event, "key_of", lambda *_arguments, **_options: str(uuid4())),
    ):
        reminders.send_due()

    assert written() == (4 * PATIENTS, 2 * PATIENTS, 2 * PATIENTS)
