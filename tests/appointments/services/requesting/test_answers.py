"""Answering requests for a time (requirements B08, B10)."""

from datetime import timedelta

import pytest
import time_machine

from portal.appointments.services import appointments, requests
from portal.diary.services import availability
from portal.enums import AppointmentState as State
from portal.errors import (
    Forbidden,
    PortalError,
    SlotTaken,
    StaleState,
    TooLate,
)
from portal.models import ClinicSettings, Notification
from tests.appointments.services.requesting.conftest import facts_told, told, trail
from tests.factories import (
    AssistantFactory,
    DoctorFactory,
    SlotFactory,
    in_days,
)

pytestmark = pytest.mark.django_db


# --- Accepting --------------------------------------------------------------------------------


def test_B10_accepting_confirms_takes_the_slot_and_declines_the_others(ask, slot, doctor):
    first, second, third = ask(), ask(), ask()
    others = [SlotFactory(doctor=doctor, starts_at=in_days(5, hour)) for hour in (8, 12, 13, 14)]

    accepted = requests.accept(second, by=doctor.user)

    slot.refresh_from_db()
    assert (accepted.state, accepted.version, slot.state) == (State.CONFIRMED, 2, "taken")
    assert (slot.has_requests, accepted.seen_at is not None) == (False, True)
    for one in (first, third):
        one.refresh_from_db()
        assert (one.state, one.cancelled_by) == (State.DECLINED, doctor.user)
        facts = facts_told(one, "request_declined")
        assert [time["slot"] for time in facts["free_times"]] == [it.pk for it in others[:3]]
        assert facts["is_gone"]
    assert trail(second) == ["request", "accept"]
    assert trail(first) == ["request", "decline"]
    assert told("appointment_confirmed") == [
        ("patient", "email"),
        ("patient", "sms"),
        ("patient", "portal"),
    ]  # and not the doctor, whose doing it is


def test_B10_the_desk_accepts_and_the_doctor_is_told(ask, doctor):
    desk = AssistantFactory(offices=[doctor.office]).user

    requests.accept(ask(), by=desk)

    assert ("doctor", "email") in told("appointment_confirmed")


def test_B10_others_are_only_times_of_the_same_doctor(ask, doctor):
    first, second = ask(), ask()
    SlotFactory(doctor__specialty=doctor.specialty, starts_at=in_days(5, 12))

    requests.accept(first, by=doctor.user)

    assert facts_told(second, "request_declined")["free_times"] == []


@pytest.mark.parametrize("verb", ["accept", "decline"])
@pytest.mark.parametrize("who", ["the patient", "another doctor", "a desk elsewhere"])
def test_B10_only_the_doctor_and_the_desk_of_the_office_answer(ask, verb, who):
    asked = ask()
    people = {
        "the patient": lambda: asked.patient.user,
        "another doctor": lambda: DoctorFactory().user,
        "a desk elsewhere": lambda: AssistantFactory(offices=[DoctorFactory().office]).user,
    }
    answer = {
        "accept": lambda by: requests.accept(asked, by=by),
        "decline": lambda by: requests.decline(asked, by=by, reason="No"),
    }[verb]

    with pytest.raises(Forbidden):
        answer(people[who]())
    asked.refresh_from_db()
    assert asked.state == State.REQUESTED


@pytest.mark.parametrize("state", ["cancelled", "declined", "expired", "confirmed"])
def test_B10_what_is_answered_already_is_stale(ask, doctor, state):
    asked = ask()
    asked.state = state
    asked.save()

    with pytest.raises(StaleState):
        requests.accept(asked, by=doctor.user)
    with pytest.raises(StaleState):
        requests.decline(asked, by=doctor.user, reason="No")


@pytest.mark.parametrize("state", ["taken", "offered", "withdrawn"])
def test_B10_a_slot_that_is_not_free_is_not_given(ask, slot, doctor, state):
    asked = ask()
    slot.state = state
    slot.save()

    with pytest.raises(SlotTaken):
        requests.accept(asked, by=doctor.user)
    asked.refresh_from_db()
    assert asked.state == State.REQUESTED


def test_B10_an_answer_is_good_until_the_moment_it_is_due(ask, doctor):
    asked = ask()

    with time_machine.travel(asked.answer_by, tick=False):
        with pytest.raises(TooLate):
            requests.accept(asked, by=doctor.user)
        with pytest.raises(TooLate):
            requests.decline(asked, by=doctor.user, reason="No")
    with time_machine.travel(asked.answer_by - timedelta(seconds=1), tick=False):
        assert requests.accept(asked, by=doctor.user).state == State.CONFIRMED


# --- Declining --------------------------------------------------------------------------------


def test_B10_declining_tells_the_reason_and_frees_nothing(ask, slot, doctor):
    asked, other = ask(), ask()
    near = SlotFactory(doctor=doctor, starts_at=in_days(6))

    declined = requests.decline(asked, by=doctor.user, reason=" See a specialist first. ")

    slot.refresh_from_db()
    other.refresh_from_db()
    assert (declined.state, declined.cancel_comment) == (State.DECLINED, "See a specialist first.")
    assert (slot.state, other.state) == ("open", State.REQUESTED)
    facts = facts_told(declined, "request_declined")
    times = [time["slot"] for time in facts["free_times"]]
    assert (facts["has_reason"], times) == (True, [near.pk])
    assert "specialist" not in str(facts)  # mails say that there is a reason, the portal which
    assert told("request_declined") == [
        ("patient", "email"),
        ("patient", "sms"),
        ("patient", "portal"),
    ]


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_B10_declining_needs_a_reason(ask, doctor, reason):
    with pytest.raises(PortalError) as refusal:
        requests.decline(ask(), by=doctor.user, reason=reason)

    assert refusal.value.field == "reason"


def test_B10_a_withdrawn_slot_declines_what_was_asked_for_it(ask, slot, doctor):
    asked = ask()

    availability.remove(slot, by=doctor.user)

    asked.refresh_from_db()
    assert asked.state == State.DECLINED
    assert facts_told(asked, "request_declined")["is_gone"]


# --- Taking back ------------------------------------------------------------------------------


def test_B10_a_patient_takes_a_request_back_without_a_reason_until_the_start(ask, slot, doctor):
    ClinicSettings.objects.create(pk=1, cancel_cutoff_hours=72)
    asked = ask()

    with time_machine.travel(asked.answer_by - timedelta(minutes=1), tick=False):
        back = appointments.cancel(asked, by=asked.patient.user)

    slot.refresh_from_db()
    assert (back.state, slot.state) == (State.CANCELLED, "open")
    assert told("request_withdrawn") == [
        ("patient", "email"),
        ("patient", "portal"),
        ("doctor", "portal"),
    ]
    assert not told("appointment_cancelled")


def test_B10_who_takes_back_what_has_just_been_accepted_keeps_the_appointment(ask, doctor):
    asked = ask()
    requests.accept(asked, by=doctor.user)  # `asked` is what the page of the patient still says

    with pytest.raises(StaleState):
        appointments.cancel(asked, by=asked.patient.user, reason="personal")

    asked.refresh_from_db()
    assert asked.state == State.CONFIRMED


# --- Seeing -----------------------------------------------------------------------------------


def test_B10_seen_is_noted_once(ask, doctor):
    first, second = ask(), ask()
    desk = AssistantFactory(offices=[doctor.office]).user

    assert requests.see([first, second], by=desk) == 2
    first.refresh_from_db()
    seen_at = first.seen_at
    assert requests.see([first, second], by=doctor.user) == 0

    first.refresh_from_db()
    assert (first.seen_at, first.version) == (seen_at, 1)
    assert trail(first) == ["request", "see"]


def test_B10_what_is_answered_is_not_seen_afterwards(ask, doctor):
    asked = ask()
    appointments.cancel(asked, by=asked.patient.user)

    assert requests.see([asked], by=doctor.user) == 0


def test_B10_patients_do_not_see_their_requests_themselves(ask):
    asked = ask()

    with pytest.raises(Forbidden):
        requests.see([asked], by=asked.patient.user)
    asked.refresh_from_db()
    assert asked.seen_at is None


# --- Expiring ---------------------------------------------------------------------------------


def test_B10_a_request_expires_when_its_answer_is_due(ask, slot, doctor):
    asked = ask()
    other = SlotFactory(doctor=doctor, starts_at=in_days(6))

    with time_machine.travel(asked.answer_by - timedelta(seconds=1), tick=False):
        assert requests.expire_due() == 0
    with time_machine.travel(asked.answer_by, tick=False):
        assert requests.expire_due() == 1
        assert requests.expire_due() == 0

    asked.refresh_from_db()
    slot.refresh_from_db()
    assert (asked.state, asked.cancelled_by, slot.state) == (State.EXPIRED, None, "open")
    assert trail(asked) == ["request", "expire"]
    assert told("request_expired") == [
        ("patient", "email"),
        ("patient", "sms"),
        ("patient", "portal"),
        ("doctor", "portal"),
    ]
    times = Notification.objects.filter(event="request_expired").first().facts["free_times"]
    assert [time["slot"] for time in times] == [slot.pk, other.pk][-len(times) :]


def test_B10_one_whose_slot_has_begun_expires_whatever_was_due(ask, slot):
    asked = ask()
    asked.answer_by = None
    asked.save()

    with time_machine.travel(slot.starts_at, tick=False):
        assert requests.expire_due() == 1


def test_B10_only_requests_expire(ask, doctor):
    asked = ask()
    requests.accept(asked, by=doctor.user)

    with time_machine.travel(asked.answer_by + timedelta(hours=1), tick=False):
        assert requests.expire_due() == 0
