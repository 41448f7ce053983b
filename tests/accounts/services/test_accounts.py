"""Signing up and editing profiles, below the pages (requirements A01, A04, A05)."""

import pytest

from portal.accounts.services import accounts
from portal.enums import Role
from portal.errors import Forbidden, PortalError
from portal.models import AuditEvent, Patient, User
from tests.factories import (
    PASSWORD,
    AdminFactory,
    AssistantFactory,
    DoctorFactory,
    PatientFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def new_user(email="ana@example.org", **fields) -> User:
    user = User(email=email, name="Ana Ruiz", **fields)
    user.set_password(PASSWORD)
    return user


def test_A01_register_patient_makes_login_patient_and_trace():
    user = new_user()

    patient = accounts.register_patient(user, phone="+34612345678", by=user)

    assert (patient.user, patient.name, str(patient.phone.as_e164)) == (
        user,
        "Ana Ruiz",
        "+34612345678",
    )
    event = AuditEvent.objects.get()
    assert (event.verb, event.object_id, event.patient_id) == ("sign_up", user.pk, patient.pk)


def test_A01_register_patient_ignores_another_role():
    user = new_user(role=Role.ADMIN)

    accounts.register_patient(user, phone="+34612345678", by=user)

    assert User.objects.get().role == Role.PATIENT


def test_A01_register_patient_refuses_an_address_in_another_case():
    UserFactory(email="ana@example.org")
    user = new_user(email="ANA@example.org")

    with pytest.raises(PortalError) as refusal:
        accounts.register_patient(user, phone="+34612345678", by=user)

    assert refusal.value.field == "email"
    assert not Patient.objects.exists()
    assert not AuditEvent.objects.exists()


def test_A05_update_patient_changes_login_name_and_names_only_the_fields_in_the_trace():
    patient = PatientFactory(name="Ana Ruiz")

    accounts.update_patient(patient, by=patient.user, name="Ana Gil", address="2 Quay")

    assert User.objects.get().name == "Ana Gil"
    assert AuditEvent.objects.get().changes == {"fields": ["name", "address"]}


def test_A05_update_patient_leaves_no_trace_if_nothing_changed():
    patient = PatientFactory()

    accounts.update_patient(patient, by=patient.user, name=patient.name)

    assert not AuditEvent.objects.exists()


def test_A05_update_patient_ignores_fields_that_are_not_theirs():
    patient, other = PatientFactory(), UserFactory()

    accounts.update_patient(patient, by=patient.user, user=other, user_id=other.pk)

    patient.refresh_from_db()
    assert patient.user != other


@pytest.mark.parametrize("make_other", [PatientFactory, DoctorFactory, AssistantFactory])
def test_A05_nobody_edits_another_patient(make_other):
    patient = PatientFactory(name="Ana Ruiz")
    other = make_other()
    by = getattr(other, "user", other)

    with pytest.raises(Forbidden):
        accounts.update_patient(patient, by=by, name="Eve")

    patient.refresh_from_db()
    assert patient.name == "Ana Ruiz"


def test_A05_nobody_edits_a_patient_without_a_login():
    patient = PatientFactory(user=None)

    with pytest.raises(Forbidden):
        accounts.update_patient(patient, by=UserFactory(), name="Eve")


@pytest.mark.parametrize("make_other", [PatientFactory, DoctorFactory, AssistantFactory])
def test_A05_nobody_edits_another_doctor(make_other):
    doctor = DoctorFactory(name="Dr Gil")
    other = make_other()
    by = getattr(other, "user", other)

    with pytest.raises(Forbidden):
        accounts.update_doctor(doctor, by=by, name="Eve")

    doctor.refresh_from_db()
    assert doctor.name == "Dr Gil"


def test_A05_update_doctor_ignores_what_the_clinic_sets():
    doctor = DoctorFactory(licence_number="LIC-REAL", fee_cents=6000)

    accounts.update_doctor(
        doctor, by=doctor.user, statement="Hello", licence_number="FAKE", fee_cents=1
    )

    doctor.refresh_from_db()
    assert (doctor.statement, doctor.licence_number, doctor.fee_cents) == (
        "Hello",
        "LIC-REAL",
        6000,
    )


def test_A05_nobody_edits_another_login():
    user = UserFactory(name="Ana")

    with pytest.raises(Forbidden):
        accounts.update_login(user, by=AssistantFactory().user, name="Eve", username="eve")
    with pytest.raises(Forbidden):
        accounts.update_profile(user, by=AssistantFactory().user, name="Eve", username="eve")
    with pytest.raises(Forbidden):
        accounts.set_password(user, by=AdminFactory(), password="eve-was-here")

    user.refresh_from_db()
    assert (user.name, user.username) == ("Ana", None)
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("username", ["ana", "ANA"])
def test_A04_username_is_unique_in_any_case(username):
    UserFactory(username="ana")
    user = UserFactory()

    with pytest.raises(PortalError) as refusal:
        accounts.update_login(user, by=user, name="Ana", username=username)

    assert refusal.value.field == "username"


def test_A04_username_has_no_at_sign():
    user = UserFactory()

    with pytest.raises(PortalError) as refusal:
        accounts.update_login(user, by=user, name="Ana", username="ana@example.org")

    assert refusal.value.field == "username"


def test_A05_update_profile_saves_nothing_if_the_username_is_taken():
    UserFactory(username="ana")
    patient = PatientFactory(name="Ana Ruiz")

    with pytest.raises(PortalError):
        accounts.update_profile(patient.user, by=patient.user, username="ana", name="Ana Gil")

    patient.refresh_from_db()
    assert patient.name == "Ana Ruiz"


def test_A04_usernames_may_be_missing_for_many():
    first, second = UserFactory(username="a"), UserFactory(username="b")

    accounts.update_login(first, by=first, name="A", username="")
    accounts.update_login(second, by=second, name="B", username=None)

    assert User.objects.filter(username__isnull=True).count() == 2


def test_A04_set_password_leaves_a_trace_without_the_password():
    user = UserFactory()

    accounts.set_password(user, by=user, password="three-unrelated-words")

    event = AuditEvent.objects.get()
    assert (event.verb, event.changes) == ("set_password", {})
    assert User.objects.get().check_password("three-unrelated-words")


@pytest.mark.parametrize("make", [PatientFactory, AdminFactory])
def test_B16_a_login_is_found_by_the_name_that_it_has_now(make):
    made = make()
    user = getattr(made, "user", made)
    values = {"name": "Łucja O’Neill"}
    if user.is_patient:
        values["phone"] = made.phone

    accounts.update_profile(user, by=user, username=None, **values)

    assert User.objects.get(pk=user.pk).search_name == "lucja o neill"
