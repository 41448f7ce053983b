"""Workers' rows, periodic jobs, and what is found again (requirement D06)."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal.models import Notification, PeriodicJob, Worker
from portal.models.worker import SILENT_AFTER
from portal.notifications.services import delivery, notifications
from portal.notifications.services.queue import later
from portal.worker import periodic
from portal.worker.periodic import Job
from portal.worker.queries.workers import is_any_alive, overview
from portal.worker.services import recovery, workers
from tests.factories import UserFactory
from tests.setups.outbox import deliver_all, mail_account

pytestmark = pytest.mark.django_db

MOMENT = timedelta(seconds=1)
EVERY = timedelta(minutes=1)


def in_time(ahead: timedelta):
    return time_machine.travel(timezone.now() + ahead, tick=False)


def write() -> Notification:
    user = UserFactory()
    mail, _portal = notifications.tell("account_confirmed", about=user, by=None)
    return mail


def write_secret() -> Notification:
    [mail] = mail_account("a@b.example", user=None, subject="S", text="T", html="H")
    return mail


def claimed_task(worker_id: str, *, runs: int = 1) -> DBTaskResult:
    """The one task there is, as it looks while it runs for the `runs`th time."""
    for _run in range(runs):
        DBTaskResult.objects.get().claim(worker_id)
    return DBTaskResult.objects.get()


# --- Heartbeat --------------------------------------------------------------------------------


def test_D06_a_worker_is_alive_until_it_is_silent_for_too_long():
    worker = workers.join()
    assert is_any_alive()

    with in_time(SILENT_AFTER + MOMENT):
        assert not is_any_alive()
        workers.beat(worker, tasks_done=3)
        assert is_any_alive()

    assert Worker.objects.get().tasks_done == 3
    workers.leave(worker)
    assert not Worker.objects.exists()


def test_D06_ready_says_whether_a_worker_is_alive(client):
    assert client.get("/health/ready").json() == {"status": "ok", "worker": "silent"}

    workers.join()

    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["worker"]) == (200, "ok")


# --- Periodic jobs ----------------------------------------------------------------------------


@pytest.fixture
def runs(monkeypatch):
    """The registry with one job, which notes here that it has run."""
    noted = []
    job = Job("note", EVERY, lambda by: noted.append(by), within=timedelta(minutes=5))
    monkeypatch.setattr(periodic, "JOBS", {"note": job})
    workers.know_jobs(["note"])
    return noted


def test_D06_a_job_runs_once_each_time_that_it_is_due(runs):
    for _look in range(3):
        periodic.run_due()
    assert runs == [None]

    with in_time(EVERY + MOMENT):
        assert periodic.run_due() == ["note"]
        assert periodic.run_due() == []


def test_D06_only_one_begins_a_job_and_the_next_when_that_one_must_be_dead(runs):
    first = workers.begin("note", within=timedelta(minutes=5))

    assert first is not None
    with in_time(timedelta(minutes=4)):
        assert workers.begin("note", within=timedelta(minutes=5)) is None
    with in_time(timedelta(minutes=6)):
        second = workers.begin("note", within=timedelta(minutes=5))
        workers.finish("note", begun=first, every=EVERY)
    assert second is not None
    assert PeriodicJob.objects.get().finished_at is None  # the late first one changes nothing


def test_D06_a_job_that_fails_is_noted_and_comes_again(runs, monkeypatch):
    def fail(by):
        raise ValueError("no such thing")

    monkeypatch.setattr(periodic, "JOBS", {"note": Job("note", EVERY, fail)})
    periodic.run_due()
    assert PeriodicJob.objects.get().error == "ValueError: no such thing"

    monkeypatch.setattr(periodic, "JOBS", {"note": Job("note", EVERY, lambda by: None)})
    with in_time(EVERY + MOMENT):
        assert periodic.run_due() == ["note"]
    assert PeriodicJob.objects.get().error == ""


# --- Taking over ------------------------------------------------------------------------------


def test_D06_the_tasks_of_silent_and_unknown_workers_are_taken_over():
    worker = workers.join()
    write()
    claimed_task(worker.pk)
    with in_time(SILENT_AFTER + MOMENT):
        workers.beat(worker, tasks_done=0)
        assert recovery.take_over(by=None) == 0

    with in_time(2 * SILENT_AFTER + 2 * MOMENT):
        assert recovery.take_over(by=None) == 1
        assert recovery.take_over(by=None) == 0
    assert DBTaskResult.objects.get().status == "READY"


def test_D06_a_task_that_has_just_begun_is_left_alone():
    write()
    claimed_task("a worker without a row")

    assert recovery.take_over(by=None) == 0


def test_D06_a_task_that_costs_many_workers_fails_and_so_does_its_message():
    mail, other = write(), write()
    DBTaskResult.objects.all().delete()
    later("deliver", ids=[mail.pk, other.pk])
    task = claimed_task("dead", runs=recovery.MOST_RUNS)
    Notification.objects.filter(pk=mail.pk).update(state="sending", claimed_by=f"{task.pk}/5")

    with in_time(SILENT_AFTER + MOMENT):
        assert recovery.take_over(by=None) == 0

    mail.refresh_from_db()
    other.refresh_from_db()
    assert DBTaskResult.objects.get().status == "FAILED"
    assert (mail.state, mail.answer) == ("failed", "5 workers have ended in the middle of it")
    assert other.state == "queued"


def test_D06_a_later_run_takes_up_what_an_earlier_one_left_and_not_the_other_way(mailoutbox):
    mail = write()
    Notification.objects.filter(pk=mail.pk).update(state="sending", claimed_by="task/2")

    delivery.deliver([mail.pk], claim="task", run=1)
    delivery.deliver([mail.pk], claim="other", run=9)
    assert mailoutbox == []

    delivery.deliver([mail.pk], claim="task", run=3)
    mail.refresh_from_db()
    assert (mail.state, mail.claimed_by, len(mailoutbox)) == ("sent", "task/3", 1)


def test_D06_a_message_whose_every_attempt_was_cut_off_is_not_sent_for_ever(settings, mailoutbox):
    mail = write()
    Notification.objects.filter(pk=mail.pk).update(attempts=len(settings.DELIVERY_PAUSES) + 1)

    deliver_all()

    mail.refresh_from_db()
    assert (mail.state, mail.answer, mailoutbox) == ("failed", delivery.CUT_OFF, [])


# --- Sending again ----------------------------------------------------------------------------


def test_D06_what_is_in_no_task_is_queued_again_once():
    mail = write()
    with in_time(recovery.OVERDUE + MOMENT):
        assert recovery.resend(by=None) == 0  # its task waits

        DBTaskResult.objects.all().delete()
        assert recovery.resend(by=None) == 1
        assert recovery.resend(by=None) == 0

    assert DBTaskResult.objects.get().args_kwargs["kwargs"] == {"ids": [mail.pk]}


def test_D06_what_is_not_long_overdue_is_left_to_its_task():
    write()
    DBTaskResult.objects.all().delete()

    assert recovery.resend(by=None) == 0


@pytest.mark.parametrize(
    ("status", "count"), [("RUNNING", 0), ("READY", 0), ("FAILED", 1), ("SUCCESSFUL", 1)]
)
def test_D06_what_a_task_left_half_sent_is_sent_again_once_that_has_ended(status, count):
    mail = write()
    task = claimed_task("worker")
    Notification.objects.filter(pk=mail.pk).update(state="sending", claimed_by=f"{task.pk}/1")
    DBTaskResult.objects.update(status=status)

    with in_time(recovery.OVERDUE + MOMENT):
        assert recovery.resend(by=None) == count

    mail.refresh_from_db()
    assert mail.state == ("queued" if count else "sending")


# --- Forgetting -------------------------------------------------------------------------------


def test_forget_removes_what_is_of_no_more_use():
    secret, plain = write_secret(), write()
    Notification.objects.filter(channel="email").update(state="failed")
    DBTaskResult.objects.update(status="SUCCESSFUL", finished_at=timezone.now())
    workers.join()
    Session.objects.create(session_key="k", expire_date=timezone.now() + MOMENT)

    recovery.forget(by=None)
    secret.refresh_from_db()
    assert secret.facts
    assert DBTaskResult.objects.count() == 2

    write()  # whose task waits
    with in_time(timedelta(days=8)):
        recovery.forget(by=None)

    secret.refresh_from_db()
    plain.refresh_from_db()
    assert (secret.facts, plain.state) == ({}, "failed")
    assert DBTaskResult.objects.get().status == "READY"
    assert not Worker.objects.exists()
    assert not Session.objects.exists()


# --- For admins -------------------------------------------------------------------------------


def test_D06_admins_see_workers_queue_and_jobs(django_assert_num_queries, runs):
    worker = workers.join()
    write()
    later("deliver", ids=[], run_after=timezone.now() + EVERY)
    enqueued = DBTaskResult.objects.order_by("enqueued_at").first().enqueued_at

    with django_assert_num_queries(5):
        seen = overview()

    assert seen.workers == [worker]
    assert (seen.waiting, seen.oldest_due, seen.failed) == (1, enqueued, 0)
    assert [job.name for job in seen.jobs] == ["note"]
