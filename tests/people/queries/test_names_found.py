"""One person is found, and known again, however their name is typed (requirements A09, B16)."""

from datetime import UTC

import pytest
from django.db import connection

from portal.desk.queries.search import Terms, search
from portal.models import ClinicSettings, Doctor, Patient
from portal.notifications.queries import recipients
from portal.notifications.queries.ledger import LedgerFilter, page_of_messages
from portal.people.queries import doctors
from portal.people.queries.duplicates import likely_duplicates
from portal.people.queries.patients import find, page_of_patients
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    DoctorFactory,
    NotificationFactory,
    PatientFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return AdminFactory()


# The name, and ways of typing it that are separated by bars.
WAYS = {
    "Seán O’Neill": "O'Neill|o’neill|oneill|o neill|O'Neill, Sean|neill,|sean oneill",
    "O Neill Sean": "O'Neill|oneill|Seán O’Neill",
    "Ann Smith\u2011Jones": "smith-jones|smith jones|smithjones|Smith–Jones, Ann|jones",
    "Anna Smith Jones": "smith-jones|smithjones",
}
CASES = [(name, typed) for name, ways in WAYS.items() for typed in ways.split("|")]


@pytest.mark.parametrize(("name", "typed"), CASES)
def test_B16_a_person_is_found_however_the_name_is_typed(admin, name, typed):
    patient = PatientFactory(name=name)
    appointment = AppointmentFactory(patient=patient)
    PatientFactory(name="Marcus Neumann")

    assert list(find(admin, typed)) == [patient]
    assert [one.pk for one in search(admin, Terms(text=typed)).appointments] == [appointment.pk]
    assert [one.pk for one in search(admin, Terms(patient=typed)).appointments] == [appointment.pk]


def test_B16_doctors_and_logins_are_found_alike(admin):
    doctor = DoctorFactory(name="Dr Łucja O’Neill")
    login = UserFactory(name="Łucja O’Neill")

    assert list(doctors.directory(ClinicSettings.current(), name="lucja oneill")) == [doctor]
    assert recipients.find_users("lucja o'neill") == [doctor.user, login]
    assert recipients.find_users("O’Neill, Łucja") == [doctor.user, login]


def test_D03_messages_are_found_by_the_name_of_a_login(admin):
    login = UserFactory(name="Łucja O’Neill")
    message = NotificationFactory(user=login, patient=None, appointment=None, facts={})

    rows = page_of_messages(LedgerFilter(text="oneill lucja"), UTC).rows

    assert [row.pk for row in rows] == [message.pk]


@pytest.mark.parametrize(
    ("known", "typed"),
    [
        ("Seán O’Neill", "Sean O'Neill"),
        ("Seán O’Neill", "sean oneill"),
        ("Seán O’Neill", "O'Neill, Seán"),
        ("O Neill, Sean", "Seán O’Neill"),
        ("Ann Smith\u2011Jones", "Ann Smith Jones,"),
        ("Smith-Jones Ann", "ann smithjones"),
        ("Ana María del Carmen Ruiz", "Ruiz, Ana María del Carmen"),
    ],
)
def test_A09_the_same_name_is_known_again(known, typed):
    patient = PatientFactory(name=known, date_of_birth=None)
    PatientFactory(name="Ann Smith", date_of_birth=None)

    found = likely_duplicates(name=typed, phone="", born=None)

    assert [one.pk for one in found] == [patient.pk]


def test_patients_are_listed_by_the_folded_name(admin):
    for name in ("Zoe Sol", "Óscar Gil", "Oakley Fox", "Ána Ruiz", "ana sol", "Łucja Nowak"):
        PatientFactory(name=name, user=None)

    names = [row.name for row in page_of_patients(admin, "").rows]

    assert names == ["Ána Ruiz", "ana sol", "Łucja Nowak", "Oakley Fox", "Óscar Gil", "Zoe Sol"]


@pytest.mark.only_on("postgresql")  # SQLite reads the short rows
@pytest.mark.parametrize(
    ("people", "index"),
    [
        (lambda: Patient.objects.order_by("search_name", "pk")[:51], "patient_by_folded_name"),
        (
            lambda: Patient.objects.order_by().filter(search_name__joined__contains="oneill"),
            "patient_name_parts",
        ),
        (
            lambda: Patient.objects.order_by().filter(search_name__joined__in=["ab", "ba"]),
            "patient_by_joined_name",
        ),
        (
            lambda: Doctor.objects.order_by().filter(search_name__joined__contains="oneill"),
            "doctor_name_parts",
        ),
        (lambda: find(AdminFactory(), "600 11"), "patient_phone_parts"),
        (lambda: find(AdminFactory(), "600 11"), "patient_further_phone_parts"),
        (lambda: Patient.objects.order_by().filter(phone="+34600111222"), "patient_phone "),
    ],
    ids=["list", "parts", "same", "doctors", "phone", "further phone", "whole phone"],
)
def test_names_are_found_by_index(people, index):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        if index.endswith("_parts"):  # a GIN index is read as a bitmap; a small table needs none
            cursor.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off")

    plan = people().explain()
    assert any(name in plan for name in index.split(" or ")), plan


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize(
    ("typed", "has_sort"), [("jorg", True), ("600 11", True), ("4/3/1980", True), ("jo", False)]
)
def test_B16_people_who_were_filtered_are_sorted_afterwards(admin, typed, has_sort):
    """The index of names would be read up to where they stand together."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off")

    plan = find(admin, typed)[:51].explain()

    assert ("Sort" in plan) is has_sort
    assert ("patient_by_folded_name" in plan) is not has_sort


def test_B16_the_order_is_the_same_with_and_without_the_index(admin):
    for name in ("Jörg Ø", "jorg a", "Jörg-b", "Jorg  A", "Ana Jorgensen"):
        PatientFactory(name=name)

    found = [row.name for row in page_of_patients(admin, "jorg").rows]

    assert found == [row.name for row in page_of_patients(admin, "jo").rows]
    assert len(found) == 5
