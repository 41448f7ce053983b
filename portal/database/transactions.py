"""Doing a transaction again that the database has broken off (docs/decisions/locks.md)."""

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
    """Decorates a function that opens a transaction: broken off by a deadlock or a serialization
    failure, it is done once more, from its beginning.

    Not within a larger transaction, which is broken off as a whole: whoever opened that one does it
    again. Nothing of the first time remains but what the function has done outside the database, so
    it sends nothing; that is the worker's.
    """

    @wraps(service)
    def do(*arguments: Given.args, **options: Given.kwargs) -> Made:
        if connection.in_atomic_block:
            return service(*arguments, **options)
        try:
            return service(*arguments, **options)
        except OperationalError as error:
            if not _is_broken_off(error):
                raise
            logger.warning("%s is done again: %s", service.__qualname__, error)
        return service(*arguments, **options)

    return do


def _is_broken_off(error: OperationalError) -> bool:
    """By PostgreSQL, for the sake of another transaction. SQLite runs writers one by one."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state in (DEADLOCK_DETECTED, SERIALIZATION_FAILURE)
