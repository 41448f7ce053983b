"""Finding patients: by parts of the name, by digits of the phone number."""

import pytest

from portal.queries.patients import find, page_of_patients
from tests.factories import (
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    PatientFactory,
)


@pytest.fixture
def assistant(db):
    return AssistantFactory().user


def names(user, text) -> list[str]:
    return [patient.name for patient in find(user, text)]


@pytest.mark.parametrize("text", ["nunez", "NÚÑ", "jose nun", "núñez josé", "  jose   nunez "])
def test_B11_parts_of_the_name_in_any_order_case_and_accents(assistant, text):
    PatientFactory(name="José Núñez")
    PatientFactory(name="Josefa Pérez")

    assert names(assistant, text) == ["José Núñez"]


@pytest.mark.parametrize(
    "text", ["600 11 12 22", "600111222", "+34 600111", "0034600111222", "222", "600-111"]
)
def test_B11_digits_of_the_phone_however_typed(assistant, text):
    PatientFactory(name="José Núñez", phone="+34600111222")
    PatientFactory(name="Josefa Pérez", phone="+34655999888")

    assert names(assistant, text) == ["José Núñez"]


def test_last_digits_may_begin_with_zero(assistant):
    PatientFactory(name="José Núñez", phone="+34600111012")

    assert names(assistant, "012") == ["José Núñez"]


def test_name_and_digits_together_must_both_match(assistant):
    PatientFactory(name="Ana García", phone="+34600111222")
    PatientFactory(name="Eva García", phone="+34655999888")

    assert names(assistant, "garcia 655") == ["Eva García"]


def test_nothing_typed_lists_everybody_by_name(assistant):
    PatientFactory(name="Zoe")
    PatientFactory(name="Ana")

    assert names(assistant, "") == ["Ana", "Zoe"]


@pytest.mark.parametrize("text", ["100%", "a_a", "\x00", "'; --", "\\"])
def test_odd_characters_are_only_characters(assistant, text):
    PatientFactory(name="Ana Sol")

    assert names(assistant, text) in ([], ["Ana Sol"])
    assert names(assistant, "n_ s") == []


def test_A08_a_doctor_finds_those_with_an_appointment_only(db):
    doctor = DoctorFactory()
    AppointmentFactory(doctor=doctor, patient=PatientFactory(name="Ana Mine"))
    AppointmentFactory(patient=PatientFactory(name="Ana Foreign"))

    assert names(doctor.user, "ana") == ["Ana Mine"]


def test_a_page_holds_fifty_and_knows_of_more(assistant, django_assert_num_queries):
    PatientFactory.create_batch(51, user=None)

    with django_assert_num_queries(1):
        page = page_of_patients(assistant, "")

    assert len(page) == 50
    assert page.has_next
    assert len(page_of_patients(assistant, "", 2)) == 1
