"""The portal under gunicorn with a database of its own."""

import os
import subprocess
import sys
import time
from pathlib import Path

import urllib3

from tests.plugins.postgresql import free_port
from tests.servers import databases
from tests.servers.client import Client, signed_in_cookies

# Loaded once, then forked: tests/servers/preloaded.py.
GUNICORN = "-m gunicorn -c python:tests.servers.preloaded"


class Portal:
    """`database_url` is dropped with it; without one it gets an empty one."""

    def __init__(
        self,
        *,
        application: str,
        gunicorn: str,
        environment: dict[str, str],
        database_url: str = "",
    ):
        self.database_url = database_url or databases.create()
        self.url = f"http://127.0.0.1:{free_port()}"
        self.folder = Path(os.environ["VAR_DIR"]) / self.url.rpartition(":")[2]
        (self.folder / "static").mkdir(parents=True)
        self.environment = {
            "VAR_DIR": str(self.folder),
            "ORIGIN": self.url,
            "DATABASE_URL": self.database_url,
            **environment,
        }
        self.processes: list[subprocess.Popen] = []
        bind = self.url.removeprefix("http://")
        self.web = self._start(
            *gunicorn.split(),
            application,
            f"--bind={bind}",
        )

    def _start(self, *arguments: str) -> subprocess.Popen:
        with (self.folder / "log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=databases.ROOT,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process

    @property
    def log(self) -> str:
        """What its processes have printed so far."""
        return (self.folder / "log").read_text()

    def wait_until_ready(self) -> None:
        for _ in range(300):
            assert self.web.poll() is None, self.log
            try:
                if urllib3.request("GET", f"{self.url}/health/ready", retries=False).status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                pass  # not listening yet
            time.sleep(0.1)
        raise AssertionError(f"The portal does not become ready.\n{self.log}")

    def manage(self, *arguments: str) -> str:
        """Run a management command against its database; returns what it printed."""
        return databases.manage(self.database_url, *arguments, **self.environment)

    def spawn(self, *arguments: str) -> subprocess.Popen:
        """Start a lasting management command (`worker`); it ends with the test."""
        return self._start("manage.py", *arguments)

    def client(self, user=None) -> Client:
        """A client signed in as `user`, without the detour through the sign-in form."""
        return Client(self.url, signed_in_cookies(user) if user else {})

    def orm(self, blocker):
        """Within it, models in this process read and write the portal's database."""
        return databases.orm_on(self.database_url, blocker)

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        databases.drop(self.database_url)
