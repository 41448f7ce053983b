"""Several worker processes as one: starts them, starts again those that die, ends them all."""

import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

from django.db import connections

logger = logging.getLogger("portal.worker")

AT_ONCE = 2  # seconds; a process that ends sooner has not really started
LONGEST_PAUSE = 30.0
SIGNALS = {signal.SIGINT, signal.SIGTERM}
FORK = multiprocessing.get_context("fork")


@dataclass
class Place:
    """One of the processes that shall run, and when it may be started if it does not."""

    process: BaseProcess | None = None
    started: float = 0
    start_at: float = 0
    pause: float = 0

    def start(self, work: Callable[[], None]) -> None:
        connections.close_all()  # a forked process must not share them
        # No signal may come between the fork and the handler that the child gives itself.
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        self.process = FORK.Process(target=work)
        self.process.start()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        self.started = time.monotonic()

    def note_death(self) -> None:
        """Start it again, after a pause that grows if it dies at once each time."""
        now = time.monotonic()
        died_at_once = now - self.started < AT_ONCE
        self.pause = min(max(2 * self.pause, 0.5), LONGEST_PAUSE) if died_at_once else 0
        self.start_at = now + self.pause
        logger.error(
            "Worker process %s has ended (status %s); the next one starts in %s s",
            self.process.pid,
            self.process.exitcode,
            self.pause,
        )
        self.process = None


class Supervisor:
    def __init__(self, work: Callable[[], None], *, processes: int):
        self.work = work
        self.places = [Place() for _number in range(processes)]
        self.running = True
        self._wake, self._woken = os.pipe()

    def end(self, *_signal) -> None:
        self.running = False
        os.write(self._woken, b".")

    def run(self) -> None:
        """Until it is ended; then each process may finish the task that it has in its hands."""
        while self.running:
            for place in self.places:
                if place.process is None and place.start_at <= time.monotonic():
                    place.start(self.work)
            self._wait()
            for place in self.places:
                if place.process is not None and place.process.exitcode is not None:
                    place.note_death()
        alive = [place.process for place in self.places if place.process is not None]
        for process in alive:
            process.terminate()
        for process in alive:
            process.join()

    def _wait(self) -> None:
        """Until a process dies, one may be started again, or the end."""
        alive = [place.process.sentinel for place in self.places if place.process is not None]
        pauses = [
            place.start_at - time.monotonic() for place in self.places if place.process is None
        ]
        wait([self._wake, *alive], timeout=max(0, min(pauses)) if pauses else None)


def is_orphan() -> bool:
    """Whether the supervisor of this process is gone without having been able to end it."""
    parent = multiprocessing.parent_process()
    return parent is not None and not parent.is_alive()
