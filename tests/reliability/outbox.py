"""What the tests of the outbox need: workers that can be killed, a mail server that misbehaves."""

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

import psutil
from aiosmtpd.controller import Controller
from django_tasks_db.models import DBTaskResult

from portal.models import Notification, Worker
from tests.plugins.postgresql import free_port
from tests.servers import databases

WAITING = ("queued", "sending")
SILENT_AFTER = 3  # seconds
REAL = ("manage.py",)
UNPROTECTED = ("-m", "tests.reliability.unprotected_worker")


class MailServer:
    """Takes mail on a port of its own. `whims`: how often of a hundred it does what instead."""

    def __init__(self, *, whims: dict[str, int] | None = None, seconds: float = 0):
        self.taken: list[tuple[str, float]] = []  # Message-ID and moment of each copy
        self.did: Counter = Counter()
        self.seconds = seconds  # that it thinks about each mail
        self._whims = whims or {}
        self._random = random.Random(7)
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_RCPT(self, server, session, envelope, address, _options):
        session.whim = self._whim()
        self.did[session.whim] += 1
        if session.whim == "drop":
            server.transport.abort()
        if session.whim == "later":
            return "451 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if session.whim == "full":
            return "452 No room at present"
        self.taken.append((message_from_bytes(envelope.content)["Message-ID"], time.time()))
        await asyncio.sleep(self.seconds)
        if session.whim == "cut":  # taken, but the sender never hears of it
            server.transport.abort()
        return "250 OK"

    def _whim(self) -> str:
        number = self._random.random() * 100
        for whim, share in self._whims.items():
            if number < share:
                return whim
            number -= share
        return "take"

    @property
    def copies(self) -> Counter:
        """How many of each Message-ID."""
        return Counter(message_id for message_id, _moment in self.taken)

    def __enter__(self) -> "MailServer":
        self._controller.start()
        return self

    def __exit__(self, *_exception) -> None:
        self._controller.stop()


class Workers:
    """Some `manage.py worker`, the real ones, on a database of their own."""

    def __init__(self, url: str, folder: Path, mail_server: MailServer, **environment: str):
        self.kills = 0
        self.folder = folder
        self._program = REAL
        self._processes: list[subprocess.Popen] = []
        self._environment = {
            **os.environ,
            "DATABASE_URL": url,
            "VAR_DIR": str(folder),
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}",
            "WORKER_SILENT_AFTER": str(SILENT_AFTER),
            "DELIVERY_PAUSES": ",".join(["0.2"] * 15),
            **environment,
        }

    def start(self, program: tuple[str, ...] = REAL, *, processes: int) -> None:
        self._program = program
        self._processes += [self._start_one() for _number in range(processes)]

    def _start_one(self) -> subprocess.Popen:
        command = [*self._program, "worker", "--interval=0.1"]
        with (self.folder / "log").open("a") as log:
            return subprocess.Popen(
                [sys.executable, *command],
                cwd=databases.ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def running(self) -> list[psutil.Process]:
        return [psutil.Process(process.pid) for process in self._processes]

    def kill_one(self) -> None:
        """SIGKILL to one that works, whatever it does; another takes its place, as by systemd."""
        joined = set(Worker.objects.values_list("pid", flat=True))
        working = [process for process in self._processes if process.pid in joined]
        if not working:
            return  # they are all still starting
        process = random.choice(working)
        process.kill()
        process.wait()
        self._processes.remove(process)
        self._processes.append(self._start_one())
        self.kills += 1

    def stop(self) -> list[int]:
        """End them in good order; their exit statuses."""
        for process in self._processes:
            process.terminate()
        return [process.wait(timeout=30) for process in self._processes]


def sms_copies(folder: Path) -> Counter:
    """How many SMS of each notification's id."""
    return Counter(json.loads(file.read_text())["about"] for file in folder.glob("sms/*.json"))


def settled() -> bool:
    return not Notification.objects.filter(state__in=WAITING).exists()


def idle() -> bool:
    """No task waits or runs."""
    return not DBTaskResult.objects.filter(status__in=("READY", "RUNNING")).exists()


def wait_for(condition: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
