"""Search over appointments by people's names (B16)."""

from datetime import date

import pytest

from portal.desk.queries.search import FEW, Terms, search
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    PatientFactory,
    in_days,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return AdminFactory()


@pytest.fixture
def appointment():
    return AppointmentFactory(
        doctor=DoctorFactory(name="Dr Søren Kühn"), patient=PatientFactory(name="José Núñez")
    )


@pytest.fixture(autouse=True)
def other():
    return AppointmentFactory(
        doctor=DoctorFactory(name="Dr Elena Ruiz"), patient=PatientFactory(name="Ana García")
    )


def ids(found) -> list[int]:
    return [row.pk for row in found.appointments]


@pytest.mark.parametrize("text", ["nunez", "NÚÑEZ", "jos", "nun jos"])
def test_B16_patients_name_in_parts_any_case_without_accents(admin, appointment, text):
    assert ids(search(admin, Terms(patient=text))) == [appointment.pk]
    assert ids(search(admin, Terms(text=text))) == [appointment.pk]
    assert ids(search(admin, Terms(doctor=text))) == []


@pytest.mark.parametrize("text", ["kuhn", "SØR", "soren", "dr kuh"])
def test_B16_doctors_name_in_parts_any_case_without_accents(admin, appointment, text):
    assert ids(search(admin, Terms(doctor=text))) == [appointment.pk]
    assert ids(search(admin, Terms(text=text))) == [appointment.pk]
    assert ids(search(admin, Terms(patient=text))) == []


def test_B16_both_given_both_must_match(admin, appointment):
    assert ids(search(admin, Terms(doctor="kuhn", patient="nunez"))) == [appointment.pk]
    assert ids(search(admin, Terms(doctor="ruiz", patient="nunez"))) == []
    assert ids(search(admin, Terms(text="nunez", doctor="ruiz"))) == []


@pytest.mark.parametrize("change", [str, str.lower, lambda text: text.replace("-", "")])
def test_B16_a_reference_finds_its_appointment(admin, appointment, change):
    appointment.reference = "K7M-4QX"
    appointment.save()

    assert ids(search(admin, Terms(text=change("K7M-4QX")))) == [appointment.pk]


def test_a_phone_number_finds_the_patient_and_the_appointments(admin):
    appointment = AppointmentFactory(patient=PatientFactory(phone="+34699123456"))

    found = search(admin, Terms(text="699 12 34"))

    assert ids(found) == [appointment.pk]
    assert [patient.pk for patient in found.patients] == [appointment.patient_id]


def test_B16_only_what_the_searcher_may_see(appointment):
    foreign = AppointmentFactory(patient=appointment.patient, starts_at=in_days(3))
    assistant = AssistantFactory(offices=[appointment.office]).user
    terms = Terms(text="nunez")

    assert ids(search(assistant, terms)) == [appointment.pk]
    assert ids(search(appointment.doctor.user, terms)) == [appointment.pk]
    assert ids(search(appointment.patient.user, terms)) == [foreign.pk, appointment.pk]
    assert ids(search(PatientFactory().user, terms)) == []


def test_patients_are_shown_no_patients(appointment):
    assert search(appointment.patient.user, Terms(text="nunez")).patients == []


def test_a_patient_without_appointments_is_found(admin):
    patient = PatientFactory(name="Zoe Nueva", user=None)

    found = search(admin, Terms(text="zoe"))

    assert [row.pk for row in found.patients] == [patient.pk]
    assert ids(found) == []


@pytest.mark.parametrize("text", ["", "   ", "\x00"])
def test_nothing_asked_for_finds_nothing(admin, text, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert ids(search(admin, Terms(text=text, doctor=text, patient=text))) == []


def test_newest_first(admin, appointment):
    later = AppointmentFactory(
        patient=appointment.patient, doctor=appointment.doctor, starts_at=in_days(5)
    )

    assert ids(search(admin, Terms(text="nunez"))) == [later.pk, appointment.pk]


@pytest.mark.parametrize("terms", [Terms(text="namesake"), Terms(doctor="dr", patient="namesake")])
def test_B16_none_is_lost_when_many_are_named_so(admin, terms):
    """More namesakes than are looked up by id."""
    patients = [PatientFactory(name=f"Namesake {n}", user=None) for n in range(FEW + 1)]
    appointments = [
        AppointmentFactory(patient=patient, starts_at=in_days(day))
        for day, patient in ((2, patients[-1]), (1, patients[0]))
    ]

    found = search(admin, terms)

    assert ids(found) == [one.pk for one in appointments]


def test_B16_many_namesakes_show_a_doctor_their_own_only(appointment):
    for number in range(FEW + 1):
        PatientFactory(name=f"Nunez {number}", user=None)

    assert ids(search(appointment.doctor.user, Terms(text="nunez"))) == [appointment.pk]


def test_the_number_of_queries_is_bounded(admin, appointment, django_assert_num_queries):
    with django_assert_num_queries(3):
        search(admin, Terms(text="n"))
    with django_assert_num_queries(5):
        search(admin, Terms(text="n", doctor="dr", patient="n"))


@pytest.mark.parametrize("text", ["k7m4qx", "K7M-4QX", " k7m-4qx "])
def test_B16_what_can_only_be_a_reference_costs_one_query(
    admin, appointment, text, django_assert_num_queries
):
    appointment.reference = "K7M-4QX"
    appointment.save()

    with django_assert_num_queries(1):
        found = search(admin, Terms(text=text))
    assert ids(found) == [appointment.pk]
    assert found.patients == []


@pytest.mark.parametrize("text", ["carmen", "CAR-MEN", "car men"])
def test_B16_a_name_may_look_like_a_reference(admin, text):
    named = AppointmentFactory(patient=PatientFactory(name="Carmen Sol"))
    named.reference = "CAR-MEN"
    named.save()

    assert ids(search(admin, Terms(text=text))) == [named.pk]
    assert [row.pk for row in search(admin, Terms(text="carmen")).patients] == [named.patient_id]


@pytest.mark.parametrize("text", ["699 12 34", "17/5/1980", "1980-05-17"])
def test_B16_digits_alone_ask_for_patients_only(
    admin, appointment, text, django_assert_num_queries
):
    patient = PatientFactory(phone="+34699123456", date_of_birth=date(1980, 5, 17), user=None)
    AppointmentFactory(patient=patient)

    with django_assert_num_queries(2):
        found = search(admin, Terms(text=text))
    assert patient.pk in [row.pk for row in found.patients]


def test_B16_a_reference_out_of_scope_is_not_found(appointment):
    appointment.reference = "K7M-4QX"
    appointment.save()

    assert ids(search(DoctorFactory().user, Terms(text="K7M-4QX"))) == []
