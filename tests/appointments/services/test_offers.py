"""Taking an offered time, or letting the next have it (requirements B15, B20)."""

from datetime import timedelta

import pytest
import time_machine

from portal.appointments.services import appointments, offers, waitlist
from portal.errors import Forbidden, LimitReached, OfferGone, Overlap, SlotTaken, TooLate
from portal.models import Appointment, AuditEvent, ClinicSettings, Notification, Offer, Wait
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    OfferFactory,
    PatientFactory,
    WaitFactory,
)
from tests.setups.diary import DAY, NOW, at, book_at, slot_at
from tests.setups.outbox import deliver_all
from tests.setups.worker import work

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(doctor):
    slot = slot_at(doctor, "11:00", state="offered")
    wait = WaitFactory(doctor=doctor, reason="Knee")
    return OfferFactory(slot=slot, wait=wait, made_at=NOW, freed_at=NOW)


def user_of(offer):
    return offer.wait.patient.user


def test_B15_taking_it_books_it(offer):
    made = offers.accept(offer, by=user_of(offer))

    for thing in (offer, offer.slot, offer.wait):
        thing.refresh_from_db()
    assert (offer.state, offer.slot.state, offer.wait.state) == ("accepted", "taken", "served")
    assert (made.slot, made.patient, made.state) == (offer.slot, offer.wait.patient, "confirmed")
    assert (made.reason, made.booked_by) == ("Knee", user_of(offer))
    assert {*AuditEvent.objects.values_list("verb", flat=True)} == {
        "offer_accepted",
        "wait_served",
        "book",
    }
    assert Notification.objects.filter(event="appointment_confirmed", appointment=made).exists()


@pytest.mark.parametrize("who", ["doctor", "assistant", "admin"])
def test_B15_staff_take_it_for_a_patient_who_phones(offer, who):
    doctor = offer.slot.doctor
    AppointmentFactory(doctor=doctor, patient=offer.wait.patient, starts_at=at("15:00"))
    by = {
        "doctor": lambda: doctor.user,
        "assistant": lambda: AssistantFactory(offices=[doctor.office]).user,
        "admin": AdminFactory,
    }[who]()

    assert offers.accept(offer, by=by).booked_by == by


@pytest.mark.parametrize("who", ["patient", "doctor", "assistant"])
@pytest.mark.parametrize("answer", [offers.accept, offers.decline])
def test_B15_others_cannot_answer(offer, who, answer):
    by = {
        "patient": lambda: PatientFactory().user,
        "doctor": lambda: DoctorFactory().user,
        "assistant": lambda: AssistantFactory().user,
    }[who]()

    with pytest.raises(Forbidden):
        answer(offer, by=by)

    offer.refresh_from_db()
    assert offer.state == "open"


@pytest.mark.parametrize("state", ["accepted", "declined", "expired", "void"])
@pytest.mark.parametrize("answer", [offers.accept, offers.decline])
def test_B15_one_that_has_ended_is_gone(offer, state, answer):
    offer.state = state
    offer.save()

    with pytest.raises(OfferGone):
        answer(offer, by=user_of(offer))

    assert not Appointment.objects.exists()


@pytest.mark.parametrize("answer", [offers.accept, offers.decline])
def test_B15_out_of_time_it_is_gone_although_the_job_has_not_run(offer, answer):
    with time_machine.travel(offer.expires_at, tick=False), pytest.raises(OfferGone):
        answer(offer, by=user_of(offer))

    with time_machine.travel(offer.expires_at - timedelta(seconds=1), tick=False):
        answer(offer, by=user_of(offer))


def test_B15_the_patient_must_still_be_free(offer):
    AppointmentFactory(patient=offer.wait.patient, starts_at=at("11:15"))

    with pytest.raises(Overlap):
        offers.accept(offer, by=user_of(offer))


def test_B15_the_cap_on_upcoming_appointments_holds(offer):
    ClinicSettings.objects.create(pk=1, max_upcoming_per_patient=1)
    AppointmentFactory(patient=offer.wait.patient, starts_at=at("16:00"))

    with pytest.raises(LimitReached):
        offers.accept(offer, by=user_of(offer))


def test_B15_a_slot_that_was_withdrawn_cannot_be_taken_and_the_offer_ends(offer):
    offer.slot.state = "withdrawn"
    offer.slot.save()

    with pytest.raises(SlotTaken):
        offers.accept(offer, by=user_of(offer))
    offers.pass_on(by=None)

    offer.refresh_from_db()
    offer.slot.refresh_from_db()
    assert (offer.state, offer.slot.state) == ("void", "withdrawn")
    told = Notification.objects.get(event="offer_withdrawn")
    assert (told.user, told.channel) == (user_of(offer), "portal")


def test_B15_who_has_left_is_not_told_that_the_offer_is_withdrawn(offer):
    Wait.objects.update(state="left")

    assert offers.pass_on(by=None) == 1
    assert not Notification.objects.filter(event="offer_withdrawn").exists()


def test_B15_a_slot_that_has_begun_cannot_be_taken(offer):
    Offer.objects.update(expires_at=offer.slot.ends_at)
    with time_machine.travel(offer.slot.starts_at, tick=False), pytest.raises(TooLate):
        offers.accept(offer, by=user_of(offer))


@pytest.mark.parametrize("by_staff", [False, True])
def test_B15_nobody_else_books_a_slot_on_offer(offer, by_staff):
    other = PatientFactory()
    by = AdminFactory() if by_staff else other.user

    with pytest.raises(SlotTaken, match="for somebody who waits"):
        appointments.book(offer.slot_id, patient_id=other.pk, by=by)


def test_B15_declining_passes_it_on(offer):
    following = WaitFactory(doctor=offer.slot.doctor)

    offers.decline(offer, by=user_of(offer))

    offer.wait.refresh_from_db()
    assert Offer.objects.open().get().wait == following
    assert offer.wait.state == "waiting"


def test_B15_declining_the_slot_waited_for_ends_the_wait(offer):
    offer.wait.doctor, offer.wait.slot = None, offer.slot
    offer.wait.save()

    offers.decline(offer, by=user_of(offer))

    offer.wait.refresh_from_db()
    offer.slot.refresh_from_db()
    assert (offer.wait.state, offer.slot.state) == ("left", "open")


def test_B20_taking_an_earlier_time_moves_the_appointment_and_offers_the_old_one_on(doctor):
    """A chain: each who moves up leaves a time for the next."""
    held = book_at(doctor, "11:00")
    second, third = book_at(doctor, "15:00"), book_at(doctor, "16:00", DAY + timedelta(days=1))
    for one in (second, third):
        waitlist.join_for_earlier(one, by=one.patient.user)
    newcomer = WaitFactory(doctor=doctor)
    old = second.slot

    appointments.cancel(held, by=held.patient.user, reason="health")
    moved = offers.accept(Offer.objects.open().get(), by=second.patient.user)
    moved_up = offers.accept(Offer.objects.open().get(), by=third.patient.user)
    booked = offers.accept(Offer.objects.open().get(), by=newcomer.patient.user)

    assert (moved.pk, moved.slot, moved.starts_at) == (second.pk, held.slot, held.starts_at)
    assert (moved_up.pk, moved_up.slot) == (third.pk, old)
    assert booked.slot == third.slot
    assert moved.moves == 0
    assert Appointment.objects.live().count() == 3
    assert AuditEvent.objects.filter(verb="reschedule").count() == 2


def test_B20_neither_cut_off_nor_number_of_moves_stands_against_it(doctor):
    ClinicSettings.objects.create(pk=1, cancel_cutoff_hours=72, max_moves=0)
    held, own = book_at(doctor, "11:00"), book_at(doctor, "15:00")
    waitlist.join_for_earlier(own, by=own.patient.user)
    appointments.cancel(held, by=doctor.user, reason="other")

    assert offers.accept(Offer.objects.get(), by=own.patient.user).slot == held.slot


@pytest.mark.parametrize("change", ["cancelled", "moved", "arrived"])
def test_B20_the_appointment_must_be_as_it_was(doctor, change):
    held, own = book_at(doctor, "11:00"), book_at(doctor, "15:00")
    wait = waitlist.join_for_earlier(own, by=own.patient.user)
    appointments.cancel(held, by=doctor.user, reason="other")
    offer = Offer.objects.get()
    if change == "cancelled":
        appointments.cancel(own, by=own.patient.user, reason="health")
    elif change == "moved":
        appointments.reschedule(own, slot_id=slot_at(doctor, "10:00").pk, by=own.patient.user)
    else:
        Appointment.objects.filter(pk=own.pk).update(state="arrived")

    with pytest.raises(OfferGone):
        offers.accept(offer, by=own.patient.user)

    held.slot.refresh_from_db()
    assert held.slot.state == "offered"
    waitlist.tidy(by=None)
    offers.pass_on(by=None)
    wait.refresh_from_db()
    held.slot.refresh_from_db()
    if change != "moved":
        assert wait.state in ("left", "expired")
        assert held.slot.state == "open"


def test_B15_an_offer_that_is_no_longer_open_is_not_told(offer, settings, mailoutbox):
    held = AppointmentFactory(doctor=offer.slot.doctor, starts_at=at("12:00"))
    WaitFactory(doctor=offer.slot.doctor)
    appointments.cancel(held, by=held.doctor.user, reason="other")
    made = Offer.objects.get(slot=held.slot)

    offers.decline(made, by=user_of(made))
    deliver_all()

    mails = Notification.objects.filter(event="slot_offered", channel="email")
    assert [mail.state for mail in mails] == ["void"]


def test_B15_the_mail_says_when_with_whom_and_until_when(doctor, settings, mailoutbox):
    settings.ORIGIN = "https://clinic.example"
    held = book_at(doctor, "11:00")
    wait = WaitFactory(doctor=doctor)
    appointments.cancel(held, by=doctor.user, reason="other")
    deliver_all()

    [mail] = [mail for mail in mailoutbox if mail.to == [wait.patient.user.email]]
    assert "  When: Wednesday 4 March 2026, 11:00–11:30 (Madrid time)" in mail.body
    assert f"  Doctor: {doctor.name}" in mail.body
    assert "  Kept until: Tuesday 3 March, 12:30 (Madrid time)" in mail.body
    assert f"https://clinic.example/offers/{Offer.objects.get().pk}/" in mail.body


class TestBookedAtOnce:
    @pytest.fixture(autouse=True)
    def at_once(self, doctor):
        ClinicSettings.objects.create(pk=1, waitlist_books_at_once=True)

    def book(self):
        return offers.book_at_once(Offer.objects.open().get().pk, by=None)

    def test_B15_the_first_has_it_without_being_asked(self, doctor):
        held, wait = book_at(doctor, "11:00"), WaitFactory(doctor=doctor)
        appointments.cancel(held, by=doctor.user, reason="other")

        made = self.book()

        assert (made.patient, made.slot) == (wait.patient, held.slot)
        told = Notification.objects.filter(user=wait.patient.user)
        assert {one.event for one in told} == {"appointment_confirmed"}
        assert AuditEvent.objects.get(verb="offer_accepted").actor_id is None

    def test_B15_if_that_cannot_be_the_next_has_it(self, doctor):
        held = book_at(doctor, "11:00")
        first, second = WaitFactory(doctor=doctor), WaitFactory(doctor=doctor)
        appointments.cancel(held, by=doctor.user, reason="other")
        AppointmentFactory(patient=first.patient, starts_at=at("11:00"))

        assert self.book() is None
        assert self.book().patient == second.patient
        assert sorted(Offer.objects.values_list("state", flat=True)) == ["accepted", "void"]

    def test_B15_a_task_that_runs_again_books_once(self, doctor):
        held = book_at(doctor, "11:00")
        WaitFactory(doctor=doctor)
        appointments.cancel(held, by=doctor.user, reason="other")
        pk = Offer.objects.get().pk

        assert [bool(offers.book_at_once(pk, by=None)) for _n in range(2)] == [True, False]
        assert Appointment.objects.live().count() == 1


@pytest.mark.django_db(transaction=True)
def test_B15_the_worker_books_at_once():
    ClinicSettings.objects.create(pk=1, waitlist_books_at_once=True)
    held = AppointmentFactory()
    wait = WaitFactory(doctor=held.doctor)
    appointments.cancel(held, by=held.doctor.user, reason="other")

    work()

    made = Appointment.objects.live().get()
    assert (made.patient, made.slot) == (wait.patient, held.slot)


def test_B15_a_slot_that_comes_free_in_another_way_waits_for_nobody_in_vain(offer):
    """The last in line declines: it is open for all."""
    offers.decline(offer, by=user_of(offer))

    made = appointments.book(offer.slot_id, by=PatientFactory().user)
    assert made.state == "confirmed"
