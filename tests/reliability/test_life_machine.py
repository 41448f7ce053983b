"""Every verb of an appointment's life in any order, and what must hold after each step.

Unlike the diary's machine this one does not foretell each outcome. It knows what must always be
true (life.py), that a refusal changes nothing, and that nothing ends in an error.
"""

import os
from collections import Counter
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from portal.errors import PortalError
from portal.models import Appointment, ClinicSettings, Slot
from portal.services import appointments, availability, presence
from tests.factories import AdminFactory, DoctorFactory, OfficeFactory, PatientFactory
from tests.reliability import life
from tests.reliability.unprotected import without

BEGIN = datetime(2026, 3, 4, 8, tzinfo=ZoneInfo("Europe/Madrid"))
STEPS = 50
MARKS = {
    "confirmed": ("arrive", "arrive", "no_show", "complete"),
    "arrived": ("call_in", "complete", "undo"),
    "completed": ("undo",),
    "no_show": ("undo",),
}
VERBS = (
    *("pass_time", "declare", "remove", "book", "book", "book", "book", "cancel"),
    *("reschedule", "reschedule", "mark", "mark"),
)
ALL_MARKS = ("arrive", "call_in", "complete", "no_show", "undo")
any_number = st.integers(0, 10**6)


class Life(RuleBasedStateMachine):
    """One doctor confirms at once, one elsewhere where clocks are a quarter of an hour off, one
    wants to be asked."""

    steps: Counter = Counter()  # (verb, outcome), over all runs

    @classmethod
    def make_people(cls):
        """Rows that all runs share. Each run's own are rolled back."""
        ClinicSettings.objects.create(pk=1, cancel_cutoff_hours=0, minimum_notice_minutes=0)
        madrid = OfficeFactory(time_zone="Europe/Madrid")
        kathmandu = OfficeFactory(time_zone="Asia/Kathmandu")
        cls.doctors = [
            DoctorFactory(office=madrid),
            DoctorFactory(office=kathmandu),
            DoctorFactory(office=madrid, on_request=True),
        ]
        cls.patients = PatientFactory.create_batch(3)
        cls.admin = AdminFactory()

    def __init__(self):
        super().__init__()
        self.clock = time_machine.travel(BEGIN, tick=False)
        self.now = self.clock.__enter__()
        self.run = transaction.atomic()
        self.run.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.run.__exit__(None, None, None)
        self.clock.__exit__(None, None, None)

    @initialize()
    def begin_with_free_times(self):
        for doctor in self.doctors:
            self.declare(doctor, doctor.office, True, 18, 6)

    @rule(data=st.data())
    def somebody_does_something(self, data):
        """One rule for all verbs: hypothesis would leave most of many rules out of a run."""
        verb = data.draw(st.sampled_from(VERBS))
        getattr(self, f"_{verb}")(*(data.draw(any_number) for _n in range(3)))

    # --- What people do, on whatever the numbers point at --------------------------------------

    def _pass_time(self, number, *_numbers):
        self.now.shift(timedelta(minutes=(1, 5, 20, 45)[number % 4]))

    def _declare(self, who, what, when):
        doctor = self.doctors[who % 3]
        office = self.doctors[what % 7 == 0].office  # mostly the first one's
        self.declare(doctor, office, what % 3 > 0, 18 + when % 20, 1 + what % 6)

    def declare(self, doctor, office, free, first, count):
        """`count` half hours from the `first` of the wall clock, today or tomorrow."""
        day = timezone.now().astimezone(office.zone).date() + timedelta(first % 2)
        start = datetime.combine(day, datetime.min.time()) + timedelta(minutes=30 * first)
        self._do(
            "declare",
            lambda: availability.set_range(
                doctor,
                office=office,
                day=day,
                first=start.time(),
                last=(start + timedelta(minutes=30 * count)).time(),
                free=free,
                by=doctor.user,
            ),
        )

    def _remove(self, number, *_numbers):
        if slot := self._slot(number, "open", "taken"):
            self._do("remove", lambda: availability.remove(slot, by=slot.doctor.user))

    def _book(self, number, patient, who):
        if slot := self._slot(number, "open", "open", "open", "taken", "offered"):
            patient = self.patients[patient % 3]
            by = self.admin if who % 2 else patient.user
            verb = "request" if slot.doctor.on_request and by.is_patient else "book"
            self._do(
                verb,
                lambda: appointments.book(
                    slot.pk, patient_id=patient.pk, by=by, form_token=uuid4()
                ),
            )

    def _cancel(self, number, who, _number):
        if one := self._appointment(number, "confirmed", "requested", "arrived"):
            by = self.admin if who % 2 else one.patient.user
            self._do("cancel", lambda: appointments.cancel(one, by=by, reason="personal"))

    def _reschedule(self, number, other, who):
        one, slot = self._appointment(number, "confirmed"), self._slot(other, "open", "taken")
        if one and slot:
            by = self.admin if who % 2 else one.patient.user
            self._do("reschedule", lambda: appointments.reschedule(one, slot_id=slot.pk, by=by))

    def _mark(self, number, choice, any_verb):
        """Mostly what comes next in that state; now and then what does not."""
        if one := self._appointment(number, *MARKS):
            verbs = MARKS[one.state] if any_verb % 8 else ALL_MARKS
            verb = verbs[choice % len(verbs)]
            self._do(verb, lambda: getattr(presence, verb)(one, by=one.doctor.user))

    # --- What must be true after each step ----------------------------------------------------

    @invariant()
    def all_is_well(self):
        assert life.broken() == []

    def _do(self, verb, act):
        """Run a service. A refusal has changed nothing; any other error ends the run."""
        before = life.state()
        outcome = "done"
        try:
            act()
        except PortalError as refusal:
            outcome = type(refusal).__name__
            assert life.state() == before, f"{verb} was refused, and has changed something"
        Life.steps[verb, outcome] += 1

    def _slot(self, number, *states) -> Slot | None:
        """Any slot that is in one of these states; states that come twice are likelier."""
        found = self._any(Slot.objects, number, states)
        return found.select_related("doctor__user", "office").first() if found else None

    def _appointment(self, number, *states) -> Appointment | None:
        found = self._any(Appointment.objects, number, states)
        return found.select_related("doctor__user", "patient__user").first() if found else None

    @staticmethod
    def _any(rows, number, states):
        """Of the state that the number points at, or of the next one of which there are any."""
        for turn in range(len(states)):
            state = states[(number + turn) % len(states)]
            pks = list(rows.filter(state=state).order_by("pk").values_list("pk", flat=True))
            if pks:
                return rows.filter(pk=pks[number // len(states) % len(pks)])
        return None


def run_machine(runs):
    Life.make_people()
    Life.steps.clear()
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="CI" in os.environ,
            database=None,
            phases=[Phase.generate],  # to look for the shortest failing run takes minutes
            suppress_health_check=list(HealthCheck),
        ),
        _min_steps=STEPS,
    )


@pytest.mark.django_db
def test_all_verbs_in_any_order_for_5000_steps():
    run_machine(runs=125)

    assert Life.steps.total() >= 5000
    done = {verb for verb, outcome in Life.steps if outcome == "done"}
    assert done >= {
        "arrive",
        "book",
        "call_in",
        "cancel",
        "complete",
        "declare",
        "no_show",
        "remove",
        "request",
        "reschedule",
        "undo",
    }


@pytest.mark.django_db
def test_proof_that_the_machine_notices_a_missing_protection():
    with without("conditional withdrawal"), pytest.raises(AssertionError):
        run_machine(runs=125)
