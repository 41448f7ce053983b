"""Closing an account with its coming appointments (requirement A11)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.appointments.services import leaving
from portal.enums import AppointmentState, SlotState, UserState
from portal.errors import Forbidden, PortalError, StaleState
from portal.models import AuditEvent, Notification, User
from tests.accounts.views.conftest import is_signed_in, sign_in
from tests.factories import PASSWORD, AppointmentFactory, SlotFactory, in_days

pytestmark = pytest.mark.django_db
CLOSE = reverse("profile-close")


def confirm_password(client):
    return client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": CLOSE})


def test_A11_the_password_is_asked_again(as_patient):
    answer = as_patient.get(CLOSE)

    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert as_patient.post(CLOSE).status_code == 302
    assert User.objects.get(pk=as_patient.user.pk).is_active


def test_A11_a_patient_closes_the_account_with_what_is_to_come(as_patient, patient):
    appointment = AppointmentFactory(patient=patient, starts_at=in_days(3))
    asked = AppointmentFactory(patient=patient, starts_at=in_days(4), state="requested")
    assert confirm_password(as_patient)["Location"] == CLOSE
    page = as_patient.get(CLOSE).content.decode()
    assert f'name="appointment" value="{appointment.pk}"' in page

    done = as_patient.post(CLOSE, {"appointment": [appointment.pk, asked.pk]}, follow=True)

    assert "Your account is closed." in done.content.decode()
    assert not is_signed_in(as_patient)
    for one in (appointment, asked):
        one.refresh_from_db()
        assert one.state == AppointmentState.CANCELLED
    appointment.slot.refresh_from_db()
    assert appointment.slot.state == SlotState.OPEN
    assert User.objects.get(pk=as_patient.user.pk).state == UserState.CLOSED
    assert AuditEvent.objects.filter(verb="close").count() == 1
    told = Notification.objects.filter(event="appointment_cancelled")
    assert told.filter(user=appointment.doctor.user).exists()


def test_A11_other_sessions_are_told_and_nobody_signs_in(as_patient, patient):
    leaving.close_account(patient.user, seen=[], by=patient.user)

    page = as_patient.get(reverse("dashboard"))

    assert "Your account is closed" in page.content.decode()
    answer = sign_in(Client(), patient.user.email, PASSWORD)
    assert answer["Location"] == reverse("account_inactive") + "?state=closed"


def test_A11_what_was_not_shown_is_not_cancelled(patient):
    AppointmentFactory(patient=patient, starts_at=in_days(3))

    with pytest.raises(StaleState):
        leaving.close_account(patient.user, seen=[], by=patient.user)

    assert User.objects.get(pk=patient.user.pk).is_active


def test_A11_a_near_appointment_has_to_be_settled_by_phone(patient):
    near = AppointmentFactory(patient=patient, starts_at=timezone.now() + timedelta(hours=1))

    with pytest.raises(PortalError, match="too late"):
        leaving.close_account(patient.user, seen=[near.pk], by=patient.user)

    near.refresh_from_db()
    assert near.state == AppointmentState.CONFIRMED


def test_A11_a_doctor_has_none_to_come(as_admin, doctor):
    appointment = AppointmentFactory(doctor=doctor)
    url = reverse("person-close", args=[doctor.user.pk])

    page = as_admin.post(url, {"appointment": appointment.pk})

    assert page.status_code == 422
    assert "Hand them over" in page.content.decode()
    appointment.state = AppointmentState.CANCELLED
    appointment.save()
    assert as_admin.post(url).status_code == 302
    assert User.objects.get(pk=doctor.user.pk).state == UserState.CLOSED


def test_A11_a_closed_doctor_cannot_be_booked(as_admin, doctor, client):
    SlotFactory(doctor=doctor)
    as_admin.post(reverse("person-close", args=[doctor.user.pk]))

    assert client.get(reverse("doctor", args=[doctor.pk])).status_code == 404


def test_A11_an_admin_closes_and_reopens(as_admin, patient):
    as_admin.post(reverse("person-close", args=[patient.user.pk]))
    assert User.objects.get(pk=patient.user.pk).state == UserState.CLOSED

    as_admin.post(reverse("person-reopen", args=[patient.user.pk]))

    assert sign_in(Client(), patient.user.email, PASSWORD)["Location"] == reverse("dashboard")


def test_A11_others_close_no_account(patient, doctor):
    with pytest.raises(Forbidden):
        leaving.close_account(patient.user, seen=[], by=doctor.user)
