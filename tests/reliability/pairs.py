"""Two who change the same rows: the second begins once the first holds its locks."""

import time
from collections.abc import Callable, Collection
from contextlib import ExitStack, contextmanager
from threading import Thread
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.models import QuerySet

from portal.errors import PortalError
from tests.plugins.lock_order import unwatched

WAITING = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE wait_event_type = 'Lock' AND datname = current_database()"
)
A_WHILE = 1  # seconds that the second has on SQLite, which does not tell who waits
PATIENCE = 30

# SQLite has no row locks: writers run one by one.
on_postgresql = pytest.mark.only_on("postgresql")


def meet(first: Callable, second: Callable, module, check: str) -> list:
    """What each came to, a refusal or an error included. `check` is the function of a service's
    module that `first` calls once it holds what `second` wants."""
    answers, threads = [None, None], []
    original = getattr(module, check)

    def act(number: int, action: Callable):
        try:
            answers[number] = action()
        except PortalError as refusal:
            answers[number] = refusal
        except Exception as error:
            answers[number] = error

    def in_thread():
        try:
            act(1, second)
        finally:
            connection.close()

    def let_in(*arguments, **options):
        answer = original(*arguments, **options)
        if not threads:
            threads.append(Thread(target=in_thread))
            threads[0].start()
            _wait_until_it_waits(threads[0])
        return answer

    with patch.object(module, check, let_in):
        act(0, first)
    assert threads, f"{check} was not reached"
    threads[0].join(timeout=PATIENCE)
    assert not threads[0].is_alive()
    return answers


def _wait_until_it_waits(thread: Thread) -> None:
    """For a lock; or until it is done, if nothing stops it."""
    if connection.vendor == "sqlite":
        thread.join(timeout=A_WHILE)
        return
    deadline = time.monotonic() + PATIENCE
    while thread.is_alive() and time.monotonic() < deadline:
        if _count(WAITING):
            return
        thread.join(timeout=0.05)


def deadlocks(known: Collection[int] = ()) -> int:
    """How many the server has counted in this database; SQLite has none.

    A session tells the server what happened to it a moment later, at the latest when it ends: those
    that are not `known` are waited for.
    """
    if connection.vendor == "sqlite":
        return 0
    connection.close()
    deadline = time.monotonic() + PATIENCE
    while set(_sessions()) - set(known) and time.monotonic() < deadline:
        time.sleep(0.05)
    return _count("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


def _sessions() -> list[int]:
    """Process ids of the other sessions in this database."""
    if connection.vendor == "sqlite":
        return []
    others = "SELECT pid FROM pg_stat_activity"
    others += " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with connection.cursor() as cursor:
        cursor.execute(others)
        return [pid for (pid,) in cursor.fetchall()]


def _count(question: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


@contextmanager
def counted():
    """`with counted() as found:` – how many deadlocks there were within it is then `found[0]`."""
    connection.close()
    known = _sessions()  # of a browser's live server, for one, which keeps its connection
    before, found = deadlocks(known), []
    yield found
    found.append(deadlocks(known) - before)


def _with_keys(queryset: QuerySet, **options) -> QuerySet:
    return _lock(queryset, **{**options, "no_key": False})


_lock = QuerySet.select_for_update
KEYS_TOO = (QuerySet, "select_for_update", _with_keys)


@contextmanager
def without(*protections: tuple):
    """Rows are locked FOR UPDATE again; each of `protections` is a module, a name, a substitute."""
    with ExitStack() as stack:
        stack.enter_context(unwatched())
        for target, name, substitute in (KEYS_TOO, *protections):
            stack.enter_context(patch.object(target, name, substitute))
        yield
