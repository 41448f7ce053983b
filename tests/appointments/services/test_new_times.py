"""Times that come to be bookable are kept for those who wait for such a one (requirement B15)."""

from datetime import timedelta

import pytest
import time_machine

from portal.appointments.services import offers
from portal.enums import PartOfDay, SlotAudience, UserState
from portal.models import ClinicSettings, Notification, Offer, Slot
from tests.factories import (
    AppointmentFactory,
    DoctorFactory,
    OfferFactory,
    OfficeFactory,
    WaitFactory,
)
from tests.setups.diary import DAY, NOW, at, book_at, set_day, slot_at, times

pytestmark = pytest.mark.django_db

BEFORE = NOW - timedelta(days=1)


@pytest.fixture(autouse=True)
def tuesday_noon():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def wait_for(doctor, **values):
    return WaitFactory(**{"doctor": doctor, "made_at": BEFORE, **values})


def offered() -> list[tuple]:
    return [(one.wait, one.slot) for one in Offer.objects.open().order_by("pk")]


def test_B15_a_new_time_is_kept_for_who_waits(doctor):
    wait = wait_for(doctor)
    set_day(doctor, "11:00", "10:00")

    assert offers.offer_new(by=None) == 1

    slot = doctor.slots.get(state="offered")
    assert offered() == [(wait, slot)]
    assert (slot.starts_at, times(doctor)) == (at("10:00"), ["04 11:00"])
    assert {told.event for told in Notification.objects.all()} == {"slot_offered"}


def test_B15_nothing_is_offered_twice(doctor):
    """Who lets it pass is not asked about that time again, but about the next."""
    wait_for(doctor)
    set_day(doctor, "10:00", "11:00")
    offers.offer_new(by=None)

    assert offers.offer_new(by=None) == 0
    with time_machine.travel(Offer.objects.get().expires_at, tick=False):
        offers.pass_on(by=None)
        assert [offers.offer_new(by=None) for _n in range(2)] == [1, 0]

    assert times(doctor) == ["04 10:00"]
    assert [slot.starts_at for _wait, slot in offered()] == [at("11:00")]


def test_B15_each_who_waits_has_one(doctor):
    waits = [wait_for(doctor, made_at=BEFORE - timedelta(hours=n)) for n in (1, 3, 2)]
    set_day(doctor, "10:00", "11:00", "12:00", "13:00")

    assert offers.offer_new(by=None) == 3

    assert [wait for wait, _slot in offered()] == [waits[1], waits[2], waits[0]]
    assert times(doctor) == ["04 13:00"]


def test_B15_who_waits_longest_is_asked_first(doctor):
    """Although the time came before they did."""
    one = wait_for(doctor)
    set_day(doctor, "10:00")
    longer = wait_for(doctor, made_at=BEFORE - timedelta(days=1))

    offers.offer_new(by=None)

    assert [wait for wait, _slot in offered()] == [longer]
    assert not one.offers.exists()


def test_B15_what_was_free_before_is_not_offered(doctor):
    """They saw it and chose to wait."""
    set_day(doctor, "10:00")
    wait_for(doctor, made_at=NOW + timedelta(seconds=1))

    assert offers.offer_new(by=None) == 0


def test_B15_a_time_that_comes_into_reach_is_new(doctor, tuesday_noon):
    settings = ClinicSettings.current()
    far = NOW + settings.horizon + timedelta(hours=2)
    slot = slot_at(doctor, "10:00", released_at=NOW - timedelta(days=90))
    Slot.objects.filter(pk=slot.pk).update(starts_at=far, ends_at=far + timedelta(minutes=30))
    wait = wait_for(doctor, made_at=NOW)

    assert offers.offer_new(by=None) == 0
    tuesday_noon.shift(timedelta(hours=3))
    assert offers.offer_new(by=None) == 1
    assert offered() == [(wait, slot)]


def test_B24_a_same_day_time_is_offered_once_it_is_released(doctor, tuesday_noon):
    slot = slot_at(
        doctor, "16:00", audience=SlotAudience.SAME_DAY, released_at=NOW + timedelta(minutes=5)
    )
    wait = wait_for(doctor)

    assert offers.offer_new(by=None) == 0
    tuesday_noon.shift(timedelta(minutes=6))
    assert offers.offer_new(by=None) == 1
    assert offered() == [(wait, slot)]


@pytest.mark.parametrize(
    "wish",
    [
        {"first_day": DAY + timedelta(days=1)},
        {"last_day": DAY - timedelta(days=1)},
        {"parts": PartOfDay.AFTERNOON.value},
        {"state": "left"},
        {"patient__user__state": UserState.BLOCKED},
    ],
    ids=str,
)
def test_B15_what_does_not_fit_is_not_offered(doctor, wish):
    wait_for(doctor, **wish)
    set_day(doctor, "10:00")

    assert offers.offer_new(by=None) == 0
    assert times(doctor) == ["04 10:00"]


def test_B15_what_fits_is_found_behind_many_that_do_not(doctor):
    """More mornings, and more times of the days before, than one run would try."""
    morning = [f"{hour:02}:{minute}" for hour in (9, 10, 11) for minute in ("00", "30")]
    evening, later = wait_for(doctor, parts=PartOfDay.EVENING.value), DAY + timedelta(days=6)
    from_then_on = wait_for(doctor, first_day=later, made_at=BEFORE + timedelta(hours=1))
    for ahead in range(8):
        set_day(doctor, *morning, day=DAY + timedelta(days=ahead))
    set_day(doctor, *morning, "18:00", day=DAY + timedelta(days=5))

    assert offers.offer_new(by=None) == 2
    assert [(wait, slot.starts_at) for wait, slot in offered()] == [
        (evening, at("18:00", DAY + timedelta(days=5))),
        (from_then_on, at("09:00", later)),
    ]


def test_B15_another_doctor_specialty_or_office_is_not_meant(doctor):
    colleague = DoctorFactory()
    for wish in (
        {"doctor": colleague},
        {"specialty": colleague.specialty},
        {"office": OfficeFactory()},
    ):
        wait_for(**{"doctor": None, **wish})
    set_day(doctor, "10:00")

    assert offers.offer_new(by=None) == 0


@pytest.mark.parametrize("of", ["specialty", "office"])
def test_B15_any_doctor_of_the_specialty_or_office_is_meant(doctor, of):
    wait = wait_for(None, **{of: getattr(doctor, of)})
    set_day(doctor, "10:00")

    assert offers.offer_new(by=None) == 1
    assert offered()[0][0] == wait


def test_B15_doctors_who_answer_requests_are_asked_not_offered(doctor):
    doctor.on_request = True
    doctor.save()
    wait_for(doctor)
    set_day(doctor, "10:00")

    assert offers.offer_new(by=None) == 0


def test_B15_a_patient_who_is_busy_then_is_offered_the_next(doctor):
    wait = wait_for(doctor)
    AppointmentFactory(patient=wait.patient, starts_at=at("10:00"))
    set_day(doctor, "10:00", "11:00")

    assert offers.offer_new(by=None) == 1
    assert [slot.starts_at for _wait, slot in offered()] == [at("11:00")]


def test_B20_an_earlier_time_of_the_same_doctor_is_offered(doctor):
    later = book_at(doctor, "16:00")
    wait = WaitFactory(
        doctor=None,
        patient=later.patient,
        appointment=later,
        office=doctor.office,
        made_at=BEFORE,
    )
    set_day(doctor, "17:00", "12:00")

    assert offers.offer_new(by=None) == 1
    assert [(one, slot.starts_at) for one, slot in offered()] == [(wait, at("12:00"))]


def test_B15_who_has_an_offer_is_not_looked_at(doctor, django_assert_num_queries):
    wait = wait_for(doctor)
    OfferFactory(slot=slot_at(doctor, "09:00", state="offered"), wait=wait)
    set_day(doctor, "10:00")

    with django_assert_num_queries(3):  # the settings, the offices, who waits
        assert offers.offer_new(by=None) == 0
