"""/appointments/<id>/transfer/ and /schedule/slots/<id>/transfer/: to a colleague (B06)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from portal.appointments.services import appointments
from portal.diary.services import transfers
from portal.models import AuditEvent
from tests.factories import AppointmentFactory, DoctorFactory, SlotFactory, in_days


@pytest.fixture
def appointment(patient, doctor):
    return AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(3))


@pytest.fixture
def colleague(doctor):
    return DoctorFactory(name="Dr Ana Soto", specialty=doctor.specialty, office=doctor.office)


def url_of(appointment) -> str:
    return reverse("appointment-transfer", args=[appointment.pk])


@pytest.mark.parametrize("who", ["as_assistant", "as_admin"])
def test_B06_from_the_appointment_to_the_colleague(request, who, appointment, colleague):
    client = request.getfixturevalue(who)

    detail = client.get(appointment.get_absolute_url()).content.decode()
    page = client.get(url_of(appointment)).content.decode()
    response = client.post(url_of(appointment), {"to": colleague.pk}, follow=True)

    assert url_of(appointment) in detail
    assert "Dr Ana Soto" in page
    assert appointment.patient.name in page
    assert response.redirect_chain == [(appointment.get_absolute_url(), 302)]
    assert "The patient is told" in str(next(iter(response.context["messages"])))
    text = response.content.decode()
    assert f"from {appointment.doctor.name} to Dr Ana Soto" in text
    appointment.refresh_from_db()
    assert appointment.doctor == colleague
    assert appointment.patient.name in text


def test_B06_a_doctor_who_hands_it_over_does_not_see_it_any_more(as_doctor, appointment, colleague):
    response = as_doctor.post(url_of(appointment), {"to": colleague.pk}, follow=True)

    assert response.redirect_chain == [("/appointments/", 302)]
    assert "Dr Ana Soto has the appointment now" in response.content.decode()
    assert as_doctor.get(appointment.get_absolute_url()).status_code == 404


def test_B06_patients_have_no_such_page(as_patient, appointment, colleague):
    detail = as_patient.get(appointment.get_absolute_url()).content.decode()

    assert url_of(appointment) not in detail
    assert as_patient.post(url_of(appointment), {"to": colleague.pk}).status_code == 403


def test_B06_colleagues_of_the_specialty_come_first_and_the_busy_say_why(
    as_doctor, appointment, colleague
):
    SlotFactory(doctor=colleague, starts_at=appointment.starts_at)
    busy = DoctorFactory(name="Dr Busy", specialty=appointment.doctor.specialty)
    AppointmentFactory(doctor=busy, starts_at=appointment.starts_at + timedelta(minutes=10))
    DoctorFactory(name="Dr Other")

    response = as_doctor.get(url_of(appointment))

    groups = [
        (label, [one.doctor.name for one in some])
        for label, some, *_shown in response.context["groups"]
    ]
    text = response.content.decode()
    assert groups == [
        ("Of the same specialty", ["Dr Ana Soto"]),
        ("Other specialties", ["Dr Other"]),
    ]
    assert "has a free slot just then" in text
    assert "Dr Busy has another slot then" in text


WARNING = "make sure that this doctor can help with it"


def test_B06_other_specialties_stand_apart_with_a_warning(as_doctor, appointment):
    alone = as_doctor.get(url_of(appointment)).content.decode()
    DoctorFactory(name="Dr Heart", specialty__name="Cardiology")

    response = as_doctor.get(url_of(appointment))

    page = response.content.decode()
    assert WARNING not in alone
    assert page.index("Other specialties") < page.index(WARNING) < page.index("Dr Heart")
    assert f"Another specialty than {appointment.doctor.specialty.name}" in page
    assert response.context["chosen"] is None
    assert 'name="to"' in page
    assert not re.search(r'name="to"[^>]* checked', page)


def test_B06_a_name_narrows_them_down(as_doctor, appointment, colleague):
    DoctorFactory(name="Dr José Peña")

    response = as_doctor.get(f"{url_of(appointment)}?name=pena")

    assert [
        [one.doctor.name for one in some] for _label, some, *_shown in response.context["groups"]
    ]
    assert "Dr Ana Soto" not in response.content.decode()
    assert "Nobody can take it" in as_doctor.get(f"{url_of(appointment)}?name=zz").content.decode()


def test_B06_without_a_choice_it_asks_for_one(as_doctor, appointment, colleague):
    response = as_doctor.post(url_of(appointment))

    assert response.status_code == 422
    assert "Choose who takes it over." in response.content.decode()


def test_B06_a_colleague_who_is_busy_meanwhile(as_doctor, appointment, colleague):
    AppointmentFactory(doctor=colleague, starts_at=appointment.starts_at)

    response = as_doctor.post(url_of(appointment), {"to": colleague.pk, "old": "withdraw"})

    assert response.status_code == 409
    assert "Nothing was handed over" in response.content.decode()
    assert response.context["withdraws"] is True
    appointment.refresh_from_db()
    assert appointment.doctor != colleague


@pytest.mark.parametrize(("to", "status"), [("0", 404), ("x", 422), ("9" * 30, 422)])
def test_odd_doctors_are_no_error(as_doctor, appointment, to, status):
    assert as_doctor.post(url_of(appointment), {"to": to}).status_code == status


def test_B06_the_old_time_can_go(as_doctor, appointment, colleague):
    as_doctor.post(url_of(appointment), {"to": colleague.pk, "old": "withdraw"})

    appointment.slot.refresh_from_db()
    assert appointment.slot.state == "withdrawn"


def test_B06_what_is_cancelled_or_has_begun_leads_back(as_doctor, as_admin, appointment, colleague):
    with time_machine.travel(appointment.starts_at + timedelta(minutes=1)):
        as_admin.force_login(as_admin.user)
        begun = as_admin.get(url_of(appointment))
    appointments.cancel(appointment, by=appointment.doctor.user, reason="health")
    cancelled = as_doctor.post(url_of(appointment), {"to": colleague.pk})

    assert begun.url == cancelled.url == appointment.get_absolute_url()
    assert not AuditEvent.objects.filter(verb="transfer").exists()


def test_opening_the_page_hands_nothing_over(as_doctor, appointment, colleague):
    as_doctor.get(f"{url_of(appointment)}?to={colleague.pk}")

    appointment.refresh_from_db()
    assert appointment.doctor != colleague


@pytest.mark.parametrize("count", [1, 8])
def test_the_page_costs_the_same_whoever_is_there(
    as_doctor, appointment, count, django_assert_max_num_queries
):
    for _n in range(count):
        SlotFactory(doctor=DoctorFactory(), starts_at=appointment.starts_at)
    as_doctor.get(url_of(appointment))

    with django_assert_max_num_queries(11):
        as_doctor.get(url_of(appointment))


def test_B06_a_free_slot_goes_from_the_list(as_doctor, doctor, colleague):
    slot = SlotFactory(doctor=doctor, starts_at=in_days(3))
    url = reverse("slot-transfer", args=[slot.pk])

    page = as_doctor.get(url).content.decode()
    response = as_doctor.post(url, {"to": colleague.pk}, follow=True)

    assert "Dr Ana Soto" in page
    assert response.redirect_chain == [("/schedule/slots/", 302)]
    assert "is in the diary of Dr Ana Soto now" in response.content.decode()
    assert colleague.slots.open().count() == 1
    assert as_doctor.get(url).url == "/schedule/slots/"


def test_B06_who_is_free_then_has_no_use_for_it(as_assistant, doctor, colleague):
    slot = SlotFactory(doctor=doctor, starts_at=in_days(3))
    SlotFactory(doctor=colleague, starts_at=slot.starts_at)
    url = f"{reverse('slot-transfer', args=[slot.pk])}?doctor={doctor.pk}"

    page = as_assistant.get(url)
    response = as_assistant.post(url, {"to": colleague.pk})

    assert [one.doctor for one in page.context["busy"]] == [colleague]
    assert response.status_code == 409


def test_B23_history_says_between_whom(as_admin, appointment, colleague):
    transfers.transfer(appointment, to=colleague, by=as_admin.user)

    text = as_admin.get(appointment.get_absolute_url()).content.decode()

    assert "Handed by" in text
    assert f"from {appointment.doctor.name} to {colleague.name}" in text
