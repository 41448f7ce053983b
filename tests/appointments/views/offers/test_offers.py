"""/offers/<id>/: the time that is kept, taking it, letting it go (requirements B15, B20)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.appointments.services.offering import facts_of
from portal.models import Appointment, Offer
from tests.factories import (
    AppointmentFactory,
    NotificationFactory,
    OfferFactory,
    SlotFactory,
    WaitFactory,
    in_days,
)


@pytest.fixture
def offer(patient, doctor):
    slot = SlotFactory(doctor=doctor, starts_at=in_days(3), state="offered")
    return OfferFactory(slot=slot, wait=WaitFactory(patient=patient, doctor=doctor))


@pytest.fixture
def earlier(patient, doctor):
    """The offer of an earlier time than that of the patient's appointment."""
    appointment = AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(9))
    slot = SlotFactory(doctor=doctor, starts_at=in_days(3), state="offered")
    wait = WaitFactory(patient=patient, doctor=None, appointment=appointment)
    return OfferFactory(slot=slot, wait=wait)


def answer(client, offer, how="accept", **options):
    return client.post(reverse(f"offer-{how}", args=[offer.pk]), **options)


@pytest.mark.parametrize("who", ["as_patient", "as_assistant", "as_admin"])
def test_B15_one_click_books_it(request, who, offer):
    client = request.getfixturevalue(who)

    page = client.get(offer.get_absolute_url()).content.decode()
    response = answer(client, offer)

    made = Appointment.objects.get()
    assert "Take this time" in page
    assert "and for nobody else" in page
    assert response.url == reverse("appointment-booked", args=[made.pk])
    assert (made.patient, made.slot) == (offer.wait.patient, offer.slot)


def test_B15_the_page_says_until_when_and_on_which_clock(as_patient, offer):
    page = as_patient.get(offer.get_absolute_url()).content.decode()

    until = offer.expires_at.astimezone(offer.slot.office.zone)
    assert f"{until:%H:%M} (Madrid time)" in page


def test_B15_looking_takes_nothing(as_patient, offer):
    as_patient.get(offer.get_absolute_url())

    assert not Appointment.objects.exists()


def test_B20_old_and_new_stand_side_by_side_and_one_click_moves_it(as_patient, earlier):
    page = as_patient.get(earlier.get_absolute_url()).content.decode()
    response = answer(as_patient, earlier, follow=True)

    appointment = earlier.wait.appointment
    assert "Now</h2>" in page
    assert "Then</h2>" in page
    assert response.redirect_chain == [(appointment.get_absolute_url(), 302)]
    assert "is moved to" in response.content.decode()
    appointment.refresh_from_db()
    assert appointment.slot == earlier.slot


def test_B15_letting_it_go_keeps_one_in_line(as_patient, offer):
    response = answer(as_patient, offer, "decline", follow=True)

    assert "You are still waiting" in response.content.decode()
    assert Offer.objects.get().state == "declined"


@pytest.mark.parametrize("how", ["accept", "decline"])
def test_B15_out_of_time_it_says_so_and_what_comes_next(as_patient, offer, how):
    Offer.objects.update(
        made_at=timezone.now() - timedelta(hours=1),
        expires_at=timezone.now() - timedelta(minutes=1),
    )

    response = answer(as_patient, offer, how)
    page = as_patient.get(offer.get_absolute_url())

    assert (response.status_code, page.status_code) == (409, 410)
    for text in (response.content.decode(), page.content.decode()):
        assert "you are still in line" in text
        assert "It was kept until" in text
    assert not Appointment.objects.exists()


def test_B15_a_withdrawn_slot_is_gone(as_patient, offer):
    offer.slot.state = "withdrawn"
    offer.slot.save()

    assert answer(as_patient, offer).status_code == 409


def test_B15_taken_in_another_tab_it_leads_to_the_appointment(as_patient, offer):
    answer(as_patient, offer)
    made = Appointment.objects.get()

    again, page = answer(as_patient, offer), as_patient.get(offer.get_absolute_url())

    assert again.url == page.url == made.get_absolute_url()
    assert answer(as_patient, offer, "decline").status_code == 409
    assert Appointment.objects.count() == 1


def test_B15_who_is_not_free_any_more_is_told_and_may_still_let_it_go(as_patient, offer):
    AppointmentFactory(
        patient=offer.wait.patient, starts_at=offer.slot.starts_at + timedelta(minutes=10)
    )

    response = answer(as_patient, offer)

    assert response.status_code == 409
    assert "You already have an appointment at that time" in response.content.decode()
    assert "Let the next have it" in response.content.decode()


def test_B15_the_booking_page_of_ones_own_offer_leads_to_it(as_patient, offer):
    response = as_patient.get(reverse("slot-book", args=[offer.slot_id]))

    assert response.url == offer.get_absolute_url()


@pytest.mark.parametrize("who", ["as_patient", "as_assistant"])
def test_B15_others_read_that_it_is_kept(request, who, patient, doctor):
    client = request.getfixturevalue(who)
    slot = SlotFactory(doctor=doctor, starts_at=in_days(3), state="offered")
    OfferFactory(slot=slot)

    response = client.get(reverse("slot-book", args=[slot.pk]), {"patient": patient.pk})

    assert response.status_code == 409
    assert "is kept until" in response.content.decode()
    assert "Wait for this time" in response.content.decode()


def test_B15_the_dashboard_shows_it_first(as_patient, offer):
    def page():
        return as_patient.get(reverse("dashboard")).content.decode()

    assert offer.get_absolute_url() in page()
    offer.state = "declined"
    offer.save()
    assert offer.get_absolute_url() not in page()


def test_B15_the_notification_leads_to_it_while_it_is_open(as_patient, offer):
    facts = facts_of(offer, offer.slot) | {"for": "patient"}
    told = NotificationFactory(
        event="slot_offered", patient=offer.wait.patient, appointment=None, facts=facts
    )

    assert offer.get_absolute_url() in as_patient.get(told.get_absolute_url()).content.decode()
    Offer.objects.update(state="expired")
    assert offer.get_absolute_url() not in as_patient.get(told.get_absolute_url()).content.decode()


@pytest.mark.parametrize("how", ["accept", "decline"])
def test_answers_are_posted(as_patient, offer, how):
    assert as_patient.get(reverse(f"offer-{how}", args=[offer.pk])).status_code == 405
