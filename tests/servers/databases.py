"""Fresh, migrated databases on the server that the run uses: each a copy of one template."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connection

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
    template = migrated_template()
    name = f"{name_of(template)}_{next(numbers)}"
    if is_sqlite(template):
        shutil.copy(name_of(template), name)
    else:
        on_server(template, f'CREATE DATABASE "{name}" TEMPLATE "{name_of(template)}"')
    return renamed(template, name)


def drop(url: str) -> None:
    if is_sqlite(url):
        for suffix in ("", "-wal", "-shm"):
            Path(name_of(url) + suffix).unlink(missing_ok=True)
    else:
        on_server(url, f'DROP DATABASE "{name_of(url)}" WITH (FORCE)')


@contextmanager
def orm_on(url: str, blocker):
    """Within it, models in this process read and write that database."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name_of(url)
    try:
        with blocker.unblock():
            yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@cache
def migrated_template() -> str:
    url = os.environ["DATABASE_URL"]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    template = renamed(url, f"{name_of(url)}_template_{worker}")
    if not is_sqlite(url):
        on_server(url, f'DROP DATABASE IF EXISTS "{name_of(template)}"')  # of a failed attempt
        on_server(url, f'CREATE DATABASE "{name_of(template)}"')
    manage(template, "migrate", "--verbosity=0")
    manage(template, "createcachetable")
    return template


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
