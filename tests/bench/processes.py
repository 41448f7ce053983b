"""The processes of a measurement: gunicorn, and the source of requests. Both end with it."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.plugins.postgresql import free_port

ROOT = Path(__file__).resolve().parents[2]


class Web:
    """A WSGI application under gunicorn with sync workers."""

    def __init__(self, application: str, folder: Path, *, workers: int = 2, **environment: str):
        self.port = free_port()
        self.log = folder / f"{self.port}.log"
        command = ["-m", "gunicorn", "-c", "python:clinic.gunicorn", application]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, *command, f"--workers={workers}", f"--bind=127.0.0.1:{self.port}"],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._wait()
        self.workers = psutil.Process(self.process.pid).children()

    def _wait(self) -> None:
        for _attempt in range(300):
            if self.process.poll() is not None:
                raise RuntimeError(self.log.read_text())
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/live", timeout=5)
                return
            except urllib.error.HTTPError:
                return  # it answers, if only to say that there is no such page
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"No answer.\n{self.log.read_text()}")

    def cpu_seconds(self) -> float:
        """What its workers have used so far."""
        return cpu_seconds(self.workers)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


@dataclass(frozen=True)
class Burst:
    seconds: float
    statuses: dict[str, int]
    latencies: list[float]

    @property
    def count(self) -> int:
        return sum(self.statuses.values())


class Load:
    """Sends requests; see tests/bench/load.py."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.load"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def burst(self, port: int, requests: list[str], *, seconds: float | None, at_once=4) -> Burst:
        order = {"port": port, "requests": requests, "seconds": seconds, "at_once": at_once}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return Burst(**json.loads(self.process.stdout.readline()))

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=20)


def cpu_seconds(processes: list[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        times = process.cpu_times()
        total += times.user + times.system
    return total
