"""`manage.py worker`: sends queued messages and runs the periodic jobs (requirement D06)."""

import logging
import math
from argparse import ArgumentParser, ArgumentTypeError

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.gateways import mail_folder
from portal.worker import periodic
from portal.worker.queries.workers import uses_database
from portal.worker.services import workers
from portal.worker.task_loop import Repeating, TaskLoop, on_signals

PULSES = 6  # signs of life in the time after which a worker is taken for dead
LOOK_FOR_JOBS = 15  # times in that time


def seconds(text: str) -> float:
    if not math.isfinite(number := float(text)) or number <= 0:
        raise ArgumentTypeError("must be more than 0")
    return number


class Command(BaseCommand):
    help = (
        "Run background tasks and periodic jobs until SIGINT or SIGTERM; a task under way is "
        "finished first. Any number of these may run, on any number of machines."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--interval",
            type=seconds,
            default=1.0,
            help="seconds between two looks into an empty queue (default: 1)",
        )
        parser.add_argument(
            "--batch", action="store_true", help="do the tasks that are due, no jobs, and end"
        )

    def handle(self, *, interval: float, batch: bool, verbosity: int, **_options) -> None:
        for name in ("django_tasks", "django_tasks_db"):
            logging.getLogger(name).setLevel(logging.INFO if verbosity > 1 else logging.WARNING)
        if not uses_database():
            backend = settings.TASKS["default"]["BACKEND"]
            self.stderr.write(f"Tasks are run by {backend}; this runs the periodic jobs only.")
        workers.know_jobs(periodic.JOBS)
        work(interval=interval, batch=batch)


def work(*, interval: float, batch: bool) -> None:
    """The worker's main loop, until it is told to stop."""
    me = workers.join()
    loop = TaskLoop(me.pk, interval=interval, batch=batch, on_idle=mail_folder.report)

    def pulse() -> None:
        workers.beat(me, tasks_done=loop.tasks_done)

    silent_after = settings.WORKER_SILENT_AFTER
    with on_signals(loop.end), Repeating(pulse, seconds=silent_after / PULSES):
        if batch:
            loop.run()
        else:
            with Repeating(periodic.run_due, seconds=silent_after / LOOK_FOR_JOBS):
                _until_ended(loop)
    workers.leave(me)


def _until_ended(loop: TaskLoop) -> None:
    if uses_database():
        loop.run()
        return
    while loop.running:
        loop.rest()
