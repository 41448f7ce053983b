"""Withdrawing an approval, with every coming appointment settled (requirement A02)."""

import pytest
from django.urls import reverse

from portal.diary.services import approvals
from portal.diary.services.time_off import Choice
from portal.enums import DoctorState
from portal.errors import Forbidden, PortalError, StaleState, Unsettled
from portal.models import AuditEvent, Doctor, Notification
from portal.people.services import approvals as decisions
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    DoctorFactory,
    OfferFactory,
    SlotFactory,
    WaitFactory,
    in_days,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(as_admin):
    return as_admin.user


@pytest.fixture
def url(doctor):
    return reverse("manage-doctor-withdraw", args=[doctor.pk])


def cancelling(*appointments) -> dict:
    return {one.pk: Choice(one.version, "cancel", message="Gone") for one in appointments}


def test_A02_without_appointments_only_the_reason_is_asked_for(as_admin, client, doctor, url):
    free = SlotFactory(doctor=doctor)

    page = as_admin.get(url)
    refused = as_admin.post(url, {"reason": " "})
    sent = as_admin.post(url, {"reason": "Left the clinic"})

    assert "No appointment is coming" in page.content.decode()
    assert refused.status_code == 422
    assert "Write the reason" in refused.content.decode()
    assert sent["Location"] == reverse("manage-doctor", args=[doctor.pk])
    doctor.refresh_from_db()
    assert doctor.state == DoctorState.WITHDRAWN
    free.refresh_from_db()
    assert free.state == "open"  # comes back with the approval
    assert doctor.name not in client.get(reverse("slots")).content.decode()
    told = Notification.objects.filter(user=doctor.user, event="doctor_withdrawn")
    assert told.count() == 2
    assert AuditEvent.objects.filter(verb="withdraw_approval", object_id=doctor.pk).exists()


def test_A02_while_appointments_are_coming_nothing_is_withdrawn(as_admin, doctor, url):
    coming = AppointmentFactory(doctor=doctor)

    answer = as_admin.post(url, {"reason": "Left"})

    assert answer.status_code == 409
    assert coming.patient.name in answer.content.decode()
    assert ">Left</textarea>" in answer.content.decode()
    assert Doctor.objects.get(pk=doctor.pk).state == DoctorState.APPROVED


def test_A02_appointments_are_handed_over_or_cancelled_on_the_page(as_admin, doctor, url):
    colleague = DoctorFactory(specialty=doctor.specialty, office=doctor.office)
    handed = AppointmentFactory(doctor=doctor, starts_at=in_days(2))
    ended = AppointmentFactory(doctor=doctor, starts_at=in_days(400))

    page = as_admin.get(url).content.decode()
    sent = as_admin.post(
        url,
        {
            "reason": "Left",
            "seen": f"{handed.pk}:{handed.version} {ended.pk}:{ended.version}",
            f"do-{handed.pk}": "hand",
            f"to-{handed.pk}": colleague.pk,
            f"do-{ended.pk}": "cancel",
            f"message-{ended.pk}": "We are sorry.",
        },
    )

    assert "Move to" not in page
    assert sent.status_code == 302
    handed.refresh_from_db()
    ended.refresh_from_db()
    assert (handed.doctor, handed.state) == (colleague, "confirmed")
    assert (ended.doctor, ended.state) == (doctor, "cancelled")
    assert not doctor.appointments.live().exists()
    events = set(Notification.objects.values_list("event", flat=True))
    assert {"appointment_transferred", "appointment_cancelled", "doctor_withdrawn"} <= events


def test_A02_requests_are_declined_and_offers_withdrawn(admin, doctor):
    asked = AppointmentFactory(doctor=doctor, state="requested", answer_by=in_days(1))
    asked.slot.has_requests = True
    asked.slot.save()
    offer = OfferFactory(
        slot=SlotFactory(doctor=doctor, starts_at=in_days(4), state="offered"),
        wait=WaitFactory(doctor=doctor),
    )
    choices = {asked.pk: Choice(asked.version, "decline")}

    approvals.withdraw(doctor, choices=choices, reason="Left", by=admin)

    asked.refresh_from_db()
    offer.refresh_from_db()
    assert (asked.state, offer.state) == ("declined", "void")


def test_A02_an_appointment_booked_meanwhile_is_shown(admin, doctor):
    seen = AppointmentFactory(doctor=doctor, starts_at=in_days(2))
    choices = cancelling(seen)
    AppointmentFactory(doctor=doctor, starts_at=in_days(3))

    with pytest.raises(Unsettled):
        approvals.withdraw(doctor, choices=choices, reason="Left", by=admin)

    seen.refresh_from_db()
    assert seen.state == "confirmed"
    assert Doctor.objects.get(pk=doctor.pk).state == DoctorState.APPROVED


def test_A02_an_appointment_is_not_moved_to_another_time_of_the_doctor(admin, doctor):
    coming = AppointmentFactory(doctor=doctor)
    free = SlotFactory(doctor=doctor, starts_at=in_days(5))
    choices = {coming.pk: Choice(coming.version, "reschedule", slot=free.pk)}

    with pytest.raises(PortalError, match="Hand it over"):
        approvals.withdraw(doctor, choices=choices, reason="Left", by=admin)


def test_A02_a_doctor_who_is_hidden_takes_nothing_over(admin, doctor):
    waiting = DoctorFactory(state=DoctorState.PENDING)
    coming = AppointmentFactory(doctor=doctor)
    choices = {coming.pk: Choice(coming.version, "transfer", doctor=waiting.pk)}

    with pytest.raises(PortalError):
        approvals.withdraw(doctor, choices=choices, reason="Left", by=admin)


def test_A02_only_an_admin_withdraws_and_only_once(admin, doctor, as_doctor, as_assistant):
    for by in (as_doctor.user, as_assistant.user):
        with pytest.raises(Forbidden):
            approvals.withdraw(doctor, choices={}, reason="Left", by=by)
    approvals.withdraw(doctor, choices={}, reason="Left", by=admin)

    with pytest.raises(StaleState):
        approvals.withdraw(doctor, choices={}, reason="Left", by=AdminFactory())


def test_A02_an_approval_is_given_back_with_its_times(as_admin, client, admin, doctor):
    SlotFactory(doctor=doctor)
    approvals.withdraw(doctor, choices={}, reason="Left", by=admin)
    assert client.get(doctor.get_absolute_url()).status_code == 404

    sent = as_admin.post(
        reverse("manage-doctor-decide", args=[doctor.pk]), {"do": "restore", "note": ""}
    )

    assert sent.status_code == 302
    assert client.get(doctor.get_absolute_url()).status_code == 200
    with pytest.raises(StaleState):
        decisions.restore(doctor, by=admin)


def test_A02_the_same_for_all_only_fills_in(as_admin, doctor, url):
    first = AppointmentFactory(doctor=doctor, starts_at=in_days(2))
    second = AppointmentFactory(doctor=doctor, starts_at=in_days(3))
    seen = f"{first.pk}:{first.version} {second.pk}:{second.version}"

    answer = as_admin.post(url, {"seen": seen, "all": "cancel", "all_message": "Sorry"})

    assert answer.status_code == 200
    assert answer.content.decode().count('value="cancel" checked') == 2
    assert doctor.appointments.live().count() == 2
