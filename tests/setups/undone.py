"""For tests that share one world: what each of them does is taken back."""

from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone():
    """What is done within it is taken back. The world's own transaction is around it."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)
