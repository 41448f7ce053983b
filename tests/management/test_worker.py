"""`manage.py worker`; what it does under fire is in tests/reliability/."""

import os
import signal
import time
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal.models import Notification, PeriodicJob, Worker
from portal.notifications.services import notifications
from portal.worker.periodic import JOBS
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_D06_a_batch_does_the_tasks_that_are_due_and_ends():
    user = UserFactory()
    notifications.tell("account_confirmed", about=user, by=None)

    call_command("worker", batch=True)

    assert set(Notification.objects.values_list("state", flat=True)) == {"sent"}
    assert not Worker.objects.exists()
    assert set(PeriodicJob.objects.values_list("name", flat=True)) == set(JOBS)
    assert not PeriodicJob.objects.exclude(started_at=None).exists()


@pytest.fixture
def ended_soon():
    """As by an operator: SIGTERM to this process, once the periodic jobs have run."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)  # should the command not catch it

    def end():
        for _look in range(100):
            if PeriodicJob.objects.exclude(finished_at=None).count() == len(JOBS):
                break
            time.sleep(0.1)
        connection.close()
        os.kill(os.getpid(), signal.SIGTERM)

    operator = Thread(target=end)
    operator.start()
    yield
    operator.join()
    signal.signal(signal.SIGTERM, before)


def test_another_task_backend_leaves_the_periodic_jobs_only(settings, ended_soon, capsys):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}

    call_command("worker", interval=0.1)

    assert "DummyBackend; this runs the periodic jobs only" in capsys.readouterr().err
    assert not PeriodicJob.objects.filter(finished_at=None).exists()
    assert not Worker.objects.exists()


@pytest.mark.parametrize("wrong", ["--interval=0", "--interval=nan", "--interval=soon"])
def test_senseless_arguments_are_refused(wrong):
    with pytest.raises(CommandError):
        call_command("worker", wrong)
