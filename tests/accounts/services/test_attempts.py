"""Counting attempts (requirement A04)."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from portal.accounts.services import attempts
from portal.accounts.services.attempts import Limit
from portal.models import AttemptCount, KnownAddress
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

TWICE = Limit("twice a minute", 2, timedelta(minutes=1))


def test_as_many_as_the_limit_says():
    assert [attempts.take(TWICE, "ana") for _time in range(4)] == [True, True, False, False]
    assert attempts.take(TWICE, "ben")
    assert attempts.take(Limit("another", 1, timedelta(minutes=1)), "ana")


def test_a_new_time_begins_with_the_first_attempt_after_it():
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        assert [attempts.take(TWICE, "ana") for _time in range(3)] == [True, True, False]
    with time_machine.travel(start + timedelta(seconds=59), tick=False):
        assert not attempts.take(TWICE, "ana")
    with time_machine.travel(start + timedelta(seconds=61), tick=False):
        assert [attempts.take(TWICE, "ana") for _time in range(3)] == [True, True, False]


def test_what_is_given_back_can_be_taken_again():
    attempts.take(TWICE, "ana")
    attempts.take(TWICE, "ana")
    attempts.give_back(TWICE, "ana")

    assert [attempts.take(TWICE, "ana"), attempts.take(TWICE, "ana")] == [True, False]


def test_nothing_is_given_back_that_was_not_taken():
    attempts.give_back(TWICE, "ana")
    attempts.take(TWICE, "ana")
    for _time in range(3):
        attempts.give_back(TWICE, "ana")

    assert AttemptCount.objects.get().count == 0


def test_others_cannot_push_a_count_out():
    """Django's cache would throw counts away at 300 entries."""
    attempts.take(TWICE, "ana")
    attempts.take(TWICE, "ana")
    for number in range(600):
        attempts.take(TWICE, number)
    cache.clear()

    assert not attempts.take(TWICE, "ana")


def test_counts_do_not_tell_for_whom_they_are():
    attempts.take(TWICE, "ana@example.org", "203.0.113.7")

    assert "ana" not in str(AttemptCount.objects.values().get())
    assert "203" not in AttemptCount.objects.get().key


def test_the_sweep_removes_what_is_over():
    user = UserFactory()
    attempts.take(TWICE, "ana")
    attempts.remember(user.pk, address="203.0.113.7")
    attempts.forget(by=None)
    kept = (AttemptCount.objects.count(), KnownAddress.objects.count())

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        attempts.forget(by=None)
        assert (AttemptCount.objects.count(), KnownAddress.objects.count()) == (0, 1)
    with time_machine.travel(timezone.now() + timedelta(days=181)):
        attempts.forget(by=None)
        assert not KnownAddress.objects.exists()

    assert kept == (1, 1)


def test_an_address_is_known_to_its_user_only():
    ana, ben = UserFactory(), UserFactory()

    attempts.remember(ana.pk, address="203.0.113.7")
    attempts.remember(ana.pk, address="203.0.113.7")

    assert attempts.is_known(ana.pk, address="203.0.113.7")
    assert not attempts.is_known(ana.pk, address="203.0.113.8")
    assert not attempts.is_known(ben.pk, address="203.0.113.7")
    assert KnownAddress.objects.count() == 1


def test_the_usual_attempt_costs_one_query(django_assert_num_queries):
    attempts.take(TWICE, "ana")

    with django_assert_num_queries(1):
        attempts.take(TWICE, "ana")
