"""One's own profile (requirements A01, A05)."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from portal.models import AuditEvent, Doctor, Patient, User
from tests.factories import OfficeFactory, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db

URL = "/profile/"
PATIENT = {
    "name": "Ana Ruiz",
    "phone": "612 345 678",
    "date_of_birth": "1980-05-17",
    "gender": "female",
    "address": "2 Quay, Vigo",
    "emergency_contact": "Luis Ruiz",
    "emergency_phone": "+44 20 7946 0000",
    "username": "ana.ruiz",
}
DOCTOR = {
    "qualifications": "MD",
    "practising_since": "2005",
    "languages": ["en", "es"],
    "usual_minutes": "20",
    "statement": "I listen.",
    "username": "",
}


def errors(page) -> list[str]:
    assert page.status_code == 422
    return list(page.context["form"].errors)


def test_A01_patient_edits_what_the_clinic_knows_of_them(as_patient):
    answer = as_patient.post(URL, PATIENT)

    assert answer["Location"] == URL
    patient = Patient.objects.get()
    assert (patient.name, patient.date_of_birth, patient.gender) == (
        "Ana Ruiz",
        date(1980, 5, 17),
        "female",
    )
    assert (patient.phone.as_e164, patient.emergency_phone.as_e164) == (
        "+34612345678",
        "+442079460000",
    )
    assert (patient.address, patient.emergency_contact) == ("2 Quay, Vigo", "Luis Ruiz")
    assert (patient.user.name, patient.user.username) == ("Ana Ruiz", "ana.ruiz")
    assert "Your profile is saved" in as_patient.get(URL).content.decode()


def test_A05_saved_profile_is_shown_again_and_saving_it_changes_nothing(as_patient):
    as_patient.post(URL, PATIENT)
    traces = AuditEvent.objects.count()

    shown = as_patient.get(URL).context["form"]
    again = {field.name: field.value() or "" for field in shown}
    as_patient.post(URL, {**again, "date_of_birth": again["date_of_birth"].isoformat()})

    assert AuditEvent.objects.count() == traces
    assert Patient.objects.get().date_of_birth == date(1980, 5, 17)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"phone": ""}, "phone"),
        ({"phone": "123"}, "phone"),
        ({"emergency_phone": "123"}, "emergency_phone"),
        ({"date_of_birth": "1899-12-31"}, "date_of_birth"),
        ({"date_of_birth": "17/05/80x"}, "date_of_birth"),
        ({"gender": "robot"}, "gender"),
        ({"username": "ana@example.org"}, "username"),
        ({"username": "ana ruiz"}, "username"),
        ({"username": "x" * 41}, "username"),
    ],
)
def test_A05_profile_says_what_is_wrong_and_keeps_the_rest(as_patient, changes, field):
    page = as_patient.post(URL, {**PATIENT, **changes})

    assert errors(page) == [field]
    assert page.context["form"]["address"].value() == "2 Quay, Vigo"
    assert Patient.objects.get().name == "José Núñez"


def test_A01_date_of_birth_is_not_in_the_future(as_patient):
    today = timezone.now().date()

    late = as_patient.post(URL, {**PATIENT, "date_of_birth": today + timedelta(days=1)})
    born = as_patient.post(URL, {**PATIENT, "date_of_birth": today})

    assert errors(late) == ["date_of_birth"]
    assert born.status_code == 302


@pytest.mark.parametrize(
    ("zone", "born", "is_possible"),
    [
        ("Pacific/Auckland", "2026-06-02", True),
        ("Pacific/Auckland", "2026-06-03", False),
        ("America/Los_Angeles", "2026-06-01", True),
        ("America/Los_Angeles", "2026-06-02", False),
    ],
)
def test_A01_today_is_that_of_the_clinics_office(as_patient, zone, born, is_possible):
    OfficeFactory(time_zone=zone)
    with time_machine.travel("2026-06-01T22:30Z", tick=False):
        as_patient.force_login(as_patient.user)
        limit = as_patient.get(URL).context["form"].fields["date_of_birth"].widget.attrs["max"]

        page = as_patient.post(URL, {**PATIENT, "date_of_birth": born})

    assert page.status_code == (302 if is_possible else 422)
    assert (born <= limit) == is_possible


@pytest.mark.parametrize("typed", ["4 3 1980", "4 march 1980", "04031980", "4-3-80", "4.3.1980"])
def test_A01_a_date_of_birth_is_typed_as_people_type(as_patient, typed):
    as_patient.post(URL, {**PATIENT, "date_of_birth": typed})

    assert Patient.objects.get().date_of_birth == date(1980, 3, 4)


def test_A05_taken_username_is_refused_and_nothing_is_saved(as_patient):
    UserFactory(username="Ana.Ruiz")

    page = as_patient.post(URL, PATIENT)

    assert errors(page) == ["username"]
    assert Patient.objects.get().name == "José Núñez"


def test_A05_nobody_reaches_another_profile_through_the_form(as_patient):
    other = PatientFactory(name="Other")

    as_patient.post(
        URL,
        {
            **PATIENT,
            "id": other.pk,
            "pk": other.pk,
            "patient": other.pk,
            "user": other.user.pk,
            "role": "admin",
            "state": "closed",
            "email": "eve@example.org",
        },
    )

    other.refresh_from_db()
    as_patient.user.refresh_from_db()
    assert other.name == "Other"
    assert (as_patient.user.role, as_patient.user.state) == ("patient", "active")
    assert as_patient.user.email != "eve@example.org"


def test_A05_doctor_edits_what_patients_read(as_doctor):
    as_doctor.post(URL, DOCTOR)

    doctor = Doctor.objects.get()
    assert (doctor.practising_since, doctor.statement) == (2005, "I listen.")
    assert (doctor.languages, doctor.usual_minutes) == (",en,es,", 20)


def test_A02_the_approved_name_stays(as_doctor, doctor):
    as_doctor.post(URL, {**DOCTOR, "name": "Dr Other Name"})

    after = Doctor.objects.get()
    assert (after.name, after.user.name) == (doctor.name, doctor.name)


def test_A02_the_usual_length_is_proposed_for_weekly_hours(as_doctor):
    as_doctor.post(URL, DOCTOR)

    page = as_doctor.get("/schedule/hours/new/")

    assert page.context["form"]["minutes"].value() == 20


def test_A05_doctor_reads_what_the_clinic_has_set(as_doctor, doctor):
    page = as_doctor.get(URL).content.decode()

    for words in (doctor.licence_number, doctor.specialty.name, doctor.office.name, "€60"):
        assert words in page
    assert 'name="licence_number"' not in page
    assert 'name="fee_cents"' not in page


def test_A05_doctor_cannot_change_what_the_clinic_has_set(as_doctor, doctor):
    as_doctor.post(
        URL,
        {**DOCTOR, "licence_number": "FAKE", "fee_cents": "1", "state": "rejected", "office": "9"},
    )

    after = Doctor.objects.get()
    assert (after.licence_number, after.fee_cents) == (doctor.licence_number, doctor.fee_cents)
    assert (after.state, after.office_id) == (doctor.state, doctor.office_id)


def test_A05_doctor_has_not_begun_in_the_future(as_doctor):
    year = timezone.now().year

    page = as_doctor.post(URL, {**DOCTOR, "practising_since": year + 1})

    assert errors(page) == ["practising_since"]


@pytest.mark.parametrize("staff", ["as_assistant", "as_admin"])
def test_A05_staff_edit_name_and_username(request, staff):
    client = request.getfixturevalue(staff)

    client.post(URL, {"name": "Marta Vega", "username": "marta", "role": "admin"})

    user = User.objects.get(pk=client.user.pk)
    assert (user.name, user.username) == ("Marta Vega", "marta")
    assert user.role == client.user.role


@pytest.mark.parametrize("who", ["as_patient", "as_doctor", "as_assistant", "as_admin"])
def test_profile_costs_few_queries(request, who, django_assert_max_num_queries):
    client = request.getfixturevalue(who)

    with django_assert_max_num_queries(7):
        assert client.get(URL).status_code == 200


def test_profile_is_closed_to_visitors_and_other_methods(client, as_patient):
    assert client.get(URL)["Location"] == f"{reverse('account_login')}?next={URL}"
    assert as_patient.delete(URL).status_code == 405
