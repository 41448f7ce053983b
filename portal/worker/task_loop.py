"""One worker process: tasks in the main thread, heartbeat and periodic jobs in other threads."""

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from random import shuffle
from threading import Event, Thread

from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    connections,
)
from django.utils import timezone
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, TaskResultStatus
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import is_locked_database_exception

logger = logging.getLogger("portal.worker")

AT_A_LOOK = 10  # tasks that a worker reads, to claim one of them


class TaskLoop(db_worker.Worker):
    """django-tasks-db's worker with three differences.

    It claims tasks without a lock, because on SQLite all writers would wait for that lock; it waits
    for a database that is unavailable; and it stops only between two tasks.
    """

    def __init__(
        self,
        worker_id: str,
        *,
        interval: float,
        batch: bool = False,
        on_idle: Callable[[], None] = lambda: None,
    ):
        super().__init__(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=interval,
            batch=batch,
            backend_name=DEFAULT_TASK_BACKEND_ALIAS,
            startup_delay=False,
            max_tasks=None,
            worker_id=worker_id,
        )
        self.on_idle = on_idle  # called whenever no task is left to do
        self._ended: SimpleQueue[None] = (
            SimpleQueue()
        )  # its put() is made for signal handlers, an Event's set() not

    @property
    def tasks_done(self) -> int:
        return self._run_tasks

    def end(self, *_signal) -> None:
        self.running = False
        self._ended.put(None)

    def run(self) -> None:
        while self.running:
            close_old_connections()
            task = self._next_task()
            if task is not None:
                self.run_task(task)
                continue
            self.on_idle()
            if self.batch:
                return
            self.rest()

    def rest(self) -> None:
        try:
            self._ended.get(timeout=self.interval)
        except Empty:
            return

    def _next_task(self) -> DBTaskResult | None:
        while first := self._first_ready():
            shuffle(first)  # or all workers would reach for the same one
            if claimed := next(filter(self._claim, first), None):
                return claimed
        return None

    def _first_ready(self) -> list[DBTaskResult]:
        """None also if the database does not answer now."""
        ready = DBTaskResult.objects.ready().filter(backend_name=self.backend_name)
        try:
            return list(ready[:AT_A_LOOK])
        except (DatabaseError, InterfaceError):
            if self.batch:
                raise
            logger.exception("The database does not answer; trying again")
            connection.close()
            return []

    def _claim(self, task: DBTaskResult) -> bool:
        """One conditional update, which takes no lock for which others would wait.

        If it fails, nobody knows whether it was done: the process ends with the error, so that its
        tasks are taken over.
        """
        task.status, task.started_at = TaskResultStatus.RUNNING, timezone.now()
        task.worker_ids = [*task.worker_ids, self.worker_id]
        unclaimed = DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.READY)
        try:
            claimed = unclaimed.update(
                status=task.status, started_at=task.started_at, worker_ids=task.worker_ids
            )
        except OperationalError as error:
            if is_locked_database_exception(error):  # by SQLite, for too long: it was not done
                return False
            raise
        return bool(claimed)


class Repeating(Thread):
    """Runs a function every few seconds, on its own database connection."""

    def __init__(self, action: Callable[[], object], *, seconds: float):
        super().__init__(name=f"every {seconds:g} s", daemon=True)
        self.action, self.seconds = action, seconds
        self.over = Event()

    def run(self) -> None:
        while not self.over.wait(self.seconds):
            try:
                close_old_connections()
                self.action()
            except Exception:
                logger.exception("Failed %s; trying again", self.name)
                connection.close()
        connections.close_all()

    def __enter__(self) -> "Repeating":
        self.start()
        return self

    def __exit__(self, *_exception) -> None:
        """Waits for a running job, but only for a limited time; a job may be interrupted."""
        self.over.set()
        self.join(timeout=5)


@contextmanager
def on_signals(handler: Callable) -> Iterator[None]:
    """Calls `handler` on SIGINT and SIGTERM inside this context."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
