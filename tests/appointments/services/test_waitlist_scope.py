"""Staff put somebody on the list for what they could book; what comes free later asks it again
(requirements B11, B15, B17)."""

import pytest

from portal.appointments.services import appointments, offers, waitlist
from portal.appointments.services.waitlist import Wish
from portal.enums import SlotState, UserState
from portal.errors import Forbidden
from portal.models import Appointment, ClinicSettings, Notification, Offer, Wait
from tests.factories import (
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    OfficeFactory,
    PatientFactory,
    SlotFactory,
    WaitFactory,
    in_days,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor():
    return DoctorFactory()


@pytest.fixture
def elsewhere():
    return DoctorFactory()


@pytest.fixture
def desk(doctor):
    return AssistantFactory(offices=[doctor.office]).user


@pytest.fixture
def patient():
    return PatientFactory()


def free_a_slot(doctor, **values):
    """Somebody cancels; returns the slot."""
    held = AppointmentFactory(doctor=doctor, **values)
    appointments.cancel(held, by=doctor.user, reason="other")
    held.slot.refresh_from_db()
    return held.slot


def test_B15_an_assistant_waits_only_for_their_offices(desk, doctor, elsewhere, patient):
    refused = [
        Wish(doctor=elsewhere),
        Wish(office=elsewhere.office),
        Wish(doctor=doctor, office=elsewhere.office),
        Wish(specialty=doctor.specialty, office=elsewhere.office),
    ]

    for wish in refused:
        with pytest.raises(Forbidden):
            waitlist.join(patient, wish=wish, by=desk)
    assert not Wait.objects.exists()
    assert waitlist.join(patient, wish=Wish(doctor=doctor), by=desk)
    assert waitlist.join(patient, wish=Wish(office=doctor.office), by=desk)
    assert waitlist.join(patient, wish=Wish(specialty=elsewhere.specialty), by=desk)


def test_B15_a_doctor_waits_only_for_themselves(doctor, elsewhere):
    patient = AppointmentFactory(doctor=doctor, starts_at=in_days(-3)).patient

    for wish in (Wish(doctor=elsewhere), Wish(office=doctor.office)):
        with pytest.raises(Forbidden):
            waitlist.join(patient, wish=wish, by=doctor.user)
    assert waitlist.join(patient, wish=Wish(doctor=doctor), by=doctor.user)


def test_B15_an_assistant_waits_for_no_slot_of_another_office(desk, elsewhere, patient):
    taken = AppointmentFactory(doctor=elsewhere, starts_at=in_days(4)).slot

    with pytest.raises(Forbidden):
        waitlist.join_for_slot(patient, slot=taken, by=desk)
    assert not Wait.objects.exists()


def test_B15_a_wait_of_another_office_is_not_ended(desk, elsewhere):
    wait = WaitFactory(doctor=elsewhere)

    with pytest.raises(Forbidden):
        waitlist.leave(wait, by=desk)
    wait.refresh_from_db()
    assert wait.state == "waiting"


@pytest.mark.parametrize("at_once", [False, True])
def test_B15_what_comes_free_elsewhere_is_not_offered_in_an_assistants_name(
    desk, doctor, elsewhere, patient, at_once
):
    ClinicSettings.objects.create(pk=1, waitlist_books_at_once=at_once)
    elsewhere.specialty = doctor.specialty
    elsewhere.save()
    waitlist.join(patient, wish=Wish(specialty=doctor.specialty), by=desk)

    there, here = free_a_slot(elsewhere), free_a_slot(doctor, starts_at=in_days(2))

    assert there.state == SlotState.OPEN
    assert Offer.objects.get().slot == here


def test_B15_a_new_time_elsewhere_is_not_offered_in_an_assistants_name(desk, elsewhere, patient):
    WaitFactory(patient=patient, doctor=elsewhere, made_by=desk)
    SlotFactory(doctor=elsewhere, starts_at=in_days(3))

    assert offers.offer_new(by=None) == 0
    assert not Offer.objects.exists()


def test_B15_an_office_that_an_assistant_has_left_is_not_booked_at_once(desk, doctor, patient):
    ClinicSettings.objects.create(pk=1, waitlist_books_at_once=True)
    waitlist.join(patient, wish=Wish(doctor=doctor), by=desk)
    free_a_slot(doctor)
    desk.assistant.offices.set([OfficeFactory()])

    offers.book_at_once(Offer.objects.get().pk, by=None)

    assert not Appointment.objects.filter(patient=patient).exists()


def test_B15_where_the_maker_has_left_the_clinic_the_patient_is_asked(desk, doctor, patient):
    ClinicSettings.objects.create(pk=1, waitlist_books_at_once=True)
    waitlist.join(patient, wish=Wish(doctor=doctor), by=desk)
    desk.state = UserState.CLOSED
    desk.save()

    slot = free_a_slot(doctor)

    assert slot.state == SlotState.OFFERED
    assert Notification.objects.filter(event="slot_offered", patient=patient).exists()


def test_B15_what_a_patient_waits_for_is_offered_anywhere(elsewhere, patient):
    waitlist.join(patient, wish=Wish(specialty=elsewhere.specialty), by=patient.user)

    assert free_a_slot(elsewhere).state == SlotState.OFFERED
