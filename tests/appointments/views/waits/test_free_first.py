"""Before somebody waits, the times that are free now are shown (requirements B15, B20)."""

import pytest
from django.urls import reverse

from portal.enums import SlotState
from portal.models import Wait
from tests.factories import AppointmentFactory, DoctorFactory, SlotFactory, in_days

NEW = "/waits/new/"
NONE_SUITS = "None of these suits: put me on the list"


@pytest.fixture
def appointment(patient, doctor):
    return AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(20))


def free_slots(doctor, count=4, **values):
    return [SlotFactory(doctor=doctor, starts_at=in_days(3 + n), **values) for n in range(count)]


def seen_in(page: str) -> str:
    return page.partition('name="seen" value="')[2].partition('"')[0]


def test_B20_earlier_free_times_come_before_waiting_for_one(as_patient, appointment, doctor):
    slots = free_slots(doctor)

    page = as_patient.get(NEW, {"appointment": appointment.pk}).content.decode()

    move = reverse("appointment-reschedule", args=[appointment.pk])
    assert page.count("data-free-time") == 3
    for slot in slots[:3]:
        assert f'href="{move}?slot={slot.pk}"' in page
    assert f'href="{reverse("doctor", args=[doctor.pk])}?move={appointment.pk}"' in page
    assert NONE_SUITS in page


def test_B20_whoever_has_not_seen_them_is_shown_them_first(as_patient, appointment, doctor):
    free_slots(doctor)

    page = as_patient.post(NEW, {"appointment": appointment.pk}).content.decode()
    assert not Wait.objects.exists()
    data = {"appointment": appointment.pk, "seen": seen_in(page)}
    joined = as_patient.post(NEW, data)

    assert page.count("data-free-time") == 3
    assert joined.url == "/waits/"
    assert Wait.objects.get().appointment == appointment


def test_B20_what_suits_better_is_shown_again(as_patient, appointment, doctor):
    free_slots(doctor)
    evening = SlotFactory(doctor=doctor, starts_at=in_days(9, hour=18))
    page = as_patient.get(NEW, {"appointment": appointment.pk}).content.decode()
    data = {"appointment": appointment.pk, "seen": seen_in(page), "parts": ["evening"]}

    again = as_patient.post(NEW, data).content.decode()
    as_patient.post(NEW, data | {"seen": seen_in(again)})

    assert again.count("data-free-time") == 1
    assert f'data-free-time="{evening.pk}"' in again
    assert 'value="evening" checked' in again
    assert Wait.objects.get().parts == "evening"


def test_B20_who_cannot_move_online_waits_without_being_asked(as_patient, appointment, doctor):
    free_slots(doctor)
    appointment.moves = 99
    appointment.save()

    page = as_patient.get(NEW, {"appointment": appointment.pk}).content.decode()
    as_patient.post(NEW, {"appointment": appointment.pk})

    assert "data-free-time" not in page
    assert Wait.objects.exists()


@pytest.mark.parametrize("what", ["doctor", "specialty", "office"])
def test_B15_free_times_come_before_waiting_for_any(as_patient, doctor, what):
    slots = free_slots(doctor)
    other = SlotFactory(doctor=DoctorFactory(), starts_at=in_days(3))
    value = {"doctor": doctor.pk, "specialty": doctor.specialty_id, "office": doctor.office_id}

    opened = as_patient.get(NEW, {what: value[what]}).content.decode()
    page = as_patient.post(NEW, {what: value[what], "reason": "Knee"}).content.decode()
    as_patient.post(NEW, {what: value[what], "seen": seen_in(page)})

    for shown in (opened, page):
        assert f'href="{reverse("slot-book", args=[slots[0].pk])}"' in shown
        assert f"{reverse('slots')}?{what}={value[what]}" in shown
        assert f'data-free-time="{other.pk}"' not in shown
    assert "Knee" in page
    assert Wait.objects.count() == 1


def test_B15_only_what_the_patient_can_book_is_shown(as_patient, patient, doctor):
    busy = AppointmentFactory(patient=patient, starts_at=in_days(3))
    SlotFactory(doctor=doctor, starts_at=busy.starts_at)
    SlotFactory(doctor=doctor, starts_at=in_days(4), released_at=None)
    SlotFactory(doctor=doctor, starts_at=in_days(5), state=SlotState.TAKEN)

    as_patient.post(NEW, {"doctor": doctor.pk})

    assert Wait.objects.exists()


def test_B15_the_desk_sees_them_for_the_patient(as_assistant, patient, doctor):
    slot = free_slots(doctor, 1, released_at=None)[0]
    data = {"doctor": doctor.pk, "patient": patient.pk}

    page = as_assistant.post(NEW, data).content.decode()
    as_assistant.post(NEW, data | {"seen": seen_in(page)})

    assert f'href="{reverse("slot-book", args=[slot.pk])}?patient={patient.pk}"' in page
    assert Wait.objects.get().patient == patient


@pytest.mark.parametrize("seen", ["x", "1 2 3", "9" * 400])
def test_odd_lists_of_what_was_seen_are_no_error(as_patient, doctor, seen):
    free_slots(doctor)

    assert as_patient.post(NEW, {"doctor": doctor.pk, "seen": seen}).status_code in (200, 302)
