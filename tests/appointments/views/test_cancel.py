"""/appointments/<id>/cancel/: asked once, with a reason, and said what became of it."""

import pytest
from django.urls import reverse

from portal.appointments.services import appointments
from portal.enums import AppointmentState, CancelReason, SlotState
from tests.factories import AppointmentFactory, in_days


@pytest.fixture
def appointment(patient, doctor):
    return AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(3))


def url_of(appointment) -> str:
    return reverse("appointment-cancel", args=[appointment.pk])


@pytest.mark.parametrize("who", ["as_patient", "as_doctor", "as_assistant", "as_admin"])
def test_B13_patient_doctor_and_desk_cancel_with_a_reason(request, who, appointment):
    client = request.getfixturevalue(who)

    page = client.get(url_of(appointment)).content.decode()
    response = client.post(url_of(appointment), {"reason": "personal", "comment": ""}, follow=True)

    for label in CancelReason.labels:
        assert str(label) in page
    assert response.redirect_chain == [(appointment.get_absolute_url(), 302)]
    assert "is cancelled" in str(next(iter(response.context["messages"])))
    assert "state-cancelled" in response.content.decode()
    appointment.refresh_from_db()
    appointment.slot.refresh_from_db()
    assert appointment.cancel_reason == CancelReason.PERSONAL
    assert appointment.slot.state == SlotState.OPEN


def test_opening_the_page_cancels_nothing(as_patient, appointment):
    as_patient.get(url_of(appointment))

    appointment.refresh_from_db()
    assert appointment.state == AppointmentState.CONFIRMED


def test_B13_words_of_ones_own_are_enough(as_patient, appointment):
    as_patient.post(url_of(appointment), {"comment": "Moving away"})

    appointment.refresh_from_db()
    assert appointment.cancel_comment == "Moving away"


def test_B13_without_either_it_asks_again(as_patient, appointment):
    response = as_patient.post(url_of(appointment), {"comment": " "})

    assert response.status_code == 422
    assert "Choose a reason" in response.content.decode()
    assert b'href="#id_reason_0"' in response.content
    appointment.refresh_from_db()
    assert appointment.state == AppointmentState.CONFIRMED


def test_what_was_typed_is_kept(as_patient, appointment):
    response = as_patient.post(url_of(appointment), {"reason": "health", "comment": "x" * 301})

    assert response.status_code == 422
    assert "x" * 301 in response.content.decode()
    assert 'value="health" checked' in response.content.decode()


def test_a_stale_page_gets_the_message_and_how_it_stands_now(as_patient, appointment, doctor):
    appointments.cancel(appointment, by=doctor.user, reason=CancelReason.OTHER)

    response = as_patient.post(url_of(appointment), {"reason": "health"})

    assert response.status_code == 409
    page = response.content.decode()
    assert "This has changed since you opened the page" in page
    assert "state-cancelled" in page
    assert f"{doctor.name} (doctor)" in page


def test_the_same_form_sent_twice_cancels_once(as_patient, appointment):
    first = as_patient.post(url_of(appointment), {"reason": "health"})
    second = as_patient.post(url_of(appointment), {"reason": "other"})

    assert (first.status_code, second.status_code) == (302, 409)
    appointment.refresh_from_db()
    assert appointment.cancel_reason == CancelReason.HEALTH


def test_the_form_of_a_cancelled_one_leads_to_its_page(as_patient, appointment, doctor):
    appointments.cancel(appointment, by=doctor.user, reason=CancelReason.OTHER)

    response = as_patient.get(url_of(appointment))

    assert response["Location"] == appointment.get_absolute_url()


@pytest.mark.parametrize("method", ["get", "post"])
def test_B13_too_late_names_the_offices_phone(as_patient, patient, method):
    appointment = AppointmentFactory(patient=patient, starts_at=in_days(0, hour=0))

    response = getattr(as_patient, method)(url_of(appointment), {"reason": "health"})

    assert response.status_code == (422 if method == "post" else 200)
    page = response.content.decode()
    assert "This cannot be cancelled online any more" in page
    assert appointment.office.phone.as_e164 in page
    assert "<form method" not in page.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("who", ["as_patient", "as_doctor", "as_assistant"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_gets_404_and_changes_nothing(request, who, method):
    client, foreign = request.getfixturevalue(who), AppointmentFactory()

    response = getattr(client, method)(url_of(foreign), {"reason": "health"})

    assert response.status_code == 404
    foreign.refresh_from_db()
    assert foreign.state == AppointmentState.CONFIRMED


def test_other_methods_are_refused(as_patient, appointment):
    assert as_patient.delete(url_of(appointment)).status_code == 405
