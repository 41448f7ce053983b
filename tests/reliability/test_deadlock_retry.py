"""A transaction that PostgreSQL aborts because of a deadlock is retried once."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Thread
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, transaction

from portal.database.transactions import retried
from portal.models import Office, locks
from tests.factories import OfficeFactory
from tests.plugins.lock_order import unwatched
from tests.reliability.pairs import counted, on_postgresql

DEADLOCK, SERIALIZATION, LOCK_TIMEOUT = "40P01", "40001", "55P03"


def renaming(name: str, offices: list[Office], barrier: Barrier):
    """Renames the offices in that order; waits between them for the other who does."""
    runs = []

    def rename():
        with transaction.atomic():
            runs.append(name)
            for office in offices:
                locked = locks.office(office.pk)
                locked.name = f"{locked.name} {name}"
                locked.save()
                with suppress(BrokenBarrierError):
                    barrier.wait(timeout=2)
        return runs

    return rename


def at_once(*actions) -> list:
    answers = [None] * len(actions)

    def run(number, action):
        try:
            answers[number] = action()
        except OperationalError as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return answers


@pytest.mark.django_db(transaction=True)
@on_postgresql
@pytest.mark.parametrize("is_retried", [True, False], ids=["retried", "proof"])
def test_of_two_who_lock_in_opposite_order_both_get_through(is_retried):
    first, second = Office.objects.bulk_create(OfficeFactory.build_batch(2))
    barrier = Barrier(2)
    wrap = retried if is_retried else lambda service: service
    actions = [
        wrap(renaming("A", [first, second], barrier)),
        wrap(renaming("B", [second, first], barrier)),
    ]

    with unwatched(), counted() as found:
        answers = at_once(*actions)

    failed = [answer for answer in answers if isinstance(answer, OperationalError)]
    assert found[0] >= 1  # a second time, if the other one is refused then
    assert len(failed) == (0 if is_retried else 1)
    if is_retried:
        assert sorted(map(len, answers)) == [1, 2]
        for office in (first, second):
            office.refresh_from_db()
            assert sorted(office.name.split()[-2:]) == ["A", "B"]


class Failing:
    """Fails with these SQLSTATEs, one a call, then works."""

    def __init__(self, *states: str):
        self.states = list(states)
        self.calls = 0

    def __call__(self):
        self.calls += 1
        if self.states:
            error = OperationalError("aborted")
            error.__cause__ = Aborted(self.states.pop(0))
            raise error
        return "done"


class Aborted(Exception):
    def __init__(self, sqlstate: str):
        self.sqlstate = sqlstate


def service_of(failing: Failing):
    failing.__qualname__ = "failing"
    return retried(failing)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", [DEADLOCK, SERIALIZATION])
def test_an_aborted_transaction_is_retried(state):
    failing = Failing(state)

    assert service_of(failing)() == "done"
    assert failing.calls == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("states", [[DEADLOCK, DEADLOCK], [LOCK_TIMEOUT], [None]])
def test_it_is_retried_once_and_for_no_other_error(states):
    failing = Failing(*states)

    with pytest.raises(OperationalError):
        service_of(failing)()

    assert failing.calls == len(states)


@pytest.mark.django_db(transaction=True)
def test_inside_a_larger_transaction_nothing_is_retried():
    failing = Failing(DEADLOCK)

    with pytest.raises(OperationalError), transaction.atomic():
        service_of(failing)()

    assert failing.calls == 1


@pytest.mark.django_db(transaction=True)
def test_the_larger_transaction_is_retried_as_a_whole():
    failing, outer_calls = Failing(DEADLOCK), SimpleNamespace(count=0)

    @retried
    def outer():
        with transaction.atomic():
            outer_calls.count += 1
            return service_of(failing)()

    assert outer() == "done"
    assert (outer_calls.count, failing.calls) == (2, 2)
