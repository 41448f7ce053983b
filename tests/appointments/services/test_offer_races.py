"""Several at once at one offer, or for one patient; the races notice missing locks (B15, B20)."""

import time
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError, Event, Thread
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from portal.appointments.services import appointments, offering, offers, taking
from portal.errors import PortalError
from portal.models import Appointment, Offer
from tests.factories import (
    AppointmentFactory,
    OfferFactory,
    PatientFactory,
    SlotFactory,
    WaitFactory,
    in_days,
)

pytestmark = pytest.mark.django_db(transaction=True)

SOON = 1  # seconds until the offer ends
PAUSE = 2.5  # seconds that one waits for the other between check and write


def at_once(*acts) -> list:
    """What each of them returned, or the refusal that it raised."""
    answers = [None] * len(acts)

    def run(number, act):
        try:
            answers[number] = act()
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@contextmanager
def without_locks():
    """Transactions and row locks are one protection: SQLite locks by running them one by one."""
    autocommit = SimpleNamespace(atomic=nullcontext)
    taken_away = [
        (offers, "transaction", autocommit),
        (appointments, "transaction", autocommit),
        (QuerySet, "select_for_update", lambda queryset, **_options: queryset),
        (taking, "for_update", lambda: ""),
    ]
    with ExitStack() as stack:
        for target, name, substitute in taken_away:
            stack.enter_context(patch.object(target, name, substitute))
        yield


def accepted_while_it_expires() -> list[str]:
    """What is wrong after an offer was taken at the very moment at which the job ends it."""
    slot = SlotFactory(starts_at=in_days(2), state="offered")
    offer = OfferFactory(slot=slot, wait=WaitFactory(doctor=slot.doctor))
    WaitFactory(doctor=slot.doctor)
    user, is_checked, job_is_done = offer.wait.patient.user, Event(), Event()
    offer.expires_at = timezone.now() + timedelta(seconds=SOON)
    offer.save()
    check = offers._check_good

    def check_and_wait(offer):
        check(offer)
        is_checked.set()
        job_is_done.wait(PAUSE)

    def end():
        is_checked.wait(PAUSE)
        time.sleep(SOON)
        try:
            return offers.pass_on(by=None)
        finally:
            job_is_done.set()

    with patch.object(offers, "_check_good", check_and_wait):
        at_once(lambda: offers.accept(offer, by=user), end)
    return _wrong_with(offer)


def _wrong_with(offer) -> list[str]:
    """Taken and booked, or passed on and not booked: nothing between."""
    offer.refresh_from_db()
    offer.slot.refresh_from_db()
    booked = Appointment.objects.live().filter(slot=offer.slot).count()
    following = Offer.objects.open().filter(slot=offer.slot).exclude(pk=offer.pk).count()
    found = (offer.state, offer.slot.state, booked, following)
    outcomes = [("accepted", "taken", 1, 0), ("expired", "offered", 0, 1)]
    return [] if found in outcomes else [str(found)]


def test_B15_an_offer_taken_while_it_expires_has_one_outcome():
    assert accepted_while_it_expires() == []


def test_B15_without_locks_it_has_two():
    with without_locks():
        assert accepted_while_it_expires() != []


def freed_at_once() -> int:
    """How many offers a patient has who waits for two doctors that both become free at once."""
    held = [AppointmentFactory(starts_at=in_days(day)) for day in (2, 3)]
    patient = PatientFactory()
    for one in held:
        WaitFactory(patient=patient, doctor=one.doctor)
    barrier = Barrier(2)
    hold = offering._hold

    def meet_and_hold(*arguments):
        with suppress(BrokenBarrierError):  # the other waits for a lock
            barrier.wait(PAUSE)
        held = hold(*arguments)
        if held:
            time.sleep(0.3)
        return held

    with patch.object(offering, "_hold", meet_and_hold):
        answers = at_once(
            *(
                lambda one=one: appointments.cancel(one, by=one.doctor.user, reason="other")
                for one in held
            )
        )
    assert [answer.state for answer in answers] == ["cancelled", "cancelled"]
    return Offer.objects.open().filter(wait__patient=patient).count()


def test_B15_of_two_slots_freed_at_once_a_patient_is_offered_one():
    assert freed_at_once() == 1


def test_B15_without_locks_a_patient_is_offered_both():
    with without_locks():
        assert freed_at_once() == 2


def test_B15_an_offer_taken_in_two_tabs_is_booked_once():
    slot = SlotFactory(starts_at=in_days(2), state="offered")
    offer = OfferFactory(slot=slot, wait=WaitFactory(doctor=slot.doctor))
    by = offer.wait.patient.user

    answers = at_once(*[lambda: offers.accept(offer, by=by)] * 4)

    assert sum(isinstance(answer, Appointment) for answer in answers) == 1
    assert sum(isinstance(answer, PortalError) for answer in answers) == 3
    assert _wrong_with(offer) == []


def test_B20_two_who_move_up_into_each_others_times_do_not_lock_each_other_out():
    """Each leaves a slot for which the other's patient waits, all at once and again and again."""
    for day in range(2, 8):
        held = [AppointmentFactory(starts_at=in_days(day, hour)) for hour in (9, 10)]
        new = [SlotFactory(doctor=one.doctor, starts_at=in_days(day, 14)) for one in held]
        for one, other in zip(held, reversed(held), strict=True):
            WaitFactory(patient=one.patient, doctor=other.doctor)

        answers = at_once(
            *(
                lambda one=one, slot=slot: appointments.reschedule(
                    one, slot_id=slot.pk, by=one.patient.user
                )
                for one, slot in zip(held, new, strict=True)
            )
        )

        assert [type(answer) for answer in answers] == [Appointment] * 2, answers
