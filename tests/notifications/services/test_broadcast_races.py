"""Several at once: of a form, of a retry, of one broadcast's spreading (requirements D03, D06)."""

from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from portal.enums import Role
from portal.errors import StaleState
from portal.models import AuditEvent, Broadcast, Notification
from portal.notifications.services import broadcasts, retries
from tests.factories import AdminFactory, BroadcastFactory, NotificationFactory, PatientFactory

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 4


def at_once(act) -> list:
    """What each of AT_ONCE threads returned, or the StaleState that it raised."""
    answers, barrier = [], Barrier(AT_ONCE)

    def run():
        try:
            barrier.wait()
            answers.append(act())
        except StaleState as error:
            answers.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run) for _n in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_D03_one_form_sent_at_the_same_moment_makes_one_broadcast():
    admin, token = AdminFactory(), uuid4()

    made = at_once(
        lambda: (
            broadcasts.broadcast(
                BroadcastFactory.build(by=admin, role=Role.ADMIN, form_token=token), by=admin
            ).pk
        )
    )

    assert len(made) == AT_ONCE
    assert set(made) == {Broadcast.objects.get().pk}
    assert DBTaskResult.objects.count() == AuditEvent.objects.count() == 1


def test_D03_of_those_who_retry_at_the_same_moment_one_queues_it():
    admin, failed = AdminFactory(), NotificationFactory(channel="email", state="failed")

    answers = at_once(lambda: retries.retry(failed, by=admin))

    assert sum(isinstance(answer, Notification) for answer in answers) == 1
    assert len(answers) == AT_ONCE
    assert DBTaskResult.objects.count() == AuditEvent.objects.count() == 1


def test_D06_a_broadcast_spread_by_several_workers_is_told_once():
    patients = PatientFactory.create_batch(5)
    made = BroadcastFactory(role=Role.PATIENT, channels="portal email")

    answers = at_once(lambda: broadcasts.spread(made.pk))

    assert answers == [None] * AT_ONCE
    assert Notification.objects.count() == 2 * len(patients)
    made.refresh_from_db()
    assert made.recipients == len(patients)
