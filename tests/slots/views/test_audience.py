"""Who sees and books slots that are not for everyone (requirement B24)."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from portal.appointments.services import appointments
from portal.errors import SlotTaken
from portal.models import ClinicSettings, Slot
from portal.people.queries.doctors import directory, free_days
from portal.slots.queries.slots import nearest_free
from tests.factories import AppointmentFactory, OfficeFactory, SlotFactory
from tests.plugins.people import signed_in
from tests.setups.diary import DAY, NOW, at

BEFORE, AFTER = at("06:59"), at("07:00")  # on the day itself; same-day slots are released at seven


@pytest.fixture(autouse=True)
def _tuesday_noon(db):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def slots(doctor) -> dict[str, Slot]:
    return {
        "desk": SlotFactory(
            doctor=doctor, starts_at=at("16:00"), audience="desk", released_at=None
        ),
        "same_day": SlotFactory(
            doctor=doctor, starts_at=at("17:00"), audience="same_day", released_at=AFTER
        ),
    }


def pages_of(doctor) -> list[str]:
    """Everywhere where free times are listed."""
    return [
        reverse("slots"),
        f"{reverse('slots')}?doctor={doctor.pk}&sort=fee",
        f"{reverse('doctor', args=[doctor.pk])}?day={DAY.isoformat()}",
    ]


def shown(client, doctor, slot) -> set[bool]:
    return {
        reverse("slot-book", args=[slot.pk]) in client.get(url).content.decode()
        for url in pages_of(doctor)
    }


@pytest.mark.parametrize("moment", [NOW, BEFORE, AFTER], ids=["before", "too early", "released"])
def test_B24_patients_see_released_slots_only(patient, doctor, slots, moment):
    with time_machine.travel(moment, tick=False):
        for client in (signed_in(patient.user), Client()):
            assert shown(client, doctor, slots["desk"]) == {False}
            seen = shown(client, doctor, slots["same_day"])

        assert seen == {moment == AFTER}


@pytest.mark.parametrize("moment", [NOW, AFTER])
def test_B24_counts_and_next_free_times_follow(doctor, slots, moment):
    settings = ClinicSettings.current()
    taken = AppointmentFactory(doctor=doctor, starts_at=at("15:00")).slot

    with time_machine.travel(moment, tick=False):
        [listed] = directory(settings)
        [day] = free_days(doctor, DAY, 1, settings=settings)
        near = nearest_free(taken, settings=settings)

    released = [slots["same_day"]] if moment == AFTER else []
    assert listed.next_free == (at("17:00") if released else None)
    assert day.count == len(released)
    assert near == released


def test_B24_staff_see_them_with_a_mark(doctor, slots, as_assistant, as_doctor):
    for client in (as_assistant, as_doctor):
        for url in pages_of(doctor):
            text = client.get(url).content.decode()
            assert "Desk only" in text
            assert "Same day, from 07:00" in text
            assert all(reverse("slot-book", args=[slot.pk]) in text for slot in slots.values())


def test_B24_the_mark_is_the_clinics_hour_and_not_for_patients(doctor, slots, patient, as_doctor):
    ClinicSettings.objects.create(pk=1, same_day_release_at=at("09:15").time())

    text = as_doctor.get(reverse("slots")).content.decode()

    assert "Same day, from 08:15" in text  # what `at` gives is UTC
    with time_machine.travel(AFTER, tick=False):
        assert "Same day" not in signed_in(patient.user).get(reverse("slots")).content.decode()


def test_B24_patients_cannot_book_before_and_staff_can(doctor, patient, slots):
    for slot in slots.values():
        with pytest.raises(SlotTaken, match="cannot be booked online"):
            appointments.book(slot.pk, by=patient.user)

    with time_machine.travel(AFTER, tick=False):
        assert appointments.book(slots["same_day"].pk, by=patient.user).pk
    assert appointments.book(slots["desk"].pk, patient_id=patient.pk, by=doctor.user).pk


def test_B24_moving_there_is_refused_as_well(doctor, patient, slots):
    held = AppointmentFactory(doctor=doctor, patient=patient, starts_at=at("12:00"))

    with pytest.raises(SlotTaken):
        appointments.reschedule(held, slot_id=slots["desk"].pk, by=patient.user)


def test_B24_the_desk_finds_the_slots_of_a_doctor_from_their_page(doctor, as_assistant, patient):
    url = f"/schedule/slots/?doctor={doctor.pk}"
    page = reverse("doctor", args=[doctor.pk])
    far = OfficeFactory()

    assert url in as_assistant.get(page).content.decode()
    assert url not in signed_in(patient.user).get(page).content.decode()
    doctor.office = far
    doctor.save()
    assert url not in as_assistant.get(page).content.decode()


@pytest.mark.parametrize("state", ["offered", "withdrawn", "taken"])
def test_only_open_slots_are_listed(doctor, as_doctor, state):
    slot = SlotFactory(doctor=doctor, starts_at=NOW + timedelta(days=1), state=state)

    assert shown(as_doctor, doctor, slot) == {False}
