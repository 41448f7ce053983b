"""Every verb of an appointment's life in any order, and what must hold after each step.

Unlike the diary's machine this one does not foretell each outcome. It knows what must always be
true (life.py), that a refusal changes nothing, and that nothing ends in an error.
"""

from collections import Counter
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from portal.appointments.services import appointments, offers, presence, requests, waitlist
from portal.desk.services import walk_ins
from portal.diary.services import availability, slots, time_off, transfers
from portal.errors import PortalError
from portal.models import Appointment, ClinicSettings, Offer, Slot, TimeOff, Wait
from tests.factories import AdminFactory, DoctorFactory, OfficeFactory, PatientFactory
from tests.plugins.selection import length
from tests.reliability import life
from tests.reliability.machine import STEPS, run
from tests.reliability.unprotected import without
from tests.setups.diary import set_range
from tests.setups.undone import around_tests

BEGIN = datetime(2026, 3, 4, 8, tzinfo=ZoneInfo("Europe/Madrid"))
MARKS = {
    "confirmed": ("arrive", "no_show", "no_show", "complete"),
    "arrived": ("call_in", "complete", "undo"),
    "completed": ("undo",),
    "no_show": ("undo",),
}
VERBS = (
    *("pass_time", "pass_time", "declare", "remove", "book", "book", "book", "book", "cancel"),
    *("reschedule", "reschedule", "mark", "mark", "create_slot", "add_extra", "answer", "answer"),
    *("transfer", "transfer_slot", "wait", "wait", "leave", "take_offer", "take_offer"),
    *("take_time_off", "end_time_off", "worker_runs"),
)
EACH = {
    *("accept", "add_extra", "arrive", "book", "call_in", "cancel", "complete", "create_slot"),
    *("declare", "decline", "decline_offer", "expire", "leave", "no_show", "offer_new", "pass_on"),
    *("remove", "request", "reschedule", "take_offer", "take_time_off", "end_time_off"),
    *("transfer", "transfer_slot", "undo", "wait"),
}
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
        self.run = around_tests()
        self.run.__enter__()
        self.before: tuple | None = None

    def teardown(self):
        self.run.__exit__(None, None, None)
        self.clock.__exit__(None, None, None)

    @initialize()
    def begin_with_a_busy_day(self):
        for doctor, first in zip(self.doctors, (20, 29, 20), strict=True):
            self.declare(doctor, doctor.office, True, first, 8)
        for number in range(6):
            self._book(6 * number, number, number)

    @rule(data=st.data())
    def somebody_does_something(self, data):
        """One rule for all verbs: hypothesis would leave most of many rules out of a run."""
        verb = data.draw(st.sampled_from(VERBS))
        getattr(self, f"_{verb}")(*(data.draw(any_number) for _n in range(3)))

    # --- What people do, on whatever the numbers point at --------------------------------------

    def _pass_time(self, number, *_numbers):
        self.now.shift(timedelta(minutes=(1, 20, 45, 90)[number % 4]))

    def _declare(self, who, what, when):
        doctor = self.doctors[who % 3]
        office = self.doctors[what % 7 == 0].office  # mostly the first one's
        self.declare(doctor, office, what % 3 > 0, 18 + when % 20, 1 + what % 6)

    def declare(self, doctor, office, free, first, count):
        """`count` half hours from the `first` of the wall clock, today or tomorrow."""
        day = timezone.now().astimezone(office.zone).date() + timedelta(first % 2)
        start = datetime.combine(day, datetime.min.time()) + timedelta(minutes=30 * first)
        end = (start + timedelta(minutes=30 * count)).time()
        self._do(
            "declare",
            lambda: set_range(
                doctor, f"{start:%H:%M}", f"{end:%H:%M}", day=day, office=office, free=free
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

    def _create_slot(self, who, minutes, length):
        """On any five minutes of the next hours, so that lengths and starts overlap."""
        doctor = self.doctors[who % 3]
        starts_at = timezone.now().replace(minute=0) + timedelta(minutes=5 * (minutes % 100))
        self._do(
            "create_slot",
            lambda: slots.create_slot(
                doctor,
                office=doctor.office,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=(15, 30, 50, 120)[length % 4]),
                audience=("public", "public", "desk", "same_day")[minutes % 4],
                by=doctor.user,
            ),
        )

    def _add_extra(self, who, patient, minutes):
        doctor = self.doctors[who % 3]
        starts_at = timezone.now() + timedelta(minutes=5 * (minutes % 30))
        self._do(
            "add_extra",
            lambda: walk_ins.book_extra(
                doctor,
                patient_id=self.patients[patient % 3].pk,
                starts_at=starts_at.replace(minute=starts_at.minute // 5 * 5),
                minutes=20,
                reason="Pain",
                arrived=patient % 2 == 0,
                confirmed=True,
                by=self.admin,
            ),
        )

    def _answer(self, number, choice, _number):
        if one := self._appointment(number, "requested"):
            by = one.doctor.user
            if choice % 4:
                self._do("accept", lambda: requests.accept(one, by=by))
            else:
                self._do("decline", lambda: requests.decline(one, by=by, reason="Away"))

    def _transfer(self, number, to, withdraw):
        if one := self._appointment(number, "confirmed"):
            self._do(
                "transfer",
                lambda: transfers.transfer(
                    one, to=self.doctors[to % 3], withdraw=withdraw % 2 == 0, by=self.admin
                ),
            )

    def _transfer_slot(self, number, to, _number):
        if slot := self._slot(number, "open"):
            to = self.doctors[to % 3]
            self._do("transfer_slot", lambda: transfers.transfer_slot(slot, to=to, by=self.admin))

    def _wait(self, number, patient, what):
        patient = self.patients[patient % 3]
        one = self._appointment(number, "confirmed")
        if what % 3 == 0 and one:
            self._do("wait", lambda: waitlist.join_for_earlier(one, by=self.admin))
        elif what % 3 == 1 and (slot := self._slot(number, "taken", "offered")):
            self._do("wait", lambda: waitlist.join_for_slot(patient, slot=slot, by=self.admin))
        else:
            wish = waitlist.Wish(office=self.doctors[number % 2].office)
            self._do("wait", lambda: waitlist.join(patient, wish=wish, by=self.admin))

    def _leave(self, number, *_numbers):
        if wait := self._any(Wait.objects, number, ["waiting"]):
            self._do("leave", lambda: waitlist.leave(wait.get(), by=self.admin))

    def _take_offer(self, number, choice, who):
        if found := self._any(Offer.objects, number, ["open"]):
            offer = found.select_related("wait__patient__user").get()
            by = self.admin if who % 2 else offer.wait.patient.user
            if choice % 2:
                self._do("take_offer", lambda: offers.accept(offer, by=by))
            else:
                self._do("decline_offer", lambda: offers.decline(offer, by=by))

    def _take_time_off(self, who, hours, choice):
        """What is in it is cancelled or handed over; now and then nothing is said of it."""
        doctor = self.doctors[who % 3]
        starts_at = timezone.now() + timedelta(hours=hours % 5)
        ends_at = starts_at + timedelta(hours=1)
        choices = {
            one.pk: self._settled(one, choice)
            for one in doctor.appointments.live().filter(ends_at__gt=starts_at)
            if choice % 5
        }
        self._do(
            "take_time_off",
            lambda: time_off.take_time_off(
                doctor, starts_at=starts_at, ends_at=ends_at, choices=choices, by=self.admin
            ),
        )

    def _settled(self, one, choice) -> time_off.Choice:
        if one.state == "requested":
            return time_off.Choice(one.version, "decline")
        if choice % 2:
            return time_off.Choice(one.version, "cancel", message="Away")
        colleague = self.doctors[choice % 3]
        return time_off.Choice(one.version, "transfer", doctor=colleague.pk)

    def _end_time_off(self, number, *_numbers):
        pks = TimeOff.objects.filter(cancelled_at=None).values_list("pk", flat=True)
        if pks:
            one = TimeOff.objects.get(pk=sorted(pks)[number % len(pks)])
            self._do("end_time_off", lambda: time_off.cancel_time_off(one, by=self.admin))

    def _worker_runs(self, *_numbers):
        self._do("expire", lambda: requests.expire_due(by=None))
        self._do("pass_on", lambda: offers.pass_on(by=None))
        self._do("offer_new", lambda: offers.offer_new(by=None))
        self._do("tidy", lambda: waitlist.tidy(by=None))

    # --- What must be true after each step ----------------------------------------------------

    @invariant()
    def all_is_well(self):
        assert life.broken() == []
        self.before = self.before or life.state()

    def _do(self, verb, act):
        """Run a service. A refusal has changed nothing; any other error ends the run."""
        outcome = "done"
        try:
            act()
            self.before = None
        except PortalError as refusal:
            outcome = type(refusal).__name__
            if self.before is None:  # an earlier verb of the same step has changed something
                return
            assert life.state() == self.before, f"{verb} was refused, and has changed something"
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
    run(Life, runs=runs)


@pytest.mark.django_db
def test_all_verbs_in_any_order():
    """At full length for more than 5,000 steps."""
    runs = length(each_commit=40, full=130)

    run_machine(runs=runs)

    assert Life.steps.total() >= runs * STEPS * 0.75  # a choice may find nothing to act on
    done = {verb for verb, outcome in Life.steps if outcome == "done"}
    assert done >= EACH


@pytest.mark.django_db
def test_proof_that_the_machine_notices_a_missing_protection():
    with without("conditional withdrawal"), pytest.raises(AssertionError):
        run_machine(runs=140)
