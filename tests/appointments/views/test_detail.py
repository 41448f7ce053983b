"""/appointments/<id>/: one appointment, and what was done to it."""

import pytest
from django.urls import reverse

from portal.appointments.services import appointments
from portal.enums import CancelReason, Mode
from tests.factories import AppointmentFactory, PatientFactory, SlotFactory, in_days


@pytest.fixture
def appointment(patient, doctor):
    return AppointmentFactory(
        patient=patient, doctor=doctor, starts_at=in_days(3, hour=10), reason="Knee pain"
    )


@pytest.mark.parametrize("who", ["as_patient", "as_doctor", "as_assistant", "as_admin"])
def test_B17_who_is_party_to_it_sees_it(request, who, appointment):
    client = request.getfixturevalue(who)

    page = client.get(appointment.get_absolute_url()).content.decode()

    for text in (appointment.reference, "Confirmed", appointment.doctor.name, "Madrid time"):
        assert text in page
    for text in (appointment.office.address, str(appointment.office.phone), "Knee pain"):
        assert text in page


@pytest.mark.parametrize("who", ["as_patient", "as_doctor", "as_assistant"])
def test_B17_a_stranger_gets_404(request, who):
    client = request.getfixturevalue(who)

    assert client.get(AppointmentFactory().get_absolute_url()).status_code == 404


def test_a_missing_one_is_404(as_admin):
    assert as_admin.get(reverse("appointment", args=[987654])).status_code == 404


def test_staff_see_two_identifiers_and_the_patients_page(as_doctor, appointment):
    page = as_doctor.get(appointment.get_absolute_url()).content.decode()

    assert "17 May 1980" in page
    assert str(appointment.patient.phone) in page
    assert appointment.patient.get_absolute_url() in page


def test_B13_a_patient_reads_the_rule_as_a_date(as_patient, as_doctor, appointment):
    until = appointments.cancel_until(
        appointment.starts_at, settings=as_patient.get("/").context["clinic"]
    ).astimezone(appointment.office.zone)

    page = as_patient.get(appointment.get_absolute_url()).content.decode()

    assert (
        f"You can move or cancel it online until {until:%A} {until.day} {until:%B, %H:%M}" in page
    )
    assert "cancel online" not in as_doctor.get(appointment.get_absolute_url()).content.decode()


def test_B13_too_late_the_page_names_the_phone_and_offers_no_link(as_patient, patient):
    appointment = AppointmentFactory(patient=patient, starts_at=in_days(0, hour=0))

    page = as_patient.get(appointment.get_absolute_url()).content.decode()

    assert reverse("appointment-cancel", args=[appointment.pk]) not in page
    assert str(appointment.office.phone) in page


def test_B23_history_in_sentences(as_assistant, doctor):
    patient = PatientFactory(name="Ana Sol")
    slot = SlotFactory(doctor=doctor, starts_at=in_days(4))
    booked = appointments.book(slot.pk, patient_id=patient.pk, by=as_assistant.user)
    appointments.cancel(
        booked, by=doctor.user, reason=CancelReason.PERSONAL, comment="Away that day"
    )

    page = as_assistant.get(booked.get_absolute_url()).content.decode()

    assert f"Booked by {as_assistant.user.name} (assistant)" in page
    assert f"Cancelled by {doctor.name} (doctor)" in page
    assert "Personal reasons" in page
    assert "Away that day" in page
    assert "state-cancelled" in page


def test_video_is_said(as_patient, patient):
    appointment = AppointmentFactory(patient=patient, mode=Mode.VIDEO)

    assert "By video" in as_patient.get(appointment.get_absolute_url()).content.decode()


def test_words_of_others_are_escaped(as_doctor, doctor):
    appointment = AppointmentFactory(doctor=doctor, reason="<script>alert(1)</script>")

    page = as_doctor.get(appointment.get_absolute_url()).content.decode()

    assert "<script>alert" not in page


def test_few_queries(as_assistant, appointment, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):  # one of them writes down who opened it
        as_assistant.get(appointment.get_absolute_url())


def test_only_reading(as_patient, appointment):
    assert as_patient.post(appointment.get_absolute_url()).status_code == 405
