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


@contextmanager
def around_tests():
    """The transaction of a world that several tests share; it is rolled back at the end. It counts
    as a test's own, so whatever a test does inside is a transaction by itself."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)
