"""Recovers work after a worker has died or the queue was emptied (requirement D06).

These are periodic jobs (portal/worker/periodic.py), so `by` is None. Each writes by conditional
updates only, so rows that have changed meanwhile stay as they are.
"""

import logging
from datetime import timedelta
from itertools import islice

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portal.database.transactions import retried
from portal.enums import NotificationState
from portal.models import Broadcast, Notification, Worker
from portal.models.worker import SILENT_AFTER
from portal.notifications.registry import EVENTS
from portal.notifications.services.delivery import task_of
from portal.notifications.services.queue import later
from portal.worker.queries import workers

logger = logging.getLogger("portal.recovery")

MOST_RUNS = 5  # of one task; a task that kills its worker so often would kill the next one too
OVERDUE = 10 * SILENT_AFTER
TOGETHER = 20  # notifications in one task: few enough that several workers share them
KEEP_TASKS = timedelta(days=7)
KEEP_SECRETS = timedelta(days=1)
KEEP_WORKERS = timedelta(days=1)
WAITING = (NotificationState.QUEUED, NotificationState.SENDING)


def take_over(*, by: None) -> int:
    """Make tasks ready again whose worker has no recent heartbeat; returns how many.

    A task during which MOST_RUNS workers have died fails instead, and with it the message it was
    sending. Three queries, and one or two per task. Writes tasks and Notifications.
    """
    limit = timezone.now() - SILENT_AFTER
    # Tasks first: a worker has its row before its first task, so none looks dead by being new.
    stuck = list(DBTaskResult.objects.running().filter(started_at__lt=limit).order_by())
    heard = set(Worker.objects.filter(beat_at__gte=limit).values_list("id", flat=True))
    return sum(_take_over(task) for task in stuck if task.worker_ids[-1] not in heard)


@retried
def _take_over(task: DBTaskResult) -> bool:
    unchanged = DBTaskResult.objects.filter(
        pk=task.pk, status=TaskResultStatus.RUNNING, started_at=task.started_at
    )
    if len(task.worker_ids) < MOST_RUNS:
        logger.warning("Task %s is taken over from %s", task.pk, task.worker_ids[-1])
        return bool(unchanged.update(status=TaskResultStatus.READY))
    reason = f"{len(task.worker_ids)} workers have ended in the middle of it"
    with transaction.atomic():
        failed = unchanged.update(
            status=TaskResultStatus.FAILED,
            finished_at=timezone.now(),
            exception_class_path="builtins.RuntimeError",
            traceback=reason,
        )
        if failed:
            Notification.objects.filter(
                state=NotificationState.SENDING, claimed_by__startswith=str(task.pk)
            ).update(state=NotificationState.FAILED, answer=reason)
            logger.error("Task %s is given up: %s", task.pk, reason)
    return False


def resend(*, by: None) -> int:
    """Enqueue again what is long overdue and belongs to no task; returns how many notifications.

    QUEUED without a task (its task failed, or the queue was emptied), or SENDING by a task that has
    ended. Two queries, three per task, one per notification. Writes Notifications and tasks.
    """
    overdue = Notification.objects.filter(
        state__in=WAITING, due_at__lt=timezone.now() - OVERDUE, merged_into=None
    ).order_by("due_at", "pk")
    candidates = list(overdue.only("state", "claimed_by", "due_at"))
    if not candidates:
        return 0
    under_way = workers.under_way()
    lost = (one for one in candidates if one.pk not in under_way and not _is_being_sent(one))
    count = 0
    while together := list(islice(lost, TOGETHER)):
        count += _enqueue_again(together)
    return count


def _is_being_sent(notification: Notification) -> bool:
    sending = notification.state == NotificationState.SENDING
    return sending and workers.is_active(task_of(notification))


@retried
def _enqueue_again(notifications: list[Notification]) -> int:
    """Due from now on, so that a slow queue does not get the same notifications again and again."""
    with transaction.atomic():
        by_id = sorted(notifications, key=lambda one: one.pk)
        ids = [one.pk for one in by_id if _queue_again(one)]
        if ids:
            logger.warning("Notifications %s were in no task and are queued again", ids)
            later("deliver", ids=ids)
    return len(ids)


def _queue_again(seen: Notification) -> bool:
    unchanged = Notification.objects.filter(
        pk=seen.pk, state=seen.state, claimed_by=seen.claimed_by, due_at=seen.due_at
    )
    return bool(unchanged.update(state=NotificationState.QUEUED, due_at=timezone.now()))


def spread_on(*, by: None) -> int:
    """Continue messages to many recipients whose writing stopped; returns how many. At most three
    queries.

    Does nothing while any of them is being written or waits for it.
    """
    if workers.is_any_waiting("spread"):
        return 0
    late = Broadcast.objects.filter(spread_at=None, created_at__lt=timezone.now() - OVERDUE)
    unfinished = list(late.order_by("pk").values_list("pk", flat=True))
    for pk in unfinished:
        logger.warning("Broadcast %s is gone on with", pk)
        later("spread", broadcast_id=pk)
    return len(unfinished)


def forget(*, by: None) -> None:
    """Delete old data: four statements.

    Finished tasks, the facts of secret messages that failed (sent ones lose theirs at once),
    expired sessions, and workers without a heartbeat for long.
    """
    now = timezone.now()
    DBTaskResult.objects.finished().filter(finished_at__lt=now - KEEP_TASKS).delete()
    Notification.objects.filter(
        state=NotificationState.FAILED,
        event__in=[event.name for event in EVENTS.values() if event.secret],
        due_at__lt=now - KEEP_SECRETS,
    ).exclude(facts={}).update(facts={})
    Session.objects.filter(expire_date__lt=now).delete()
    Worker.objects.filter(beat_at__lt=now - KEEP_WORKERS).delete()
