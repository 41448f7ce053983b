"""In every test: whatever locks rows keeps to the order that portal/models/locks.py says.

What is locked is noted as it is asked for, so this needs no second transaction and no PostgreSQL.
An UPDATE of many rows does not say which: there one that is held of their kind is enough.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.transaction import Atomic

ORDER = ("clinicsettings", "office", "doctor", "slot", "patient", "appointment", "wait", "offer")
ORDER += ("invitation", "user", "authenticator", "notification")
OF_WHAT_IS_HELD = ("wait",)  # those of an appointment that is held may be updated late


class OutOfOrder(BaseException):
    """Not to be caught as an error of the portal's."""


class Watch:
    is_on = True


@contextmanager
def unwatched() -> Iterator[None]:
    """For proofs, which leave the order on purpose; in all threads."""
    Watch.is_on = False
    try:
        yield
    finally:
        Watch.is_on = True


class Held(threading.local):
    """What the transaction of this thread holds: rows, and how far it has come."""

    def __init__(self):
        self.begin()

    def begin(self) -> None:
        self.rows, self.last, self.highest = set(), "", {}

    def note(self, kind: str, pks) -> None:
        new = {(kind, pk) for pk in pks} - self.rows
        if not (new and Watch.is_on and _is_in_transaction()):
            return
        if self.last and ORDER.index(kind) < ORDER.index(self.last):
            raise OutOfOrder(f"{sorted(new)} is locked after {self.last}")
        if min(new)[1] < self.highest.get(kind, 0):
            raise OutOfOrder(f"{sorted(new)} is locked after {kind} {self.highest[kind]}")
        self.rows |= new
        self.highest[kind] = max(new)[1]
        self.last = max(self.last or kind, kind, key=ORDER.index)

    def note_update(self, kind: str, pk: int | None = None) -> None:
        if kind not in ORDER or kind in OF_WHAT_IS_HELD or not _is_in_transaction():
            return
        if pk is not None:
            self.note(kind, [pk])
            return
        is_held = any(one == kind for one, _pk in self.rows)
        if Watch.is_on and not is_held and self.last and ORDER.index(kind) < ORDER.index(self.last):
            raise OutOfOrder(f"{kind} is updated after {self.last} was locked")


held = Held()


@pytest.fixture(autouse=True, scope="session")
def _locks_in_order():
    from portal.models import locks  # deferred: plugins load before Django is set up

    with ExitStack() as stack:
        for name in ("settings", "office", "patient", "user", "authenticator", "message"):
            stack.enter_context(patch.object(locks, name, _noting_what(getattr(locks, name))))
        stack.enter_context(patch.object(locks, "requests", _unnoted(locks.requests)))
        stack.enter_context(patch.object(locks, "_lock", _noting_ids(locks._lock)))
        stack.enter_context(patch.object(Atomic, "__enter__", _beginning(Atomic.__enter__)))
        stack.enter_context(patch.object(Atomic, "__exit__", _ending(Atomic.__exit__)))
        stack.enter_context(patch.object(QuerySet, "update", _noting_rows(QuerySet.update)))
        stack.enter_context(patch.object(Model, "save_base", _noting_row(Model.save_base)))
        yield


def _noting_what(lock: Callable) -> Callable:
    @wraps(lock)
    def noting(*arguments, **options):
        found = lock(*arguments, **options)
        if found is not None:
            held.note(found._meta.model_name, [found.pk])
        return found

    return noting


def _noting_ids(lock: Callable) -> Callable:
    @wraps(lock)
    def noting(rows, pks):
        if not getattr(held, "is_off", False):
            held.note(rows.model._meta.model_name, pks)
        return lock(rows, pks)

    return noting


def _unnoted(lock: Callable) -> Callable:
    @wraps(lock)
    def of_a_held_slot(slot):
        is_watched = Watch.is_on and _is_in_transaction()
        if is_watched and ("slot", slot.pk) not in held.rows:
            raise OutOfOrder(f"Requests for slot {slot.pk}, which is not held, are locked")
        held.is_off = True
        try:
            found = lock(slot)
        finally:
            held.is_off = False
        held.rows |= {("appointment", one.pk) for one in found}
        return found

    return of_a_held_slot


def _beginning(enter: Callable) -> Callable:
    """A transaction begins; the one in which a test runs does not count."""

    @wraps(enter)
    def begin(atomic):
        if not _is_in_transaction():
            held.begin()
        return enter(atomic)

    return begin


def _ending(leave: Callable) -> Callable:
    @wraps(leave)
    def end(atomic, *error):
        try:
            return leave(atomic, *error)
        finally:
            if not _is_in_transaction():
                held.begin()

    return end


def _noting_rows(update: Callable) -> Callable:
    @wraps(update)
    def noting(rows, **values):
        held.note_update(rows.model._meta.model_name)
        return update(rows, **values)

    return noting


def _noting_row(save: Callable) -> Callable:
    @wraps(save)
    def noting(row, *arguments, **options):
        is_new = row._state.adding
        if not is_new:
            held.note_update(row._meta.model_name, row.pk)
        result = save(row, *arguments, **options)
        if is_new and _is_in_transaction():
            held.rows.add((row._meta.model_name, row.pk))
        return result

    return noting


def _is_in_transaction() -> bool:
    return not all(block._from_testcase for block in connection.atomic_blocks)
