"""The desk corrects what it keeps of a patient."""

from datetime import date

import pytest

from portal.enums import Channel
from portal.errors import ChangedMeanwhile, Forbidden, PortalError
from portal.models import AuditEvent, Notification, Patient, PatientPhone
from portal.people.queries.patient_data import as_seen
from portal.people.queries.patients import find
from portal.people.services import patient_changes
from tests.factories import AdminFactory, AssistantFactory, DoctorFactory, PatientFactory

pytestmark = pytest.mark.django_db


def change(patient: Patient, by, *, seen=None, further=(), **values) -> Patient:
    seen = as_seen(patient) if seen is None else seen
    return patient_changes.update(patient, seen=seen, further_phones=further, by=by, **values)


@pytest.fixture
def assistant():
    return AssistantFactory().user


@pytest.fixture
def patient():
    return PatientFactory(user=None, name="Ana Gracia", phone="+34600111222", date_of_birth=None)


def test_A16_the_desk_corrects_a_name_and_the_trail_keeps_both(assistant, patient):
    change(patient, assistant, name="Ana  García", birth_year_about=1961, language="pt")

    patient.refresh_from_db()
    event = AuditEvent.objects.get(verb="update", object_id=patient.pk)
    assert (patient.name, patient.birth_year_about) == ("Ana García", 1961)
    assert event.changes["before"]["name"] == "Ana Gracia"
    assert event.changes["after"] == {
        "name": "Ana García",
        "birth_year_about": 1961,
        "language": "pt",
    }
    assert event.patient_id == patient.pk


def test_A16_nothing_is_written_where_nothing_changes(assistant, patient):
    change(patient, assistant, name="Ana Gracia")

    assert not AuditEvent.objects.filter(verb="update").exists()


def test_A16_further_phones_find_the_patient_as_the_main_one_does(assistant, patient):
    change(patient, assistant, further=[("work", "+34655444333"), ("", "+34600111222")])

    assert [(one.label, one.number.as_e164) for one in PatientPhone.objects.all()] == [
        ("work", "+34655444333")
    ]
    for typed in ("655444", "0034655444333", "ana 655"):
        assert list(find(assistant, typed)) == [patient]


def test_A16_further_phones_are_replaced(assistant, patient):
    change(patient, assistant, further=[("work", "+34655444333"), ("son", "+34655444334")])
    change(patient, assistant, further=[("office", "+34655444333")])

    assert [one.label for one in patient.further_phones.all()] == ["office"]


def test_A16_the_patient_with_a_login_is_told_and_keeps_the_accounts_name(assistant):
    patient = PatientFactory(name="Ana Gracia")
    name, email = patient.user.name, patient.user.email

    change(patient, assistant, name="Ana García", email="Other@Example.org")

    patient.user.refresh_from_db()
    told = Notification.objects.filter(event="patient_changed", user=patient.user)
    assert {one.channel for one in told} == {Channel.EMAIL, Channel.PORTAL}
    assert told.first().facts["what"] == ["full name", "email on file"]
    assert (patient.user.name, patient.user.email) == (name, email)


def test_A16_a_note_for_the_desk_is_told_to_nobody(assistant):
    patient = PatientFactory()

    change(patient, assistant, desk_note="Hard of hearing: speak slowly on the phone")

    assert not Notification.objects.exists()


def test_A16_the_second_of_two_who_edit_is_told_what_changed(assistant, patient):
    seen = as_seen(patient)
    change(patient, AdminFactory(), name="Ana García", further=[("work", "+34655444333")])

    with pytest.raises(ChangedMeanwhile) as refused:
        change(patient, assistant, seen=seen, address="Calle Mayor 1")

    patient.refresh_from_db()
    assert refused.value.fields == ["name", "further_phones"]
    assert (patient.name, patient.address) == ("Ana García", "")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " . "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"phone": "12"}, "phone"),
        ({"emergency_phone": "600"}, "emergency_phone"),
        ({"email": "nobody"}, "email"),
        ({"date_of_birth": date(2999, 1, 1)}, "date_of_birth"),
        ({"birth_year_about": 1850}, "birth_year_about"),
        ({"birth_year_about": 2999}, "birth_year_about"),
        ({"date_of_birth": date(1961, 1, 1), "birth_year_about": 1961}, "birth_year_about"),
        ({"language": "klingon"}, "language"),
        ({"gender": "?"}, "gender"),
        ({"desk_note": "x" * 501}, "desk_note"),
        ({"address": "x" * 201}, "address"),
        ({"further": [("x" * 41, "+34655444333")]}, "label_0"),
        ({"further": [("", "+34655444333"), ("", "1")]}, "number_1"),
        ({"further": [("", f"+3465544433{n}") for n in range(7)]}, None),
    ],
)
def test_A16_what_cannot_be_is_refused(assistant, patient, values, field):
    with pytest.raises(PortalError) as refused:
        change(patient, assistant, **values)

    assert refused.value.field == field
    assert not AuditEvent.objects.exists()


def test_A16_doctors_and_patients_do_not_edit(patient):
    for user in (DoctorFactory().user, PatientFactory().user):
        with pytest.raises(Forbidden):
            change(patient, user, name="Somebody")


def test_A16_the_database_refuses_a_date_and_a_year(patient):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError):
        Patient.objects.filter(pk=patient.pk).update(
            date_of_birth=date(1961, 1, 1), birth_year_about=1961
        )
