"""Retrying a transaction that the database has aborted (docs/decisions/locks.md)."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

logger = logging.getLogger("portal.transactions")

Given = ParamSpec("Given")
Made = TypeVar("Made")

DEADLOCK_DETECTED, SERIALIZATION_FAILURE = "40P01", "40001"  # SQLSTATE


def retried(service: Callable[Given, Made]) -> Callable[Given, Made]:
    """Decorates a function that opens a transaction: if PostgreSQL aborts it because of a deadlock
    or a serialization failure, the function runs once more from its beginning.

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
        except OperationalError as error:
            if not _is_for_another(error):
                raise
            logger.warning("Retrying %s: %s", service.__qualname__, error)
        return service(*arguments, **options)

    return run


def _is_for_another(error: OperationalError) -> bool:
    """Whether PostgreSQL aborted the transaction so that another one can go on."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state in (DEADLOCK_DETECTED, SERIALIZATION_FAILURE)
