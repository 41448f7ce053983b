"""A patient has died: everything that would reach them ends."""

from datetime import date

import pytest
import time_machine

from portal.appointments.services import appointments, deceased, offering, series, waitlist
from portal.appointments.services import requests as request_services
from portal.appointments.services.reminders import send_due
from portal.appointments.services.waitlist import Wish
from portal.enums import AppointmentState, NotificationState, OfferState, SlotState, WaitState
from portal.errors import Deceased, Forbidden, PortalError, SeriesBroken, StaleState
from portal.models import AuditEvent, Notification, Offer, Slot, Wait
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    NotificationFactory,
    OfferFactory,
    PatientFactory,
    SlotFactory,
    WaitFactory,
    in_days,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 4)


@pytest.fixture
def admin():
    return AdminFactory()


@pytest.fixture
def patient():
    return PatientFactory(name="Ana García", date_of_birth=date(1950, 1, 1))


def died(patient, by):
    return deceased.record(patient, on=TODAY, by=by)


def test_A16_waits_and_offers_end_and_the_next_gets_the_offer(admin, patient):
    slot = SlotFactory(state=SlotState.OFFERED, starts_at=in_days(5))
    wait = WaitFactory(patient=patient, doctor=slot.doctor)
    offer = OfferFactory(slot=slot, wait=wait)
    second = WaitFactory(doctor=slot.doctor)
    other = WaitFactory(patient=patient, doctor=DoctorFactory())

    died(patient, admin)

    assert {one.state for one in Wait.objects.filter(pk__in=[wait.pk, other.pk])} == {
        WaitState.LEFT
    }
    offer.refresh_from_db()
    assert offer.state == OfferState.VOID
    assert Offer.objects.get(state=OfferState.OPEN).wait == second
    event = AuditEvent.objects.get(verb="record_death")
    assert event.changes == {"before": None, "after": "2026-03-04"}


def test_A16_what_waits_to_be_sent_is_not_sent_but_the_doctors_mail_is(admin, patient):
    appointment = AppointmentFactory(patient=patient)
    queued = {"channel": "email", "state": "queued", "appointment": appointment}
    mine = NotificationFactory(**queued)
    doctors = NotificationFactory(user=appointment.doctor.user, **queued)

    died(patient, admin)

    states = {one.pk: one.state for one in Notification.objects.all()}
    assert states[mine.pk] == NotificationState.VOID
    assert states[doctors.pk] != NotificationState.VOID


def test_A16_no_reminder_is_written(admin, patient, settings):
    with time_machine.travel(in_days(-3)):
        AppointmentFactory(patient=patient, starts_at=in_days(4))
    died(patient, admin)

    with time_machine.travel(in_days(0, hour=12)):
        send_due()

    assert not Notification.objects.filter(event="reminder").exists()


def test_A16_what_is_to_come_is_cancelled_and_only_the_doctor_is_told(admin, patient):
    coming = AppointmentFactory(patient=patient)
    asked = AppointmentFactory(
        patient=patient, starts_at=in_days(9), state=AppointmentState.REQUESTED
    )
    died(patient, admin)

    cancelled = deceased.cancel_coming(patient, by=admin)

    assert {one.pk for one in cancelled} == {coming.pk, asked.pk}
    coming.refresh_from_db()
    assert coming.state == AppointmentState.CANCELLED
    assert Slot.objects.get(pk=coming.slot_id).state == SlotState.OPEN
    told = Notification.objects.all()
    assert {one.user_id for one in told} == {coming.doctor.user_id, asked.doctor.user_id}
    assert not told.filter(user=patient.user).exists()


def test_A16_an_assistant_cancels_only_what_they_run(patient):
    here, there = (
        AppointmentFactory(patient=patient),
        AppointmentFactory(patient=patient, starts_at=in_days(8)),
    )
    assistant = AssistantFactory(offices=[here.office]).user
    died(patient, assistant)

    cancelled = deceased.cancel_coming(patient, by=assistant)

    there.refresh_from_db()
    assert [one.pk for one in cancelled] == [here.pk]
    assert there.state == AppointmentState.CONFIRMED


def test_A16_nothing_is_cancelled_of_the_living(admin, patient):
    AppointmentFactory(patient=patient)

    with pytest.raises(StaleState):
        deceased.cancel_coming(patient, by=admin)


def test_A16_every_way_to_book_is_refused(admin, patient):
    slot, other = SlotFactory(starts_at=in_days(5)), SlotFactory(starts_at=in_days(6))
    second = SlotFactory(doctor=slot.doctor, office=slot.office, starts_at=in_days(12))
    held = AppointmentFactory(patient=patient, starts_at=in_days(7))
    asked = AppointmentFactory(
        patient=patient, starts_at=in_days(9), state=AppointmentState.REQUESTED
    )
    died(patient, admin)

    for by in (admin, patient.user):
        with pytest.raises(Deceased, match="Ana García"):
            appointments.book(slot.pk, patient_id=patient.pk, by=by)
    with pytest.raises(Deceased):
        appointments.reschedule(held, slot_id=other.pk, by=admin)
    with pytest.raises(SeriesBroken) as broken:
        series.book_series([slot.pk, second.pk], patient_id=patient.pk, by=admin, every_days=7)
    assert "deceased" in broken.value.lost[slot.pk]
    with pytest.raises(Deceased):
        request_services.accept(asked, by=admin)
    with pytest.raises(Deceased):
        waitlist.join(patient, wish=Wish(doctor=slot.doctor), by=admin)
    with pytest.raises(Deceased):
        waitlist.join_for_earlier(held, by=admin)


def test_A16_taking_it_back_brings_nothing_back(admin, patient):
    wait = WaitFactory(patient=patient)
    died(patient, admin)

    deceased.take_back(patient, by=admin)

    wait.refresh_from_db()
    patient.refresh_from_db()
    assert (wait.state, patient.deceased_on) == (WaitState.LEFT, None)
    assert offering.offer(SlotFactory(doctor=wait.doctor, starts_at=in_days(5))) is None
    with pytest.raises(StaleState):
        deceased.take_back(patient, by=admin)


@pytest.mark.parametrize("on", [date(2999, 1, 1), date(1949, 12, 31)])
def test_A16_a_day_to_come_or_before_birth_is_refused(admin, patient, on):
    with pytest.raises(PortalError) as refused:
        deceased.record(patient, on=on, by=admin)

    assert refused.value.field == "deceased_on"


def test_A16_doctors_do_not_record_it(patient):
    doctor = AppointmentFactory(patient=patient).doctor

    for verb in (
        lambda: died(patient, doctor.user),
        lambda: deceased.take_back(patient, by=doctor.user),
    ):
        with pytest.raises(Forbidden):
            verb()
