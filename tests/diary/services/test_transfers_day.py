"""Handing a whole day to a colleague (requirement B06)."""

from datetime import timedelta

import pytest

from portal.diary.queries import transfers as queries
from portal.diary.services import transfers
from portal.enums import SlotState
from portal.errors import Forbidden, Overlap, PortalError, StaleState
from portal.models import AuditEvent, Notification, TimeOff
from tests.factories import AssistantFactory, DoctorFactory, OfficeFactory
from tests.setups.diary import DAY, at, book_at, slot_at, times

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(doctor):
    return DoctorFactory(office=doctor.office)


def hand_day(doctor, to, **options):
    options = {"day": DAY, "office": doctor.office, "by": doctor.user, **options}
    return transfers.transfer_day(doctor, to=to, **options)


def test_B06_all_that_is_ahead_goes(doctor, colleague):
    book_at(doctor, "10:00")
    book_at(doctor, "10:30")
    slot_at(doctor, "11:00")
    slot_at(doctor, "09:00", day=DAY + timedelta(1))

    handed = hand_day(doctor, colleague)

    assert [len(handed.appointments), len(handed.slots), len(handed.left)] == [2, 1, 0]
    assert times(colleague, "taken") == ["04 10:00", "04 10:30"]
    assert times(colleague) == ["04 11:00"]
    assert times(doctor) == ["05 09:00"]
    assert times(doctor, "withdrawn") == ["04 10:00", "04 10:30", "04 11:00"]
    assert not colleague.slots.filter(is_extra=True).exists()
    assert AuditEvent.objects.filter(verb="transfer").count() == 3


def test_B06_the_doctors_times_can_stay_free(doctor, colleague):
    book_at(doctor, "10:00")

    hand_day(doctor, colleague, withdraw=False)

    assert times(doctor) == ["04 10:00"]


def test_B06_each_patient_is_told_once(doctor, colleague):
    booked = [book_at(doctor, "10:00"), book_at(doctor, "10:30")]

    hand_day(doctor, colleague)

    for one in booked:
        told = Notification.objects.filter(user=one.patient.user, channel="email")
        assert told.get().event == "appointment_transferred"


def test_B06_with_a_conflict_nothing_goes_unless_asked(doctor, colleague):
    book_at(doctor, "10:00")
    book_at(doctor, "10:30")
    slot_at(colleague, "10:45")

    with pytest.raises(Overlap, match="Nothing has changed"):
        hand_day(doctor, colleague)

    assert times(doctor, "taken") == ["04 10:00", "04 10:30"]
    assert not Notification.objects.exists()
    handed = hand_day(doctor, colleague, partly=True)
    assert times(doctor, "taken") == ["04 10:30"]
    assert times(colleague, "taken") == ["04 10:00"]
    assert "another slot then: 10:45–11:15" in handed.left[0].refusal


def test_B06_the_colleagues_own_free_times_are_used_and_free_ones_stay(doctor, colleague):
    book_at(doctor, "10:00")
    own = slot_at(colleague, "10:00")
    slot_at(doctor, "11:00")
    slot_at(colleague, "11:00")

    handed = hand_day(doctor, colleague, partly=True)

    assert handed.appointments[0].slot_id == own.pk
    assert [item.refusal for item in handed.left] == [
        f"{colleague.name} is free at that time already."
    ]
    assert times(doctor) == ["04 11:00"]


def test_B06_what_is_on_offer_or_has_arrived_stays(doctor, colleague):
    slot_at(doctor, "10:00", state=SlotState.OFFERED)
    arrived = book_at(doctor, "10:30")
    arrived.state = "arrived"
    arrived.save()
    book_at(doctor, "11:00")

    handed = hand_day(doctor, colleague, partly=True)

    assert len(handed.appointments) == 1
    assert [item.refusal for item in handed.left] == [
        "On offer to somebody who waits.",
        "The patient has arrived.",
    ]


def test_B06_not_while_the_colleague_is_away(doctor, colleague):
    book_at(doctor, "10:00")
    book_at(doctor, "11:00")
    TimeOff.objects.create(doctor=colleague, starts_at=at("08:00"), ends_at=at("10:30"))

    handed = hand_day(doctor, colleague, partly=True)

    assert times(colleague, "taken") == ["04 11:00"]
    assert handed.left[0].refusal == f"{colleague.name} is away then."


def test_B06_an_empty_day_says_so(doctor, colleague):
    with pytest.raises(StaleState, match="nothing on that day"):
        hand_day(doctor, colleague)


def test_B06_only_the_office_and_only_what_has_not_begun(doctor, colleague):
    far = OfficeFactory(time_zone="Europe/Madrid")
    slot_at(doctor, "10:00", office=far)
    today = DAY - timedelta(1)
    slot_at(doctor, "11:30", day=today)
    slot_at(doctor, "12:30", day=today)

    handed = hand_day(doctor, colleague, day=today)

    assert times(colleague) == ["03 12:30"]
    assert times(doctor) == ["03 11:30", "04 10:00"]
    assert len(handed.slots) == 1


def test_B06_who_may(doctor, colleague):
    book_at(doctor, "10:00")

    for one in (colleague.user, AssistantFactory(offices=[OfficeFactory()]).user):
        with pytest.raises(Forbidden):
            hand_day(doctor, colleague, by=one)

    desk = AssistantFactory(offices=[doctor.office]).user
    assert len(hand_day(doctor, colleague, by=desk).appointments) == 1


def test_B06_not_to_oneself(doctor):
    book_at(doctor, "10:00")

    with pytest.raises(PortalError, match="another doctor"):
        hand_day(doctor, doctor)


@pytest.mark.parametrize("count", [1, 6])
def test_the_plan_costs_four_queries(doctor, colleague, count, django_assert_num_queries):
    for hour in range(count):
        book_at(doctor, f"{10 + hour}:00")
        slot_at(colleague, f"{10 + hour}:30")

    with django_assert_num_queries(4):
        plan = queries.day_plan(doctor, DAY, doctor.office, colleague)

    assert len(plan.possible) == count


@pytest.mark.parametrize("count", [1, 6])
def test_who_could_take_it_costs_three_queries(doctor, count, django_assert_num_queries):
    appointment = book_at(doctor, "10:00")
    same = DoctorFactory(specialty=doctor.specialty, name="Dr Same")
    busy = DoctorFactory(specialty=doctor.specialty, name="Dr Busy")
    slot_at(busy, "10:15")
    DoctorFactory(state="pending")
    for _n in range(count):
        slot_at(DoctorFactory(), "10:00", office=doctor.office)

    with django_assert_num_queries(3):
        found = queries.colleagues(appointment)

    assert found[0].doctor == same
    assert found[-1].doctor == busy
    assert [one.has_slot for one in found] == [False] + [True] * count + [False]
    assert [one.can_take for one in found] == [True] * (count + 1) + [False]
