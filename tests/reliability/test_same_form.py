"""One form, sent many times at the same moment: a double click, an impatient reload."""

from uuid import uuid4

from portal.models import Appointment, AuditEvent
from tests.reliability.clinic import booking, make_patients, make_slots, statuses, wrong_slots
from tests.servers.client import race


def send_the_same_form(portal, times):
    slot, *_others = make_slots(4)
    [patient] = make_patients(1)
    token = uuid4()
    return race([booking(portal, patient, slot, token) for _time in range(times)])


def test_same_form_sent_50_times_makes_one_appointment_and_50_same_answers(portal):
    answers = send_the_same_form(portal, 50)

    made = Appointment.objects.get()
    assert statuses(answers) == {302: 50}, portal.log
    assert {answer.location for answer in answers} == {f"/appointments/{made.pk}/booked/"}
    assert AuditEvent.objects.filter(verb="book").count() == 1
    assert wrong_slots() == []


def test_proof_that_the_answers_differ_when_the_token_is_not_looked_up(start_unprotected):
    portal = start_unprotected("token")

    answers = send_the_same_form(portal, 6)

    assert statuses(answers) == {302: 1, 409: 5}, portal.log


def test_proof_that_a_form_without_any_protection_books_twice(start_unprotected):
    portal = start_unprotected("locks", "conditional take", "token")
    slot, *_others = make_slots(4)
    [patient] = make_patients(1)

    race([booking(portal, patient, slot) for _time in range(3)])  # a new token each time

    assert Appointment.objects.count() >= 2
