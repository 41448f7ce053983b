"""Which database the tests run on: `--database=sqlite` (default) or `--database=postgresql`.

Sets the environment that the settings read, so it loads before them: `addopts` names it.
Nothing of the developer's own environment or var/ reaches the tests.
"""

import os
import secrets
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import pytest

from tests.plugins.postgresql import Server

FOLDER = "PORTAL_TESTS_FOLDER"  # these two hand the run's folder and server on to xdist's workers
POSTGRESQL = "PORTAL_TESTS_POSTGRESQL"
REMOVED = ("CACHE_URL", "EMAIL_URL", "MAIL_PROVIDER", "SMS_URL", "S3_BUCKET", "NODES")
REMOVED += ("BEHIND_TLS_PROXY", "TRUSTED_PROXIES", "DATABASE_POOLER", "MFA_KEYS")


def pytest_addoption(parser):
    choices = ("sqlite", "postgresql")
    parser.addoption("--database", choices=choices, default="sqlite", help="run on this database")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config):
    database = early_config.known_args_namespace.database
    if not is_worker():
        start_run(early_config, database)
    set_environment(database)
    return (yield)


def is_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


def start_run(config, database: str) -> None:
    """Make the run's folder, its key and, if asked for, its server; config ends them."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # or nothing would be cleaned up
    folder = Path(tempfile.mkdtemp(prefix="portal-tests-"))
    folder.chmod(0o755)  # the server may run as another user
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ[FOLDER] = str(folder)
    # If Python is told to keep no compiled code, each of hundreds of processes compiles all of it.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    os.environ["SECRET_KEY"] = secrets.token_urlsafe(50)
    os.environ["CONN_MAX_AGE"] = "0"  # or a thread of the live server keeps the database in use
    if database == "postgresql":
        server = Server(folder / "postgresql")
        config.add_cleanup(server.stop)
        os.environ[POSTGRESQL] = server.start()


def set_environment(database: str) -> None:
    var = Path(os.environ[FOLDER]) / os.environ.get("PYTEST_XDIST_WORKER", "main")
    (var / "static").mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{var / 'portal.sqlite3'}"
    if database == "postgresql":
        url = f"{os.environ[POSTGRESQL]}/portal"
    for name in REMOVED:
        os.environ.pop(name, None)
    os.environ["SMS_URL"] = "folder"
    os.environ.update(
        VAR_DIR=str(var),
        DATABASE_URL=url,
        DEBUG="off",
        MANIFEST_STATIC="off",
        ALLOWED_HOSTS="localhost,127.0.0.1,testserver",
        ORIGIN="http://localhost:8000",
        SECOND_FACTOR_REQUIRED="off",  # its own tests switch it on
    )


def pytest_report_header(config):
    return f"database: {config.option.database}"
