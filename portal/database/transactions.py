"""Retrying a transaction that the database has aborted (docs/decisions/locks.md), or that has drawn
what was drawn before."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection

logger = logging.getLogger("portal.transactions")

Given = ParamSpec("Given")
Made = TypeVar("Made")

DEADLOCK_DETECTED, SERIALIZATION_FAILURE = "40P01", "40001"  # SQLSTATE
# Unique keys over what is drawn at chance, as PostgreSQL and SQLite call them. Among 100,000
# appointments one of 6,000 new references is there already; to look first would cost each a query.
DRAWN = ("portal_appointment_reference", "portal_appointment.reference")


def retried(service: Callable[Given, Made]) -> Callable[Given, Made]:
    """Decorates a function that opens a transaction: if PostgreSQL aborts it because of a deadlock
    or a serialization failure, or what it has drawn at chance is there already, the function runs
    once more from its beginning.

    It does not retry inside a larger transaction, which is aborted as a whole: the function that
    opened that one is retried instead. An abort undoes all that the first run wrote, so a decorated
    function must have no effect outside the database; sending is the worker's task.
    """

    @wraps(service)
    def run(*arguments: Given.args, **options: Given.kwargs) -> Made:
        if connection.in_atomic_block:
            return service(*arguments, **options)
        try:
            return service(*arguments, **options)
        except (OperationalError, IntegrityError) as error:
            if not (_is_for_another(error) or _is_drawn_twice(error)):
                raise
            logger.warning("Retrying %s: %s", service.__qualname__, error)
        return service(*arguments, **options)

    return run


def _is_drawn_twice(error: Exception) -> bool:
    return isinstance(error, IntegrityError) and any(name in str(error) for name in DRAWN)


def _is_for_another(error: Exception) -> bool:
    """Whether PostgreSQL aborted the transaction so that another one can go on."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state in (DEADLOCK_DETECTED, SERIALIZATION_FAILURE)
