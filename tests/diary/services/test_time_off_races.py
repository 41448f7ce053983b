"""A patient books while the doctor takes time off: one of them is told (requirement B19)."""

from contextlib import ExitStack, nullcontext
from datetime import timedelta
from threading import Thread
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.models import QuerySet

from portal.appointments.services import appointments, taking
from portal.diary.queries.time_off import to_settle
from portal.diary.services import time_off
from portal.errors import PortalError, SlotTaken, Unsettled
from portal.models import Appointment, TimeOff
from tests.factories import DoctorFactory, PatientFactory, SlotFactory, in_days

pytestmark = pytest.mark.django_db(transaction=True)

A_WHILE = 1.5  # seconds, in which the other one would be done if nothing stopped it


class Race:
    """The second begins once a check of the first has passed, and has a while to get ahead."""

    def __init__(self):
        self.doctor = DoctorFactory()
        self.slot = SlotFactory(doctor=self.doctor, starts_at=in_days(3))
        self.user = PatientFactory().user
        self.stretch = {
            "starts_at": self.slot.starts_at - timedelta(hours=1),
            "ends_at": self.slot.ends_at + timedelta(hours=1),
        }
        self.answers = {}

    def book(self):
        self._noted("book", lambda: appointments.book(self.slot.pk, by=self.user))

    def take(self):
        def act():
            return time_off.take_time_off(
                self.doctor, choices={}, by=self.doctor.user, **self.stretch
            )

        self._noted("take", act)

    def run(self, first, second, module, check):
        threads, original = [], getattr(module, check)

        def check_and_let_in(*arguments, **options):
            answer = original(*arguments, **options)
            if not threads:
                threads.append(Thread(target=self._in_thread, args=(second,)))
                threads[0].start()
                threads[0].join(timeout=A_WHILE)
            return answer

        with patch.object(module, check, check_and_let_in):
            first()
            threads[0].join(timeout=30)
        assert len(self.answers) == 2

    def forgotten(self) -> list[Appointment]:
        """Those who have an appointment while the doctor is away."""
        if not TimeOff.objects.exists():
            return []
        return list(to_settle(self.doctor, **self.stretch))

    def _noted(self, name, act):
        try:
            self.answers[name] = act()
        except PortalError as error:
            self.answers[name] = error

    def _in_thread(self, act):
        try:
            act()
        finally:
            connection.close()


def without_locks() -> ExitStack:
    autocommit = SimpleNamespace(atomic=nullcontext)
    stack = ExitStack()
    stack.enter_context(patch.object(time_off, "transaction", autocommit))
    stack.enter_context(patch.object(appointments, "transaction", autocommit))
    stack.enter_context(patch.object(taking, "for_update", lambda: ""))
    unlocked = patch.object(QuerySet, "select_for_update", lambda queryset, **_options: queryset)
    stack.enter_context(unlocked)
    return stack


def test_B19_who_books_after_the_look_is_too_late():
    race = Race()

    race.run(race.take, race.book, time_off, "_check_settled")

    assert isinstance(race.answers["book"], SlotTaken)
    assert isinstance(race.answers["take"], TimeOff)
    assert race.forgotten() == []


def test_B19_who_books_before_the_look_is_shown():
    race = Race()

    race.run(race.book, race.take, taking, "check_patient_is_free")

    refused = race.answers["take"]
    assert isinstance(refused, Unsettled)
    assert refused.changed == [race.answers["book"].pk]
    assert not TimeOff.objects.exists()


def test_proof_that_the_race_notices_missing_locks():
    race = Race()

    with without_locks():
        race.run(race.take, race.book, time_off, "_check_settled")

    assert len(race.forgotten()) == 1
