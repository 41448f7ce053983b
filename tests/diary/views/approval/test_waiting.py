"""Withdrawing an approval ends the entries of the waiting list for that doctor (A02, B15)."""

import pytest
from django.urls import reverse

from portal.appointments.services import waitlist
from portal.appointments.services.waitlist import Wish
from portal.diary.services import approvals
from portal.diary.services.time_off import Choice
from portal.errors import PortalError
from portal.models import AuditEvent, Notification, Wait
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    DoctorFactory,
    PatientFactory,
    SlotFactory,
    WaitFactory,
    in_days,
)

pytestmark = pytest.mark.django_db


def state_of(wait: Wait) -> str:
    return Wait.objects.get(pk=wait.pk).state


def withdraw(doctor, **choices):
    return approvals.withdraw(doctor, choices=choices, reason="Left", by=AdminFactory())


def test_A02_entries_for_the_doctor_end_and_the_patients_are_told(doctor):
    any_time = WaitFactory(doctor=doctor)
    one_time = WaitFactory(slot=SlotFactory(doctor=doctor, state="taken"), doctor=None)
    of_specialty = WaitFactory(specialty=doctor.specialty, doctor=None)
    of_another = WaitFactory(doctor=DoctorFactory(specialty=doctor.specialty))

    withdraw(doctor)

    ended = [state_of(wait) for wait in (any_time, one_time)]
    assert ended == ["ended", "ended"]
    assert [state_of(wait) for wait in (of_specialty, of_another)] == ["waiting", "waiting"]
    told = Notification.objects.filter(event="wait_ended")
    assert {one.patient or one.user.patient for one in told} == {
        any_time.patient,
        one_time.patient,
    }
    assert {one.channel for one in told} == {"email", "portal"}
    assert AuditEvent.objects.filter(verb="wait_ended").count() == 2


def test_A02_what_went_to_a_colleague_waits_for_the_colleague(doctor):
    colleague = DoctorFactory(specialty=doctor.specialty, office=doctor.office)
    coming = AppointmentFactory(doctor=doctor, starts_at=in_days(5))
    earlier = WaitFactory(doctor=None, appointment=coming, office=coming.office)

    approvals.withdraw(
        doctor,
        choices={coming.pk: Choice(coming.version, "transfer", doctor=colleague.pk)},
        reason="Left",
        by=AdminFactory(),
    )

    assert state_of(earlier) == "waiting"
    assert not Notification.objects.filter(event="wait_ended").exists()


def test_A02_the_page_says_how_many_wait(as_admin, doctor):
    WaitFactory(doctor=doctor)
    url = reverse("manage-doctor-withdraw", args=[doctor.pk])

    assert "1 entry of the waiting list ends" in as_admin.get(url).content.decode()
    WaitFactory(doctor=doctor)
    assert "2 entries of the waiting list end;" in as_admin.get(url).content.decode()


def test_A02_nobody_joins_for_a_doctor_who_has_left(doctor):
    patient = PatientFactory()
    gone = withdraw(doctor)

    with pytest.raises(PortalError, match="sees no patients") as refused:
        waitlist.join(patient, wish=Wish(doctor=gone), by=patient.user)

    assert refused.value.field == "doctor"


def test_A02_the_job_ends_entries_made_meanwhile(doctor):
    """Somebody joined while the approval was being withdrawn."""
    withdraw(doctor)
    late = WaitFactory(doctor=doctor)

    assert waitlist.tidy(by=None) == 1
    assert waitlist.tidy(by=None) == 0

    assert state_of(late) == "ended"
    assert Notification.objects.filter(event="wait_ended").count() == 2


def test_A02_the_message_leads_to_other_doctors(doctor, client):
    wait = WaitFactory(doctor=doctor)
    withdraw(doctor)
    client.force_login(wait.patient.user)

    page = client.get(reverse("notifications")).content.decode()

    assert f"You no longer wait for a time with {doctor.name}" in page
    told = Notification.objects.get(event="wait_ended", channel="portal")
    detail = client.get(reverse("notification", args=[told.pk])).content.decode()
    assert f"{reverse('slots')}?specialty={doctor.specialty_id}" in detail
