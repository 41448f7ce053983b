"""Merging and taking back in any order, while appointments and entries of the waiting list are made
and ended: nothing is lost, nothing doubled, nothing overlaps (requirement A17)."""

from collections import Counter
from datetime import datetime
from unittest.mock import patch
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from portal.appointments.services import appointments, waitlist
from portal.errors import PortalError
from portal.models import Appointment, ClinicSettings, Patient, PatientMerge, Slot, Wait
from portal.people.queries.merge_values import GROUPS, fingerprint
from portal.people.services import merged_rows, patient_merges
from tests.factories import (
    AdminFactory,
    DoctorFactory,
    OfficeFactory,
    PatientFactory,
    SlotFactory,
)
from tests.plugins.selection import length
from tests.reliability import life
from tests.reliability.machine import run
from tests.setups.undone import around_tests

BEGIN = datetime(2026, 3, 4, 8, tzinfo=ZoneInfo("Europe/Madrid"))
STEPS = 30
VERBS = ("book", "book", "book", "cancel", "wait", "leave", "merge", "merge", "take_back")
VERBS += ("take_back", "book_for_the_merged")
EACH = {"book", "cancel", "wait", "leave", "merge", "take_back"}
any_number = st.integers(0, 10**6)


class Merging(RuleBasedStateMachine):
    """Two doctors have times that overlap; of four patients one has a login."""

    steps: Counter = Counter()  # (verb, outcome), over all runs

    @classmethod
    def make_people(cls):
        ClinicSettings.objects.create(pk=1, cancel_cutoff_hours=0, minimum_notice_minutes=0)
        office = OfficeFactory(time_zone="Europe/Madrid")
        cls.doctors = [DoctorFactory(office=office), DoctorFactory(office=office)]
        cls.patients = [PatientFactory(), *PatientFactory.create_batch(3, user=None)]
        cls.admin = AdminFactory()

    def __init__(self):
        super().__init__()
        self.clock = time_machine.travel(BEGIN, tick=False)
        self.clock.__enter__()
        self.run = around_tests()
        self.run.__enter__()
        self.made: dict[str, set[int]] = {"appointments": set(), "waits": set()}
        self.values: dict[int, tuple] = {}  # of both, before each merge that stands

    def teardown(self):
        self.run.__exit__(None, None, None)
        self.clock.__exit__(None, None, None)

    @initialize()
    def begin_with_free_times(self):
        for number, doctor in enumerate(self.doctors):
            for hour in range(10, 18):
                at = BEGIN.replace(hour=hour, minute=10 * number)
                SlotFactory(doctor=doctor, starts_at=at)

    @rule(data=st.data())
    def somebody_does_something(self, data):
        verb = data.draw(st.sampled_from(VERBS))
        getattr(self, f"_{verb}")(*(data.draw(any_number) for _n in range(3)))

    # --- What people do ----------------------------------------------------------------------

    def _book(self, number, who, _number):
        patient = self._patient(who)
        if slot := self._one(Slot.objects.filter(state="open"), number):
            made = self._do("book", lambda: self._booked(slot, patient))
            self.made["appointments"] |= {made.pk} if made else set()

    def _book_for_the_merged(self, number, who, _number):
        gone = self._one(Patient.objects.exclude(merged_into=None), who)
        slot = self._one(Slot.objects.filter(state="open"), number)
        if gone and slot:
            assert self._do("book_for_the_merged", lambda: self._booked(slot, gone)) is None

    def _booked(self, slot, patient) -> Appointment:
        return appointments.book(slot.pk, patient_id=patient.pk, by=self.admin, form_token=uuid4())

    def _cancel(self, number, *_numbers):
        if one := self._one(Appointment.objects.filter(state="confirmed"), number):
            self._do("cancel", lambda: appointments.cancel(one, by=self.admin, reason="personal"))

    def _wait(self, number, who, what):
        patient = self._patient(who)
        one = self._one(Appointment.objects.filter(state="confirmed"), number)
        if one and what % 3 == 0:
            made = self._do("wait", lambda: waitlist.join_for_earlier(one, by=self.admin))
        elif one and what % 3 == 1:
            made = self._do(
                "wait", lambda: waitlist.join_for_slot(patient, slot=one.slot, by=self.admin)
            )
        else:
            wish = waitlist.Wish(office=self.doctors[0].office)
            made = self._do("wait", lambda: waitlist.join(patient, wish=wish, by=self.admin))
        self.made["waits"] |= {made.pk} if made else set()

    def _leave(self, number, *_numbers):
        if wait := self._one(Wait.objects.filter(state="waiting"), number):
            self._do("leave", lambda: waitlist.leave(wait, by=self.admin))

    def _merge(self, who, whom, what):
        kept, gone = self._patient(who), self._patient(whom)
        choices = {name: ("kept", "gone")[what >> n & 1] for n, name in enumerate(GROUPS)}
        seen, before = fingerprint(kept, gone), (_values(kept), _values(gone))
        made = self._do(
            "merge",
            lambda: patient_merges.merge(
                kept, gone, choices=choices, seen=seen, reason="Twice", by=self.admin
            ),
        )
        if made:
            self.values[made.pk] = before

    def _take_back(self, number, *_numbers):
        if merge := self._one(PatientMerge.objects.standing(), number):
            theirs = set(merge.moved.get("appointment.patient", []))
            returned = self._do("take_back", lambda: patient_merges.take_back(merge, by=self.admin))
            if returned:
                before = self.values.pop(merge.pk)
                after = (_values(merge.kept_id), _values(merge.gone_id))
                assert after == before, "the values of the two are not what they were"
                assert set(merge.gone.appointments.values_list("pk", flat=True)) == theirs

    # --- What must be true after each step -----------------------------------------------------

    @invariant()
    def nothing_is_lost_doubled_or_at_the_same_time(self):
        assert life.broken() == []
        assert set(Appointment.objects.values_list("pk", flat=True)) == self.made["appointments"]
        assert set(Wait.objects.values_list("pk", flat=True)) >= self.made["waits"]
        listed = set(Patient.objects.visible_to(self.admin).values_list("pk", flat=True))
        assert not Appointment.objects.exclude(patient__in=listed).exists()
        assert not Wait.objects.exclude(patient__in=listed).exists()
        standing = PatientMerge.objects.standing()
        assert standing.count() == len(self.patients) - len(listed) == len(self.values)
        for wait in Wait.objects.exclude(appointment=None).select_related("appointment"):
            assert wait.patient_id == wait.appointment.patient_id

    def _do(self, verb, act):
        """What a service made; None if it refused, which has changed nothing."""
        before = life.state()
        try:
            made = act()
        except PortalError as refusal:
            Merging.steps[verb, type(refusal).__name__] += 1
            assert life.state() == before, f"{verb} was refused, and has changed something"
            return None
        Merging.steps[verb, "done"] += 1
        return made

    def _patient(self, number) -> Patient:
        return self._one(Patient.objects.visible_to(self.admin), number)

    @staticmethod
    def _one(rows, number):
        pks = sorted(rows.values_list("pk", flat=True))
        return rows.get(pk=pks[number % len(pks)]) if pks else None


def _values(patient) -> tuple:
    pk = getattr(patient, "pk", patient)
    row = Patient.objects.filter(pk=pk).values("name", "phone", "date_of_birth", "address").get()
    phones = Patient.objects.get(pk=pk).further_phones.values_list("number", flat=True)
    return tuple(map(str, row.values())), sorted(map(str, phones))


def run_machine(runs):
    Merging.make_people()
    Merging.steps.clear()
    run(Merging, runs=runs, steps=STEPS)


@pytest.mark.django_db
def test_A17_merging_and_taking_back_in_any_order():
    runs = length(each_commit=10, full=60)

    run_machine(runs=runs)

    done = {verb for verb, outcome in Merging.steps if outcome == "done"}
    assert done >= EACH
    assert ("book_for_the_merged", "MergedPatient") in Merging.steps


@pytest.mark.django_db
def test_proof_that_the_machine_notices_what_does_not_move():
    stay = {**merged_rows.STAY, "wait.patient": "left behind"}
    with patch.object(merged_rows, "STAY", stay), pytest.raises(AssertionError):
        run_machine(runs=60)
