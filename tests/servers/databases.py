"""Fresh, migrated databases on the server that the run uses: each a copy of a template.

A run migrates once, and fills in the demo clinic once; its workers copy what that has made.
"""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connection

from tests.servers.once import folder_of, once_a_run

ROOT = Path(__file__).resolve().parents[2]
numbers = count(1)


def manage(database_url: str, *arguments: str, **environment: str) -> str:
    """Run manage.py against that database; returns what it printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"manage.py {' '.join(arguments)}\n{done.stdout}{done.stderr}"
    return done.stdout


def create() -> str:
    """A new database with all tables and no rows; returns its URL."""
    once_a_run("migrated", lambda _folder: _migrate(template("migrated")))
    return _copied(template("migrated"))


def create_with_demo() -> str:
    """A new database with the demo clinic; returns its URL."""
    once_a_run("demo", lambda _folder: _fill(template("demo")))
    return _copied(template("demo"))


def template(kind: str) -> str:
    """Nobody connects to it once it is made: PostgreSQL would refuse to copy it."""
    url = os.environ["DATABASE_URL"]
    if is_sqlite(url):
        return renamed(url, str(folder_of(kind) / "template.sqlite3"))
    return renamed(url, f"{name_of(url)}_{kind}")


def drop(url: str) -> None:
    if is_sqlite(url):
        for suffix in ("", "-wal", "-shm"):
            Path(name_of(url) + suffix).unlink(missing_ok=True)
    else:
        on_server(url, f'DROP DATABASE "{name_of(url)}" WITH (FORCE)')


@contextmanager
def in_use(url: str):
    """Within it, models in this process are those of that database."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name_of(url)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@contextmanager
def orm_on(url: str, blocker):
    """The same in a test that does not ask for `db`: pytest-django would refuse it."""
    with in_use(url), blocker.unblock():
        yield


def _migrate(url: str) -> None:
    _empty(url)
    if not is_sqlite(url):
        on_server(url, f'CREATE DATABASE "{name_of(url)}"')
    manage(url, "migrate", "--verbosity=0")
    manage(url, "createcachetable")


def _fill(url: str) -> None:
    _empty(url)
    migrated = create()
    manage(migrated, "demo", DEBUG="on")
    _copy(migrated, url)
    drop(migrated)


def _empty(url: str) -> None:
    """Of an attempt that failed."""
    if is_sqlite(url):
        drop(url)
    else:
        on_server(url, f'DROP DATABASE IF EXISTS "{name_of(url)}" WITH (FORCE)')


def _copied(url: str) -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    base = os.environ["DATABASE_URL"]
    copy = renamed(base, f"{name_of(base)}_{worker}_{next(numbers)}")
    _copy(url, copy)
    return copy


def _copy(url: str, copy: str) -> None:
    if is_sqlite(url):
        shutil.copy(name_of(url), name_of(copy))
    else:
        on_server(url, f'CREATE DATABASE "{name_of(copy)}" TEMPLATE "{name_of(url)}"')


def is_sqlite(url: str) -> bool:
    return url.startswith("sqlite:")


def name_of(url: str) -> str:
    """What Django's settings call NAME: the file of SQLite, the database of PostgreSQL."""
    path = urlsplit(url).path
    return path if is_sqlite(url) else path.lstrip("/")


def renamed(url: str, name: str) -> str:
    if is_sqlite(url):
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def on_server(url: str, statement: str) -> None:
    with psycopg.connect(renamed(url, "postgres"), autocommit=True) as connection:
        connection.execute(statement)
