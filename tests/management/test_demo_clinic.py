"""The clinic that the command makes, and what running it again does to it."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from portal.models import (
    Appointment,
    Assistant,
    Doctor,
    EncounterNote,
    Office,
    Patient,
    Slot,
    Specialty,
    User,
)
from tests.management import NOON_ON_WEDNESDAY, invariants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_clinic", "on_own_machine")]

SIGN_INS = [
    "patient@example.com",
    "doctor@example.com",
    "assistant@example.com",
    "admin@example.com",
    "patient01@example.com",
    "patient60@example.com",
]


def test_F03_demo_is_a_believable_group():
    assert Office.objects.count() == 3
    assert Office.objects.values("time_zone").distinct().count() == 2
    assert Specialty.objects.count() == 6
    assert Doctor.objects.listed().exclude(statement="").count() == 12
    assert Assistant.objects.count() == 2
    assert User.objects.filter(role="admin").count() == 1
    assert Patient.objects.count() == 83
    assert Patient.objects.filter(user=None).count() == 21


@pytest.mark.parametrize("email", SIGN_INS)
def test_F03_demo_sign_ins_work(client, email):
    user = User.objects.get(email=email)

    client.post(reverse("account_login"), {"login": email, "password": "clinic-demo"})

    assert client.session["_auth_user_id"] == str(user.pk)


def test_demo_contradicts_itself_nowhere(at_noon):
    invariants.assert_clinic_is_sound(at_noon)


def test_demo_people_pass_the_checks_of_their_forms():
    for person in [*Office.objects.all(), *Doctor.objects.all(), *Patient.objects.all()]:
        person.full_clean()


def test_demo_every_doctor_has_free_times_within_a_week(at_noon):
    for doctor in Doctor.objects.listed():
        ahead = doctor.slots.open().filter(starts_at__gt=at_noon)

        assert ahead.filter(starts_at__lt=at_noon + timedelta(days=7)).count() > 5
        assert ahead.filter(starts_at__gt=at_noon + timedelta(days=12)).exists()


def test_demo_the_desk_is_busy_from_morning_to_evening():
    of_today = Appointment.objects.filter(starts_at__date=NOON_ON_WEDNESDAY)
    hours = {one.starts_at.hour for one in of_today.exclude(state="cancelled")}

    assert of_today.count() > 30
    assert hours >= set(range(8, 19))
    assert set(of_today.values_list("state", flat=True)) >= {"completed", "confirmed"}


def test_demo_the_doctor_is_full_today_and_tomorrow(at_noon):
    assert held_on(at_noon) >= 10
    assert held_on(at_noon + timedelta(days=1)) >= 10


def test_demo_the_patient_has_something_under_each_heading(at_noon):
    own = Appointment.objects.filter(patient__user__email="patient@example.com")

    assert own.upcoming().count() == 2
    assert own.past().filter(state="completed").count() == 4
    assert own.cancelled().count() == 1
    assert own.filter(review=None, state="completed").count() == 1


def test_demo_the_patient_reads_notes_of_her_visits(at_noon):
    her = User.objects.get(email="patient@example.com")
    read = EncounterNote.objects.visible_to(her).order_by("-appointment__starts_at")

    assert [note.signed.count() for note in read] == [2, 1, 1]
    assert all(note.author == note.appointment.doctor for note in read)
    assert all(not note.differs_from(note.signed.last()) for note in read)


def test_demo_the_patient_looks_after_a_child_and_her_mother(at_noon):
    her = User.objects.get(email="patient@example.com")
    people = Patient.objects.of(her)
    child = people.get(proxy_accesses__relation="child")

    assert people.count() == 3
    assert child.appointments.get(starts_at__gt=at_noon).booked_by == her
    assert her.patient.proxy_accesses.get().state == "offered"


def test_demo_two_doctors_are_asked_and_have_several_to_choose_from(at_noon):
    for doctor in Doctor.objects.filter(on_request=True):
        asked = doctor.appointments.filter(state="requested", answer_by__gt=at_noon)
        assert sorted(Counter(asked.values_list("slot", flat=True)).values()) == [1, 2]
        assert {one.seen_at is None for one in asked} == {True, False}
    assert Doctor.objects.filter(on_request=True).count() == 2


def test_demo_run_again_changes_nothing(at_noon):
    before = snapshot()

    call_command("demo", verbosity=0)

    assert snapshot() == before


def test_demo_run_a_day_later_fills_the_days_that_are_new():
    slots, visits = set(Slot.objects.values_list("pk")), dict(states_of(Appointment))
    tomorrow = NOON_ON_WEDNESDAY + timedelta(days=1)

    with time_machine.travel(tomorrow, tick=False):
        call_command("demo", verbosity=0)

    added = Slot.objects.exclude(pk__in=[pk for (pk,) in slots])
    assert {slot.starts_at.date() for slot in added} == {(tomorrow + timedelta(days=14)).date()}
    assert held_on(tomorrow + timedelta(days=1)) >= 10
    assert dict(states_of(Appointment)).items() >= visits.items()
    invariants.assert_nobody_is_in_two_places()
    invariants.assert_slots_agree_with_appointments()


def test_demo_run_after_a_long_pause_fills_two_weeks_again():
    later = NOON_ON_WEDNESDAY + timedelta(days=40)

    with time_machine.travel(later, tick=False):
        call_command("demo", verbosity=0)

    assert Slot.objects.filter(starts_at__gt=later).count() > 1000
    assert held_on(later) >= 10


def test_demo_withdrawn_times_stay_withdrawn(at_noon):
    doctor = Doctor.objects.get(user__email="doctor02@example.com")
    withdrawn = doctor.slots.open().filter(starts_at__gt=at_noon)
    ids = list(withdrawn.values_list("pk", flat=True))
    withdrawn.update(state="withdrawn")

    call_command("demo", verbosity=0)

    assert Slot.objects.filter(pk__in=ids, state="withdrawn").count() == len(ids)
    assert not doctor.slots.open().filter(starts_at__gt=at_noon).exists()


def held_on(moment) -> int:
    doctor = Doctor.objects.get(user__email="doctor@example.com")
    return doctor.slots.filter(starts_at__date=moment, state="taken").count()


def states_of(model) -> list[tuple]:
    return list(model.objects.order_by("pk").values_list("pk", "state"))


def snapshot() -> list:
    return [states_of(Slot), states_of(Appointment), list(User.objects.order_by("pk").values())]
