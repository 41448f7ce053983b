"""Book, cancel, declare and remove in any order, against a plain model of what must come of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from portal.appointments.services import appointments
from portal.clock.grid import day_grid
from portal.diary.services import availability
from portal.errors import LimitReached, Overlap, PortalError, SlotTaken, StaleState
from portal.models import Appointment, AuditEvent, ClinicSettings, Slot
from tests.factories import AdminFactory, DoctorFactory, OfficeFactory, PatientFactory
from tests.plugins.selection import length
from tests.reliability.machine import STEPS, run
from tests.reliability.unprotected import without
from tests.setups.undone import around_tests

CAP = 2  # upcoming appointments a patient may hold
any_number = st.integers(0, 10**6)


@dataclass
class ModelSlot:
    doctor: int
    office: int
    starts_at: datetime
    ends_at: datetime
    state: str = "open"


@dataclass
class ModelAppointment:
    slot: int
    patient: int
    by: int
    state: str = "confirmed"


def clash(first, second) -> bool:
    return first.starts_at < second.ends_at and first.ends_at > second.starts_at


class Diary(RuleBasedStateMachine):
    steps: Counter = Counter()  # how often each outcome came, over all runs

    @classmethod
    def make_people(cls):
        """Rows that all runs share. Each run's own are rolled back."""
        ClinicSettings.objects.create(pk=1, max_upcoming_per_patient=CAP)
        office = OfficeFactory(time_zone="Europe/Madrid")
        # Where clocks are a quarter of an hour off, so that its half hours overlap two of Madrid's.
        cls.offices = [office, OfficeFactory(time_zone="Asia/Kathmandu")]
        cls.doctors = DoctorFactory.create_batch(2, office=office)
        cls.patients = PatientFactory.create_batch(2)
        cls.admin = AdminFactory()
        cls.day = (timezone.now() + timedelta(days=7)).date()
        grids = [day_grid(cls.day, each.zone, ClinicSettings()) for each in cls.offices]
        near = grids[0][0].starts_at
        first = next(number for number, cell in enumerate(grids[1]) if cell.ends_at > near)
        cls.cells = [grids[0][:6], grids[1][first : first + 6]]

    def __init__(self):
        super().__init__()
        self.run = around_tests()
        self.run.__enter__()
        self.slots: dict[int, ModelSlot] = {}
        self.appointments: dict[int, ModelAppointment] = {}
        self.tokens: dict[tuple[UUID, int], int] = {}
        self.events = 0

    def teardown(self):
        self.run.__exit__(None, None, None)

    @initialize(doctor=st.integers(0, 1))
    def begin_with_free_times(self, doctor):
        self.declare(doctor, 0, range(6))

    # --- What people do -----------------------------------------------------------------------

    @rule(
        doctor=st.sampled_from([0, 0, 1]),
        office=st.sampled_from([0, 0, 0, 0, 1]),
        chosen=st.sets(st.integers(0, 5), min_size=4),
    )
    def declare(self, doctor, office, chosen):
        doctor, office, cells = self.doctors[doctor], self.offices[office], self.cells[office]
        wanted = [cells[number] for number in sorted(chosen)]
        live = self._live_slots(doctor)
        here = {slot.starts_at: pk for pk, slot in live.items() if slot.office == office.pk}
        elsewhere = [slot for slot in live.values() if slot.office != office.pk]
        missing = [cell for cell in wanted if cell.starts_at not in here]
        refused = any(clash(cell, other) for cell in missing for other in elsewhere)

        change = self._do(
            lambda: availability.set_day(
                doctor,
                office=office,
                day=self.day,
                starts=[cell.starts_at for cell in wanted],
                by=doctor.user,
            ),
            Overlap if refused else None,
        )

        if refused:
            return
        unwanted = {s: pk for s, pk in here.items() if s not in {c.starts_at for c in wanted}}
        removed = {s for s, pk in unwanted.items() if self.slots[pk].state == "open"}
        assert set(change.added) == {cell.starts_at for cell in missing}
        assert set(change.removed) == removed
        assert set(change.kept_booked) == set(unwanted) - removed
        for start in removed:
            self.slots[unwanted[start]].state = "withdrawn"
        for cell in missing:
            made = Slot.objects.live().get(doctor=doctor, starts_at=cell.starts_at)
            self.slots[made.pk] = ModelSlot(doctor.pk, office.pk, cell.starts_at, cell.ends_at)
        self.events += bool(missing or removed)

    @precondition(lambda self: self.slots)
    @rule(number=any_number)
    def remove(self, number):
        pk = self._some_slot(number)
        free = self.slots[pk].state == "open"
        slot = Slot.objects.select_related("doctor").get(pk=pk)

        self._do(
            lambda: availability.remove(slot, by=slot.doctor.user), None if free else StaleState
        )

        if free:
            self.slots[pk].state = "withdrawn"
            self.events += 1

    @precondition(lambda self: self.slots)
    @rule(
        number=any_number,
        patient=st.integers(0, 1),
        as_desk=st.sampled_from([False, False, True]),
        again=st.booleans(),
    )
    def book(self, number, patient, as_desk, again):
        """`again`: with the form that was sent last."""
        pk = self._some_slot(number)
        patient = self.patients[patient]
        by = self.admin if as_desk else patient.user
        token = next(reversed(self.tokens), (uuid4(), 0))[0] if again else uuid4()
        earlier = self.tokens.get((token, by.pk))
        expected = None if earlier else self._refusal(pk, patient, as_desk, token)

        made = self._do(
            lambda: appointments.book(pk, patient_id=patient.pk, by=by, form_token=token), expected
        )

        if expected:
            return
        if earlier:
            assert made.pk == earlier
            return
        self.slots[pk].state = "taken"
        self.appointments[made.pk] = ModelAppointment(pk, patient.pk, by.pk)
        self.tokens[token, by.pk] = made.pk
        self.events += 1

    @precondition(lambda self: self.appointments)
    @rule(number=any_number, as_desk=st.booleans())
    def cancel(self, number, as_desk):
        pk = sorted(self.appointments)[-1 - number % min(6, len(self.appointments))]
        appointment = Appointment.objects.select_related("patient__user").get(pk=pk)
        model = self.appointments[pk]
        live = model.state == "confirmed"
        by = self.admin if as_desk else appointment.patient.user

        self._do(
            lambda: appointments.cancel(appointment, by=by, reason="personal"),
            None if live else StaleState,
        )

        if live:
            model.state = "cancelled"
            self.slots[model.slot].state = "open"
            self.events += 1

    # --- What must be true after each step ----------------------------------------------------

    @invariant()
    def database_is_as_the_model_says(self):
        slots = Slot.objects.values_list("pk", "doctor", "office", "starts_at", "ends_at", "state")
        held = Appointment.objects.values_list("pk", "slot", "patient", "booked_by", "state")
        assert {row[0]: ModelSlot(*row[1:]) for row in slots} == self.slots
        assert {row[0]: ModelAppointment(*row[1:]) for row in held} == self.appointments
        assert AuditEvent.objects.count() == self.events

    @invariant()
    def nothing_is_held_twice(self):
        live = Appointment.objects.live()
        for rows, owner in ((Slot.objects.live(), "doctor_id"), (live, "patient_id")):
            for one, other in combinations(rows, 2):
                assert getattr(one, owner) != getattr(other, owner) or not clash(one, other)
        holders = Counter(live.values_list("slot", flat=True))
        taken = Slot.objects.filter(state="taken").values_list("pk", flat=True)
        assert holders == dict.fromkeys(taken, 1)

    # --- The model's own knowledge ------------------------------------------------------------

    def _do(self, act, expected: type[PortalError] | None):
        """Run a service; its outcome must be the expected refusal, or none."""
        outcome, result = "done", None
        try:
            result = act()
        except PortalError as refusal:
            outcome = type(refusal).__name__
        assert outcome == (expected.__name__ if expected else "done")
        Diary.steps[outcome] += 1
        return result

    def _live_slots(self, doctor):
        return {
            pk: slot
            for pk, slot in self.slots.items()
            if slot.doctor == doctor.pk and slot.state != "withdrawn"
        }

    def _some_slot(self, number):
        """A live slot, or one of the last that were withdrawn."""
        live = [pk for pk, slot in self.slots.items() if slot.state != "withdrawn"]
        gone = [pk for pk, slot in self.slots.items() if slot.state == "withdrawn"]
        choice = [*live, *gone[-2:]]
        return choice[number % len(choice)]

    def _refusal(self, pk, patient, as_desk, token):
        """The first of the refusals that booking checks for, in its order."""
        slot = self.slots[pk]
        held = [
            self.slots[appointment.slot]
            for appointment in self.appointments.values()
            if appointment.patient == patient.pk and appointment.state == "confirmed"
        ]
        if slot.state != "open":
            return SlotTaken
        if any(clash(slot, other) for other in held):
            return Overlap
        if not as_desk and len(held) >= CAP:
            return LimitReached
        if token in {used for used, _by in self.tokens}:
            return StaleState  # the form was somebody else's
        return None


def run_machine(runs):
    Diary.make_people()
    Diary.steps.clear()
    run(Diary, runs=runs)


@pytest.mark.django_db
def test_diary_behaves_as_its_model():
    """At full length for more than 2,000 steps."""
    runs = length(each_commit=20, full=48)

    run_machine(runs=runs)

    assert Diary.steps.total() >= runs * STEPS * 0.75  # a choice may find nothing to act on
    assert set(Diary.steps) >= {"done", "SlotTaken", "Overlap", "StaleState"}


@pytest.mark.django_db
@pytest.mark.parametrize("protection", ["conditional withdrawal", "token"])
def test_proof_that_the_machine_notices_a_missing_protection(protection):
    with without(protection), pytest.raises(AssertionError):
        run_machine(runs=48)
