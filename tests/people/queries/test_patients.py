"""Finding patients: by parts of the name, by digits of the phone number."""

from datetime import date

import pytest
import time_machine

from portal.clock.typed_dates import birthday
from portal.people.queries.patients import find, page_of_patients
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


@pytest.mark.parametrize(
    "text",
    ["4/3/1980", "04/03/1980", "04.03.1980", "4-3-1980", "1980-03-04", "1980-3-4", "4.3.80"],
)
def test_B16_the_date_of_birth_however_typed(assistant, text):
    PatientFactory(name="José Núñez", date_of_birth=date(1980, 3, 4), phone="+34655999888")
    PatientFactory(name="Josefa Pérez", date_of_birth=date(1980, 4, 3), phone="+34600431980")

    assert names(assistant, text) == ["José Núñez"]
    assert names(assistant, f"josefa {text}") == []
    assert names(assistant, f"{text} 999 nunez") == ["José Núñez"]


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("3/25/1980", date(1980, 3, 25)),  # there is no other way to read it
        ("29/2/1980", date(1980, 2, 29)),
        ("29/2/1981", None),
        ("1980-25-03", None),
        ("0/0/1980", None),
        ("4/3.1980", None),
        ("60-11-12", None),
        ("1/1/26", date(2026, 1, 1)),
        ("1/1/27", date(1927, 1, 1)),
        ("4/3/198", None),
        ("٤/٣/١٩٨٠", date(1980, 3, 4)),
    ],
)
def test_B16_what_is_a_birthday(text, born):
    with time_machine.travel("2026-03-04"):
        assert birthday(text, today=date(2026, 3, 4)) == born


def test_B16_a_number_with_the_zero_that_is_not_dialled(assistant):
    PatientFactory(name="Ann Grey", phone="+442079460958")

    assert names(assistant, "+44 (0)20 7946 0958") == ["Ann Grey"]
    assert names(assistant, "020 7946") == ["Ann Grey"]
    assert names(assistant, "00 44 20 7946") == ["Ann Grey"]


def test_B16_more_zeros_belong_to_the_number(assistant):
    PatientFactory(name="Ann Grey", phone="+34600111222")
    PatientFactory(name="Zoe Grey", phone="+34600000600")

    assert names(assistant, "00000600") == ["Zoe Grey"]
