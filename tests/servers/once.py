"""What a test run makes once: migrated tables, demo rows, static files. Its workers share it."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from tests.plugins.database import FOLDER


def once_a_run(name: str, make: Callable[[Path], object]) -> Path:
    """The folder that `make` has filled; the first process that asks makes it, others wait.

    An attempt that failed is made again in the same folder. Where no run has set FOLDER (the
    benchmarks), each process makes its own in VAR_DIR.
    """
    folder = folder_of(name)
    folder.mkdir(parents=True, exist_ok=True)
    done = folder.with_suffix(".done")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(folder)
            done.touch()
    return folder


def folder_of(name: str) -> Path:
    """Apart for each kind of database: the benchmarks use both, one after the other."""
    kind = os.environ["DATABASE_URL"].partition(":")[0]
    return Path(os.environ.get(FOLDER) or os.environ["VAR_DIR"]) / "once" / kind / name
