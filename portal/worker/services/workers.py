"""The rows of workers and periodic jobs, which only the workers write (requirement D06)."""

import os
import secrets
import socket
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from portal.models import PeriodicJob, Worker


def join() -> Worker:
    """Create a row for this process, alive from now on."""
    host, pid = socket.gethostname(), os.getpid()
    name = f"{host[:40]}:{pid}:{secrets.token_hex(4)}"
    return Worker.objects.create(id=name, host=host[:120], pid=pid)


def beat(worker: Worker, *, tasks_done: int) -> None:
    """Write a heartbeat. If the row was deleted meanwhile, it is created again."""
    worker.beat_at, worker.tasks_done = timezone.now(), tasks_done
    worker.save()


def leave(worker: Worker) -> None:
    """This process stops normally and has no task left."""
    Worker.objects.filter(pk=worker.pk).delete()


def know_jobs(names: Iterable[str]) -> None:
    """Create a row for each periodic job; a new job is due at once."""
    now = timezone.now()
    PeriodicJob.objects.bulk_create(
        [PeriodicJob(name=name, due_at=now) for name in names], ignore_conflicts=True
    )


def begin(name: str, *, within: timedelta) -> datetime | None:
    """Start a periodic job if it is due: if several workers try, one of them gets it.

    Until `within` is over no other worker starts it; after that the worker is taken for dead.
    """
    now = timezone.now()
    begun = PeriodicJob.objects.filter(name=name, due_at__lte=now).update(
        due_at=now + within, started_at=now
    )
    return now if begun else None


def finish(name: str, *, begun: datetime, every: timedelta, error: str = "") -> None:
    """Store the result of a run, unless it took too long and another run has started."""
    PeriodicJob.objects.filter(name=name, started_at=begun).update(
        due_at=begun + every, finished_at=timezone.now(), error=error[:300]
    )
