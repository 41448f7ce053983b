"""“The clinic already knows me”: an account joins the chart that the desk keeps (A09)."""

from datetime import date

import pytest
from django.urls import reverse

from portal.models import Notification
from tests.factories import AppointmentFactory, PatientFactory

ASK, CODE = reverse("link-chart"), reverse("link-chart-code")


@pytest.fixture
def chart(db):
    chart = PatientFactory(user=None, email="ana@example.org", date_of_birth=date(1961, 3, 4))
    AppointmentFactory(patient=chart)
    return chart


def test_A09_a_patient_joins_by_code(as_patient, chart):
    asked = as_patient.post(ASK, {"contact": "Ana@Example.org"})
    code = Notification.objects.get(event="link_code").facts["code"]
    joined = as_patient.post(CODE, {"code": code, "date_of_birth": "4/3/1961"}, follow=True)

    assert asked["Location"] == CODE
    assert joined.redirect_chain == [(reverse("appointments"), 302)]
    assert chart.appointments.get().reference in joined.content.decode()


def test_A09_the_answer_is_the_same_for_an_address_that_nobody_has(as_patient, chart):
    answers = []
    for contact in ("ana@example.org", "nobody@example.org"):
        asked = as_patient.post(ASK, {"contact": contact})
        answers.append((asked.status_code, asked["Location"], asked.content))
        wrong = as_patient.post(CODE, {"code": "000000", "date_of_birth": "1/1/1990"})
        answers[-1] += (wrong.status_code, wrong.context["form"].errors["code"])

    assert answers[0] == answers[1]


@pytest.mark.parametrize("contact", ["", "ana", "12", "a@b", "x" * 300])
def test_A09_what_is_no_address_is_refused(as_patient, contact):
    assert as_patient.post(ASK, {"contact": contact}).status_code == 422


def test_A09_a_phone_number_is_taken_where_sms_can_be_sent(as_patient, settings):
    settings.SMS_URL = ""
    assert as_patient.post(ASK, {"contact": "600 11 12 22"}).status_code == 422
    settings.SMS_URL = "folder:"

    assert as_patient.post(ASK, {"contact": "600 11 12 22"}).status_code == 302


@pytest.mark.parametrize(("code", "born"), [("12", "4/3/1961"), ("1234567", ""), ("١٢٣٤٥٦", "x")])
def test_A09_what_is_no_code_is_refused(as_patient, code, born):
    sent = as_patient.post(CODE, {"code": code, "date_of_birth": born})

    assert sent.status_code == 422
    assert "code" in sent.context["form"].errors


@pytest.mark.parametrize("who", ["as_doctor", "as_assistant", "as_admin"])
def test_A09_staff_have_no_chart_to_join(request, who):
    client = request.getfixturevalue(who)

    assert client.get(ASK).status_code == 403
    assert client.post(CODE).status_code == 403
