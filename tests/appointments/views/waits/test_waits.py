"""/waits/: one's own waits, the desk's list, joining and leaving (requirements B15, B20)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.models import Wait
from tests.factories import (
    AppointmentFactory,
    DoctorFactory,
    OfferFactory,
    PatientFactory,
    SlotFactory,
    WaitFactory,
    in_days,
)

NEW, LIST = "/waits/new/", "/waits/"


@pytest.fixture
def taken(doctor):
    """A slot that somebody else has."""
    return AppointmentFactory(doctor=doctor, starts_at=in_days(4)).slot


def test_B15_a_patient_joins_and_leaves(as_patient, patient, doctor):
    data = {"doctor": doctor.pk, "first_day": in_days(1).date(), "parts": ["morning", "evening"]}

    page = as_patient.get(NEW, {"doctor": doctor.pk, "part": "evening"}).content.decode()
    joined = as_patient.post(NEW, data, follow=True).content.decode()
    wait = Wait.objects.get()
    left = as_patient.post(f"/waits/{wait.pk}/leave/", follow=True).content.decode()

    assert f'<option value="{doctor.pk}" selected>' in page
    assert 'value="evening" checked' in page
    assert "You are on the waiting list" in joined
    assert doctor.name in joined
    assert "morning or evening" in joined
    assert (wait.patient, wait.doctor, wait.parts) == (patient, doctor, "morning,evening")
    assert "You wait for nothing" in left


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Choose a doctor, a specialty or an office."),
        ({"doctor": "x"}, "Select a valid choice"),
        ({"office": "999999"}, "Select a valid choice"),
        ({"parts": ["noon"]}, "Select a valid choice"),
        ({"first_day": "soon"}, "Enter a date such as"),
        (
            {"doctor": "own", "first_day": "2026-12-09", "last_day": "2026-12-01"},
            "before the first",
        ),
        ({"doctor": "own", "last_day": "2020-01-01"}, "That day has passed"),
        ({"doctor": "own", "reason": "x" * 301}, "at most 300"),
    ],
)
def test_B15_what_makes_no_sense_is_said_and_kept(as_patient, doctor, data, said):
    if data.get("doctor") == "own":
        data = {**data, "doctor": doctor.pk}

    response = as_patient.post(NEW, data)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Wait.objects.exists()


def test_B15_too_many_waits_are_refused(as_patient, patient):
    WaitFactory.create_batch(10, patient=patient)

    response = as_patient.post(NEW, {"doctor": DoctorFactory().pk})

    assert response.status_code == 422
    assert "There can be 10 waits at once" in response.content.decode()


@pytest.mark.parametrize("who", ["as_patient", "as_assistant"])
def test_B15_from_the_page_that_says_it_is_taken(request, who, patient, taken):
    client = request.getfixturevalue(who)
    book = reverse("slot-book", args=[taken.pk])
    data = {"token": uuid4(), "reason": "Knee", "patient": patient.pk}

    refused = client.post(book, data)
    joined = client.post(NEW, {**data, "slot": taken.pk})
    client.post(NEW, {**data, "slot": taken.pk})

    assert refused.status_code == 409
    assert f'formaction="{NEW}" name="slot" value="{taken.pk}"' in refused.content.decode()
    assert joined.url == LIST
    wait = Wait.objects.get()
    assert (wait.patient, wait.slot, wait.reason) == (patient, taken, "Knee")


def test_B15_a_slot_that_is_free_again_is_booked_instead(as_patient, taken):
    taken.state = "open"
    taken.save()

    response = as_patient.post(NEW, {"slot": taken.pk})

    assert response.status_code == 409
    assert reverse("slot-book", args=[taken.pk]) in response.content.decode()
    assert not Wait.objects.exists()


def test_B20_from_the_page_that_refuses_to_move(as_patient, patient, doctor, taken):
    own = AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(5))
    move = reverse("appointment-reschedule", args=[own.pk])

    refused = as_patient.post(move, {"slot": taken.pk})
    as_patient.post(NEW, {"slot": taken.pk, "appointment": own.pk})

    assert "Wait for this time" in refused.content.decode()
    assert (Wait.objects.get().slot, Wait.objects.get().appointment) == (taken, own)


@pytest.mark.parametrize("who", ["as_patient", "as_doctor", "as_assistant", "as_admin"])
def test_B20_from_the_page_of_the_appointment(request, who, patient, doctor):
    client = request.getfixturevalue(who)
    own = AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(5))

    detail = client.get(own.get_absolute_url()).content.decode()
    page = client.get(NEW, {"appointment": own.pk}).content.decode()
    client.post(NEW, {"appointment": own.pk, "parts": ["morning"]})

    assert f"{NEW}?appointment={own.pk}" in detail
    assert "Wait for an earlier time" in page
    wait = Wait.objects.get()
    assert (wait.appointment, wait.parts, wait.office) == (own, "morning", own.office)


def test_B20_another_ones_appointment_is_not_found(as_patient):
    foreign = AppointmentFactory()

    assert as_patient.get(NEW, {"appointment": foreign.pk}).status_code == 404
    assert as_patient.post(NEW, {"appointment": foreign.pk}).status_code == 404


def test_B15_the_desk_says_who_waits(as_assistant, patient, doctor):
    other = PatientFactory(name="Zoe Zimmer")

    choose = as_assistant.get(NEW, {"doctor": doctor.pk, "q": "nunez"}).content.decode()
    page = as_assistant.get(NEW, {"doctor": doctor.pk, "patient": patient.pk}).content.decode()
    as_assistant.post(NEW, {"doctor": doctor.pk, "patient": patient.pk})

    assert patient.name in choose
    assert other.name not in choose
    assert f'name="doctor" value="{doctor.pk}"' in choose
    assert patient.name in page
    assert Wait.objects.get().patient == patient
    assert as_assistant.post(NEW, {"doctor": doctor.pk, "patient": 10**6}).status_code == 404


def test_B15_the_desk_sees_who_waits_for_its_doctors(as_assistant, doctor):
    here, elsewhere = WaitFactory(doctor=doctor), WaitFactory()
    anywhere = WaitFactory(doctor=None, specialty=doctor.specialty)

    page = as_assistant.get(LIST).content.decode()
    of_patient = as_assistant.get(LIST, {"patient": here.patient_id}).content.decode()
    of_doctor = as_assistant.get(LIST, {"doctor": doctor.pk}).content.decode()

    assert here.patient.name in page
    assert anywhere.patient.name in page
    assert elsewhere.patient.name not in page
    assert anywhere.patient.name not in of_patient
    assert here.patient.name in of_doctor
    assert anywhere.patient.name not in of_doctor


def test_B15_a_doctor_sees_who_waits_for_them(as_doctor, doctor, taken):
    mine = [WaitFactory(doctor=doctor), WaitFactory(doctor=None, slot=taken)]
    other = WaitFactory()

    page = as_doctor.get(LIST).content.decode()

    assert all(wait.patient.name in page for wait in mine)
    assert other.patient.name not in page


@pytest.mark.parametrize("filters", [{"patient": "x"}, {"doctor": "-1"}, {"page": "y"}])
def test_odd_filters_are_no_error(as_admin, filters):
    assert as_admin.get(LIST, filters).status_code == 200


def test_B15_an_ended_wait_is_left_once(as_patient, patient, doctor):
    wait = WaitFactory(patient=patient, doctor=doctor, state="served")

    response = as_patient.post(f"/waits/{wait.pk}/leave/", follow=True)

    assert "has ended already" in response.content.decode()


@pytest.mark.parametrize("who", ["as_patient", "as_admin"])
def test_B15_the_list_takes_a_constant_number_of_queries(request, who, patient, taken):
    client = request.getfixturevalue(who)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(LIST)
        return len(queries)

    def add():
        slot = SlotFactory(starts_at=in_days(6), state="offered")
        kinds = [
            {"doctor": DoctorFactory()},
            {"doctor": None, "slot": AppointmentFactory(starts_at=in_days(7)).slot},
            {"doctor": None, "office": slot.office},
            {"doctor": None, "specialty": slot.doctor.specialty},
            {"doctor": None, "appointment": AppointmentFactory(patient=patient, starts_at=soon())},
        ]
        for kind in kinds:
            WaitFactory(patient=patient, **kind)
        OfferFactory(slot=slot, wait=WaitFactory(patient=patient))

    starts = iter(range(10, 90))

    def soon():
        return in_days(next(starts))

    add()
    client.get(LIST)
    before = count()
    add()
    assert count() == before
    assert before <= 9


def test_B15_only_what_can_still_be_taken_is_shown_as_on_offer(as_patient, patient, doctor):
    wait = WaitFactory(patient=patient, doctor=doctor)
    slot = SlotFactory(doctor=doctor, starts_at=in_days(6), state="offered")
    offer = OfferFactory(slot=slot, wait=wait)
    assert "On offer" in as_patient.get(LIST).content.decode()

    offer.made_at = timezone.now() - timedelta(hours=2)
    offer.expires_at = timezone.now() - timedelta(hours=1)
    offer.save()

    assert "On offer" not in as_patient.get(LIST).content.decode()


def test_B15_the_list_of_free_times_leads_to_the_waiting_list(client, doctor):
    page = client.get(reverse("slots"), {"doctor": doctor.pk}).content.decode()

    assert f"{NEW}?doctor={doctor.pk}" in page
    assert f"{NEW}?doctor={doctor.pk}" in client.get(doctor.get_absolute_url()).content.decode()
