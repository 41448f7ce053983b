"""/patients/: finding a patient, to book for."""

import pytest
from django.urls import reverse

from tests.factories import AppointmentFactory, PatientFactory
from tests.fragments import same_part

URL = reverse("patients")
HTMX = {"HX-Request": "true"}


def names(response) -> list[str]:
    return [line.name for line in response.context["lines"]]


def test_A08_patients_are_refused(as_patient):
    assert as_patient.get(URL).status_code == 403


@pytest.mark.parametrize("who", ["as_assistant", "as_admin"])
def test_A08_the_desk_lists_everybody(request, who):
    client = request.getfixturevalue(who)
    PatientFactory(name="Zoe")
    PatientFactory(name="Ana", user=None)

    assert names(client.get(URL)) == ["Ana", "Zoe"]


def test_A08_a_doctor_lists_those_with_an_appointment(as_doctor, doctor):
    AppointmentFactory(doctor=doctor, patient=PatientFactory(name="Mine"))
    PatientFactory(name="Foreign")

    assert names(as_doctor.get(URL)) == ["Mine"]


@pytest.mark.parametrize("text", ["NUN", "nunez jose", "600111", "600 111 222"])
def test_B11_found_by_name_or_phone(as_assistant, text):
    PatientFactory(name="José Núñez", phone="+34600111222")
    PatientFactory(name="Ana Sol")

    assert names(as_assistant.get(URL, {"q": text})) == ["José Núñez"]


def test_B11_two_identifiers_and_a_way_to_book(as_assistant):
    patient = PatientFactory(name="José Núñez", phone="+34600111222")

    page = as_assistant.get(URL).content.decode()

    assert "17 May 1980" in page
    assert "+34 600 11 12 22" in page
    assert f'href="{reverse("slots")}?patient={patient.pk}"' in page
    assert f'href="{patient.get_absolute_url()}"' in page


def test_a_patient_without_birthday_and_phone_is_listed(as_assistant):
    PatientFactory(name="Walk In", user=None, phone="", date_of_birth=None)

    assert names(as_assistant.get(URL)) == ["Walk In"]


def test_nobody_found_says_so(as_assistant):
    assert "No patient matches" in as_assistant.get(URL, {"q": "qqq"}).content.decode()


def test_pages_of_fifty_by_links_with_constant_queries(as_assistant, django_assert_max_num_queries):
    PatientFactory.create_batch(51, user=None)

    with django_assert_max_num_queries(5):
        response = as_assistant.get(URL, {"q": "patient"})

    assert len(names(response)) == 50
    assert "?q=patient&amp;page=2" in response.content.decode()
    assert len(names(as_assistant.get(URL, {"q": "patient", "page": 2}))) == 1


def test_the_fragment_equals_the_part_of_the_page(as_assistant):
    PatientFactory(name="José Núñez")

    page = as_assistant.get(URL, {"q": "nun"})
    fragment = as_assistant.get(URL, {"q": "nun"}, headers=HTMX)

    assert same_part(page.content, fragment.content)
    assert "HX-Request" in fragment["Vary"]


def test_only_reading(as_assistant):
    assert as_assistant.post(URL).status_code == 405
