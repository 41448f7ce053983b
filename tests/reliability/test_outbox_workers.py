"""One message, and what may happen to those who send it (D06)."""

import os
import signal
import time

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal.models import Notification, PeriodicJob, Worker
from portal.notifications.services import notifications
from portal.notifications.services.queue import later
from portal.notifications.services.wording import message_id
from portal.worker.services.recovery import OVERDUE
from tests.factories import UserFactory
from tests.reliability.outbox import (
    SILENT_AFTER,
    UNPROTECTED,
    MailServer,
    idle,
    settled,
    wait_for,
)

pytestmark = pytest.mark.reliability

A_WHILE = 4 * SILENT_AFTER
THINKS = 1.5  # seconds that the mail server keeps a mail before it says that it has taken it


def write() -> Notification:
    user = UserFactory()
    mail, _portal = notifications.tell("account_confirmed", about=user, by=None)
    return mail


def the_mail() -> Notification:
    return Notification.objects.get(channel="email")


def kill_the_one_that_sends(mail_server: MailServer) -> None:
    """While the mail server has the mail, and the worker no answer yet."""
    assert wait_for(lambda: mail_server.taken, seconds=20)
    task = DBTaskResult.objects.get(status="RUNNING")
    os.kill(Worker.objects.get(pk=task.worker_ids[-1]).pid, signal.SIGKILL)


def test_D06_what_a_dead_worker_had_in_its_hands_is_taken_over(start_workers):
    notification = write()

    with MailServer(seconds=THINKS) as mail_server:
        workers = start_workers(mail_server, processes=2)
        kill_the_one_that_sends(mail_server)
        ended = wait_for(settled, seconds=A_WHILE)

    assert ended, workers.log
    assert the_mail().state == "sent"
    assert mail_server.copies == {message_id(notification): 2}


def test_proof_that_it_would_be_lost_if_nobody_took_over(start_workers):
    write()

    with MailServer(seconds=THINKS) as mail_server:
        start_workers(mail_server, processes=2, program=UNPROTECTED, UNPROTECTED="take over")
        kill_the_one_that_sends(mail_server)
        ended = wait_for(settled, seconds=A_WHILE)

    assert not ended
    assert the_mail().state == "sending"


def race_of_tasks(start_workers, **options) -> MailServer:
    """One message in nine tasks, and three workers for them; the mail server has seen it all."""
    notification = write()
    for _copy in range(8):
        later("deliver", ids=[notification.pk])
    with MailServer(seconds=THINKS / 3) as mail_server:
        workers = start_workers(mail_server, processes=3, **options)
        assert wait_for(idle, seconds=30), workers.log
    return mail_server


def test_D06_what_is_in_many_tasks_is_sent_once(start_workers):
    mail_server = race_of_tasks(start_workers)

    assert mail_server.copies == {message_id(the_mail()): 1}


def test_proof_that_it_would_be_sent_again_if_the_claim_were_unconditional(start_workers):
    mail_server = race_of_tasks(start_workers, program=UNPROTECTED, UNPROTECTED="claim")

    assert mail_server.copies[message_id(the_mail())] > 1


def empty_the_queue() -> None:
    write()
    DBTaskResult.objects.all().delete()
    Notification.objects.update(due_at=timezone.now() - 2 * OVERDUE)


def has_been_looked_for() -> bool:
    return PeriodicJob.objects.filter(name="resend", finished_at__isnull=False).exists()


def test_D06_what_is_in_no_task_any_more_is_sent_all_the_same(start_workers):
    empty_the_queue()

    with MailServer() as mail_server:
        workers = start_workers(mail_server, processes=2)
        ended = wait_for(settled, seconds=A_WHILE)

    assert ended, workers.log
    assert list(mail_server.copies.values()) == [1]


def test_proof_that_it_would_wait_for_ever_if_nobody_looked_for_it(start_workers):
    empty_the_queue()

    with MailServer() as mail_server:
        start_workers(mail_server, processes=2, program=UNPROTECTED, UNPROTECTED="resend")
        assert wait_for(has_been_looked_for, seconds=20)

    assert (settled(), len(mail_server.taken)) == (False, 0)


def test_a_worker_that_is_ended_finishes_what_it_has_in_its_hands(start_workers):
    with MailServer(seconds=THINKS) as mail_server:
        workers = start_workers(mail_server, processes=2)
        assert wait_for(lambda: Worker.objects.count() == 2, seconds=20), workers.log
        write()
        assert wait_for(lambda: mail_server.taken, seconds=20)
        statuses = workers.stop()

    assert statuses == [0, 0], workers.log
    assert the_mail().state == "sent"
    assert not Worker.objects.exists()


def _disturb() -> None:
    """PostgreSQL breaks off all connections; SQLite is locked for some seconds."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return
        cursor.execute("BEGIN EXCLUSIVE")
        time.sleep(3)
        cursor.execute("ROLLBACK")


def test_workers_live_through_a_database_that_breaks_off_or_is_busy(start_workers):
    with MailServer() as mail_server:
        workers = start_workers(mail_server, processes=1)
        assert wait_for(lambda: Worker.objects.count() == 1, seconds=20), workers.log
        _disturb()
        write()
        ended = wait_for(settled, seconds=A_WHILE)

    assert ended, workers.log
    assert workers.stop() == [0], workers.log
