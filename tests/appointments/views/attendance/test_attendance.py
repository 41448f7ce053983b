"""/attendance/<token>/: the answer to a reminder, for whoever has its link."""

from datetime import timedelta

import pytest
import time_machine
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse

from portal.appointments.services import appointments
from portal.models import AuditEvent
from tests.factories import AppointmentFactory, OfficeFactory, PatientFactory, SlotFactory, in_days
from tests.setups.attendance import attendance_token


@pytest.fixture
def appointment(patient, doctor):
    return AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(3), reason="Knee")


def url_of(*them) -> str:
    return reverse("attendance", args=[attendance_token(*them)])


def is_coming(appointment) -> bool:
    appointment.refresh_from_db()
    return appointment.coming_at is not None


def test_D02_one_press_says_that_the_patient_comes(client, appointment, doctor):
    page = client.get(url_of(appointment))
    answer = client.post(url_of(appointment), follow=True)

    assert "Are you coming?" in page.content.decode()
    assert "Thank you, we expect you" in answer.content.decode()
    assert is_coming(appointment)
    [event] = AuditEvent.objects.filter(verb="coming")
    assert (event.actor_id, event.object_id) == (None, appointment.pk)
    assert (event.patient_id, event.changes) == (appointment.patient_id, {"by_link": True})


def test_D02_it_says_no_more_than_it_must(client, appointment):
    page = client.get(url_of(appointment)).content.decode()

    for said in (appointment.doctor.name, "Madrid time", appointment.office.name):
        assert said in page
    hidden = (appointment.patient.name, "Knee", appointment.reference, "José")
    for text in (*hidden, appointment.doctor.specialty.name):
        assert text not in page


@pytest.mark.parametrize("method", ["get", "head"])
def test_D02_opening_the_link_changes_nothing(client, appointment, method):
    response = getattr(client, method)(url_of(appointment))

    assert response.status_code == 200
    assert not is_coming(appointment)
    assert not AuditEvent.objects.exists()
    assert "no-store" in response["Cache-Control"]


def test_pressing_it_twice_notes_it_once(client, appointment):
    client.post(url_of(appointment))
    appointment.refresh_from_db()
    first = appointment.coming_at
    client.post(url_of(appointment))

    appointment.refresh_from_db()
    assert appointment.coming_at == first
    assert AuditEvent.objects.filter(verb="coming").count() == 1


def test_its_form_needs_its_csrf_token(appointment):
    client = Client(enforce_csrf_checks=True)

    assert client.post(url_of(appointment)).status_code == 403
    assert not is_coming(appointment)


def test_D02_who_cannot_come_is_led_to_cancelling(client, appointment):
    cancel = reverse("appointment-cancel", args=[appointment.pk])

    page = client.get(url_of(appointment)).content.decode()

    assert f'href="{cancel}"' in page
    assert client.get(cancel)["Location"].startswith(reverse("account_login"))


def test_D02_who_has_no_login_or_is_late_calls_instead(client, doctor):
    visitor = AppointmentFactory(
        patient=PatientFactory(user=None), doctor=doctor, starts_at=in_days(3)
    )
    late = AppointmentFactory(starts_at=in_days(4))

    pages = [client.get(url_of(visitor)).content.decode()]
    with time_machine.travel(late.starts_at - timedelta(hours=1)):
        pages.append(client.get(url_of(late)).content.decode())

    for page, one in zip(pages, (visitor, late), strict=True):
        assert reverse("appointment-cancel", args=[one.pk]) not in page
        assert one.office.phone.as_e164 in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_D02_the_link_ends_with_the_start(client, appointment, method):
    url = url_of(appointment)

    with time_machine.travel(appointment.starts_at):
        response = getattr(client, method)(url)

    assert response.status_code == 410
    assert "This link has expired" in response.content.decode()
    assert not is_coming(appointment)


@pytest.mark.parametrize("method", ["get", "post"])
def test_D02_of_a_cancelled_appointment_it_says_so(client, appointment, doctor, method):
    url = url_of(appointment)
    appointments.cancel(appointment, by=doctor.user, reason="health")

    response = getattr(client, method)(url)

    assert response.status_code == 410
    assert "This appointment is cancelled" in response.content.decode()
    assert not is_coming(appointment)


@pytest.mark.parametrize("method", ["get", "post"])
def test_D02_of_a_moved_appointment_it_says_so_but_not_where(client, appointment, doctor, method):
    url = url_of(appointment)
    slot = SlotFactory(doctor=doctor, starts_at=in_days(5, hour=7))
    appointments.reschedule(appointment, slot_id=slot.pk, by=doctor.user)

    response = getattr(client, method)(url)

    assert response.status_code == 410
    page = response.content.decode()
    assert "This appointment was moved" in page
    assert doctor.name not in page
    assert not is_coming(appointment)


def test_moving_takes_the_answer_back(client, appointment, doctor):
    client.post(url_of(appointment))
    slot = SlotFactory(doctor=doctor, starts_at=in_days(5, hour=7))
    appointments.reschedule(appointment, slot_id=slot.pk, by=doctor.user)

    assert not is_coming(appointment)
    assert "Are you coming?" in client.get(url_of(appointment)).content.decode()


@pytest.mark.parametrize("change", [lambda t: "2" + t, lambda t: t[:-1], lambda _t: "17-x.y"])
def test_D02_a_forged_link_is_404(client, appointment, change):
    token = attendance_token(appointment)

    for method in (client.get, client.post):
        response = method(reverse("attendance", args=[change(token)]))
        assert response.status_code == 404
        assert "This link does not work" in response.content.decode()
    assert not is_coming(appointment)


def test_signatures_made_for_something_else_do_not_count(client, appointment):
    value, _dot, _signature = attendance_token(appointment).rpartition(".")
    token = Signer(salt="something else", sep=".").sign(value)

    assert client.get(reverse("attendance", args=[token])).status_code == 404


def test_D02_of_several_on_one_day_the_link_answers_for_all(client, appointment, patient):
    other = AppointmentFactory(patient=patient, starts_at=in_days(3, hour=15))
    url = url_of(appointment, other)

    page = client.get(url).content.decode()
    client.post(url)

    for one in (appointment, other):
        assert one.doctor.name in page
        assert reverse("appointment-cancel", args=[one.pk]) in page
        assert is_coming(one)


def test_of_several_the_one_that_is_gone_is_left_out(client, appointment, patient, doctor):
    other = AppointmentFactory(patient=patient, starts_at=in_days(3, hour=15))
    url = url_of(appointment, other)
    appointments.cancel(appointment, by=doctor.user, reason="health")

    page = client.get(url).content.decode()
    client.post(url)

    assert doctor.name not in page
    assert is_coming(other)
    assert not is_coming(appointment)


def test_D02_doctor_and_desk_see_it(client, as_doctor, as_assistant, appointment):
    before = as_doctor.get(appointment.get_absolute_url()).content.decode()
    client.post(url_of(appointment))

    assert "Coming" not in before
    for reader in (as_doctor, as_assistant):
        page = reader.get(appointment.get_absolute_url()).content.decode()
        assert "Coming" in page
        assert "The patient said that they are coming" in page


def test_times_are_those_of_the_office(client, doctor):
    office = OfficeFactory(time_zone="Asia/Kathmandu")
    appointment = AppointmentFactory(doctor=doctor, office=office, starts_at=in_days(3, hour=10))

    page = client.get(url_of(appointment)).content.decode()

    assert "15:45" in page
    assert "Kathmandu time" in page


def test_the_link_is_short_and_of_the_origin(appointment, settings):
    token = attendance_token(appointment)

    assert len(token) < 70
    assert settings.ORIGIN == "http://localhost:8000"


def test_few_queries(client, appointment, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        client.get(url_of(appointment))


def test_other_methods_are_refused(client, appointment):
    assert client.put(url_of(appointment)).status_code == 405
