"""Requests are accepted, taken back and run out at the same moment (B10)."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.utils import timezone

from portal.appointments.services import appointments, declining, requests
from portal.enums import AppointmentState as State
from portal.enums import SlotState
from portal.models import Appointment, AuditEvent, Notification, Slot, locks
from tests.factories import AdminFactory, DoctorFactory
from tests.plugins.selection import length
from tests.reliability.clinic import (
    booking,
    holders,
    make_patients,
    make_slots,
    once,
    refusal_of,
    statuses,
    wrong_slots,
)
from tests.reliability.unprotected import drop_constraints, without
from tests.servers.client import Answer, race

ROUNDS = length(each_commit=30, full=100)


def make_requests(slots: int, each: int) -> list[list[Appointment]]:
    """`each` requests for every one of so many slots of one doctor, all of different patients."""
    doctor = DoctorFactory(on_request=True)
    patients = iter(make_patients(slots * each))
    return [
        [appointments.book(slot.pk, by=next(patients).user) for _n in range(each)]
        for slot in make_slots(slots, doctor=doctor, day=3)
    ]


def accepting(portal, user, asked: Appointment) -> Callable[[], Answer]:
    client = portal.client(user)
    return lambda: client.post(f"/requests/{asked.pk}/accept/")


def taking_back(portal, asked: Appointment) -> Callable[[], Answer]:
    client = portal.client(asked.patient.user)
    return lambda: client.post(f"/appointments/{asked.pk}/cancel/", {"take-back": "1"})


def states_of(asked: list[Appointment]) -> list[str]:
    found = Appointment.objects.filter(pk__in=[one.pk for one in asked])
    return sorted(found.values_list("state", flat=True))


def trails(*verbs: str) -> int:
    return AuditEvent.objects.filter(verb__in=verbs).count()


def test_B10_two_accept_two_requests_of_one_slot_again_and_again(portal):
    pairs, admin = make_requests(ROUNDS, 2), AdminFactory()
    doctor = pairs[0][0].doctor

    answers = []
    for first, second in pairs:
        both = [accepting(portal, doctor.user, first), accepting(portal, admin, second)]
        answers += race(both)

    assert statuses(answers) == {302: ROUNDS, 409: ROUNDS}, portal.log
    for pair in pairs:
        assert states_of(pair) == [State.CONFIRMED, State.DECLINED]
    assert {holders(pair[0].slot) for pair in pairs} == {1}
    assert wrong_slots() == []
    assert (trails("accept"), trails("decline")) == (ROUNDS, ROUNDS)
    told = Notification.objects.filter(channel="portal", facts__for="patient")
    for event in ("appointment_confirmed", "request_declined"):
        assert told.filter(event=event).count() == ROUNDS


def test_B10_accepted_by_ten_at_once_it_is_confirmed_once(portal):
    [[asked]] = make_requests(1, 1)
    admin = AdminFactory()

    answers = race([accepting(portal, user, asked) for user in [asked.doctor.user, admin] * 5])

    assert statuses(answers) == {302: 1, 409: 9}, portal.log
    assert (states_of([asked]), trails("accept")) == ([State.CONFIRMED], 1)
    assert wrong_slots() == []


def test_B10_who_takes_back_while_it_is_accepted_has_one_of_both(portal):
    asked = [one for [one] in make_requests(40, 1)]
    doctor = asked[0].doctor

    answers = []
    for one in asked:
        answers += race([accepting(portal, doctor.user, one), taking_back(portal, one)])

    assert statuses(answers) == {302: 40, 409: 40}, portal.log
    ended = states_of(asked)
    assert set(ended) <= {State.CONFIRMED, State.CANCELLED}
    assert trails("accept") == ended.count(State.CONFIRMED)
    assert trails("accept", "cancel") == 40
    assert wrong_slots() == []


def test_B10_an_answer_at_the_last_moment_and_the_end_of_the_time_are_one_outcome(portal):
    asked = [one for [one] in make_requests(40, 1)]
    doctor = asked[0].doctor

    answers = []
    for one in asked:
        accept = accepting(portal, doctor.user, one)
        due = timezone.now() + timedelta(milliseconds=60)
        Appointment.objects.filter(pk=one.pk).update(answer_by=due)
        [answer, _expired] = race([accept, _expire_until_it_is_done(one)])
        answers.append(answer)

    ended = states_of(asked)
    assert set(ended) <= {State.CONFIRMED, State.EXPIRED}
    assert set(statuses(answers)) <= {302, 409, 422}, portal.log
    assert statuses(answers).get(302, 0) == ended.count(State.CONFIRMED) == trails("accept")
    assert trails("expire") == ended.count(State.EXPIRED)
    assert wrong_slots() == []


def _expire_until_it_is_done(one: Appointment) -> Callable[[], int]:
    def run():
        count = 0
        while Appointment.objects.filter(pk=one.pk, state=State.REQUESTED).exists():
            count += requests.expire_due()
        return count

    return run


def test_B10_a_slot_booked_while_a_request_for_it_is_accepted_has_one_holder(portal):
    asked = [one for [one] in make_requests(20, 1)]
    doctor = asked[0].doctor
    doctor.on_request = False  # then patients book at once, and what was asked for stays
    doctor.save()
    rivals = make_patients(20, named="Rival")

    answers = []
    for one, rival in zip(asked, rivals, strict=True):
        answers += race([accepting(portal, doctor.user, one), booking(portal, rival, one.slot)])

    assert statuses(answers) == {302: 20, 409: 20}, portal.log
    assert {holders(one.slot) for one in asked} == {1}
    assert wrong_slots() == []


# --- Each protection by itself, and none ------------------------------------------------------


def accept_second_within_first(*protections: str) -> list[Appointment]:
    """Without those: the second request is accepted between the first one's check and write."""
    [pair] = make_requests(1, 2)
    first, second = pair
    intruder = once(partial(refusal_of, partial(requests.accept, second, by=second.doctor.user)))
    with without(*protections, between=intruder):
        refusal_of(lambda: requests.accept(first, by=first.doctor.user))
    return pair


def test_B10_the_conditional_take_alone_confirms_one(database):
    drop_constraints()

    pair = accept_second_within_first("locks")

    assert states_of(pair).count(State.CONFIRMED) == holders(pair[0].slot) == 1
    assert wrong_slots() == []


def test_B10_the_database_alone_confirms_one(database):
    pair = accept_second_within_first("locks", "conditional take")

    assert states_of(pair).count(State.CONFIRMED) == holders(pair[0].slot) == 1


def test_proof_that_the_race_notices_two_accepted_requests(database):
    drop_constraints()

    pair = accept_second_within_first("locks", "conditional take")

    assert states_of(pair) == [State.CONFIRMED, State.CONFIRMED]
    assert holders(pair[0].slot) == 2
    assert len(wrong_slots()) == 1


def test_proof_that_the_race_notices_an_appointment_taken_back_as_a_request(database):
    """It is accepted between the patient's check and write: without locks both are done."""
    [[asked]] = make_requests(1, 1)
    accept = once(partial(requests.accept, asked, by=asked.doctor.user))

    with without("locks", between=accept):
        appointments.cancel(asked, by=asked.patient.user)

    assert trails("accept", "cancel") == 2
    assert Slot.objects.get(pk=asked.slot_id).state == SlotState.TAKEN
    assert len(wrong_slots()) == 1


def test_proof_that_the_race_notices_an_answer_to_what_has_run_out(database):
    """It runs out between the doctor's check and write: without locks both are done."""
    [[asked]] = make_requests(1, 1)

    def run_out():
        declining.close_request(locks.appointment(asked.pk), "expire", by=None)

    with without("locks", between=once(run_out)):
        requests.accept(asked, by=asked.doctor.user)

    assert trails("accept", "expire") == 2
