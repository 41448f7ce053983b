"""After an erasure nothing in the database says who it was, save the audit trail (A19)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db.models import Model

from portal.models import (
    Appointment,
    AuditEvent,
    ErasureRequest,
    ImportRow,
    Notification,
    Patient,
    PatientMerge,
    Review,
    User,
)
from tests.erasure.conftest import MAIL, PHONES, due, fill, run
from tests.factories import PatientFactory, PatientImportFactory

pytestmark = pytest.mark.django_db
THEIRS = re.compile(
    rf"canary|nunez|núñez|192\.0\.2\.99|{'|'.join(PHONES)}|1980-05-17|1980, 5, 17", re.IGNORECASE
)


def found_in_database() -> Iterator[str]:
    """`model.column` of every value that tells who the person was."""
    for model in apps.get_models():
        columns = [field.attname for field in model._meta.concrete_fields]
        for row in model._default_manager.order_by("pk").values_list(*columns):
            for name, value in zip(columns, row, strict=True):
                plain = bytes(value) if isinstance(value, memoryview) else value
                plain = getattr(plain, "as_e164", plain)
                if THEIRS.search(repr(plain)):
                    yield f"{model._meta.model_name}.{name}"


def test_A19_what_is_searched_for_is_there_before(full):
    found = set(found_in_database())

    assert {
        *("patient.name", "patient.phone", "patient.date_of_birth", "patient.emergency_phone"),
        *("patientphone.number", "patientorigin.number", "patientmerge.before"),
        *("user.email", "user.username", "emailaddress.email", "emailconfirmation.key"),
        *("usersession.ip", "calendarfeed.nonce", "owndataexport.as_pdf", "linkcode.digest"),
        *("authenticator.data", "appointment.reason", "appointment.cancel_comment", "slot.note"),
        *("wait.reason", "review.comment", "notification.facts", "notification.address"),
        *("notification.answer", "broadcast.text", "importrow.cells", "auditevent.changes"),
    } <= found


def test_A19_nothing_tells_who_it_was(erased):
    assert set(found_in_database()) <= {"auditevent.actor_name", "auditevent.changes"}


def test_A19_nothing_tells_who_it_was_without_a_login(doctor):
    due(fill(PatientFactory(user=None), doctor))

    assert run() == 1

    assert set(found_in_database()) <= {"auditevent.actor_name", "auditevent.changes"}


def test_A19_appointments_stay_as_numbers(erased):
    kept = Appointment.objects.filter(patient=erased).order_by("starts_at")

    assert [one.state for one in kept] == ["completed", "cancelled"]
    assert kept[0].fee_cents == 4200
    assert kept[0].review.rating == 4


def test_A19_the_person_and_who_was_merged_into_them_have_no_name(erased):
    user = User.objects.get(pk=erased.user_id)

    assert (erased.name, user.name, user.state) == ("Erased", "Erased", "erased")
    assert user.email == f"erased-{user.pk}@erased.invalid"
    assert not user.has_usable_password()
    merged = Patient.objects.get(merged_into=erased)
    assert (merged.name, bool(merged.erased_at), merged.address) == ("Erased", True, "")


def test_A19_others_keep_what_is_theirs(patient, doctor):
    namesake = PatientFactory(name="Canary Núñez", phone="+34600999888")
    row = ImportRow.objects.create(
        upload=PatientImportFactory(state="done", content=b""),
        number=9,
        cells=["Canary Núñez", "600 999 888", "1.1.1990"],
        outcome="refused",
        digest="other",
    )
    due(fill(patient, doctor))

    run()

    namesake.refresh_from_db()
    assert namesake.name == "Canary Núñez"
    assert User.objects.get(pk=namesake.user_id).name == "Canary Núñez"
    assert ImportRow.objects.filter(pk=row.pk).exists()


def test_A19_the_trail_says_that_and_when(erased):
    event = AuditEvent.objects.get(verb="erase")

    assert event.patient_id == erased.pk
    assert event.actor_id is None
    assert set(event.changes) == {"patients", "user"}


def test_A19_the_mail_address_is_free_again(erased):
    assert not User.objects.filter(email=MAIL).exists()
    PatientFactory(user__email=MAIL)


def columns_of(row: Model) -> dict[str, Any]:
    names = (field.attname for field in row._meta.concrete_fields if not field.primary_key)
    return {name: getattr(row, name) for name in names}


def test_A19_nothing_but_numbers_is_left_of_the_patients(full):
    before = {one.pk: columns_of(one) for one in Patient.objects.all()}
    due(full)
    run()

    for pk, was in before.items():
        now = columns_of(Patient.objects.get(pk=pk))
        stays = ("user_id", "merged_into_id", "created_at")
        assert {name: now.pop(name) for name in stays} == {name: was[name] for name in stays}
        assert now.pop("erased_at")
        assert now == {
            "name": "Erased",
            "search_name": "erased",
            "is_not_written_to": False,
            **dict.fromkeys(("date_of_birth", "birth_year_about", "deceased_on", "form_token")),
            **dict.fromkeys(("phone", "email", "gender", "address", "language", "desk_note"), ""),
            **dict.fromkeys(("emergency_contact", "emergency_phone"), ""),
        }


def test_A19_nothing_but_a_number_is_left_of_the_login(full):
    joined = full.user.joined_at
    due(full)
    run()

    now = columns_of(User.objects.get(pk=full.user_id))
    assert now.pop("password").startswith("!")
    assert now == {
        "last_login": None,
        "email": f"erased-{full.user_id}@erased.invalid",
        "username": None,
        "name": "Erased",
        "search_name": "erased",
        "role": "patient",
        "state": "erased",
        "switched_off": "",
        "joined_at": joined,
    }
    assert not Session.objects.exists()


def test_A19_what_led_back_is_gone(erased):
    assert not Appointment.objects.exclude(form_token=None).exists()
    assert Review.objects.get().is_anonymous
    assert PatientMerge.objects.get().added_phones == []
    assert ErasureRequest.objects.get().reason == ""
    ended = set(Notification.objects.values_list("state", flat=True))
    assert ended <= {"sent", "void"}
