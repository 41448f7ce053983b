"""The rows of workers and of periodic jobs, which only they themselves write (requirement D06)."""

import os
import secrets
import socket
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from portal.models import PeriodicJob, Worker


def join() -> Worker:
    """A row for this process, as of now alive."""
    host, pid = socket.gethostname(), os.getpid()
    name = f"{host[:40]}:{pid}:{secrets.token_hex(4)}"
    return Worker.objects.create(id=name, host=host[:120], pid=pid)


def beat(worker: Worker, *, tasks_done: int) -> None:
    """Say that this process lives. If its row was cleared away meanwhile, it gets it again."""
    worker.beat_at, worker.tasks_done = timezone.now(), tasks_done
    worker.save()


def leave(worker: Worker) -> None:
    """This process ends in good order, and has no task under way."""
    Worker.objects.filter(pk=worker.pk).delete()


def know_jobs(names: Iterable[str]) -> None:
    """A row for each periodic job; what is new is due at once."""
    now = timezone.now()
    PeriodicJob.objects.bulk_create(
        [PeriodicJob(name=name, due_at=now) for name in names], ignore_conflicts=True
    )


def begin(name: str, *, within: timedelta) -> datetime | None:
    """Begin a periodic job if it is due: of any number of workers who try, one gets the moment.

    Until `within` is over no other begins it; after that its worker is taken for dead.
    """
    now = timezone.now()
    begun = PeriodicJob.objects.filter(name=name, due_at__lte=now).update(
        due_at=now + within, started_at=now
    )
    return now if begun else None


def finish(name: str, *, begun: datetime, every: timedelta, error: str = "") -> None:
    """Note how the run that began then has ended; unless it took too long, and another runs."""
    PeriodicJob.objects.filter(name=name, started_at=begun).update(
        due_at=begun + every, finished_at=timezone.now(), error=error[:300]
    )
