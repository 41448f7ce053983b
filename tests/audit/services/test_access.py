"""Who got in, who did not, who opened a patient's page, and who was refused (F01)."""

import pytest
from django.db import DatabaseError
from django.urls import reverse

from portal.audit import denials
from portal.audit.services import access
from portal.models import AuditEvent
from tests.factories import PASSWORD, AppointmentFactory, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db
SIGN_IN = reverse("account_login")


def events(**which) -> list[tuple]:
    found = AuditEvent.objects.filter(**which).order_by("pk")
    return list(found.values_list("verb", "object_type", "object_id", "patient_id"))


# --- Pages of patients ------------------------------------------------------------------------


@pytest.fixture
def appointment(doctor):
    return AppointmentFactory(doctor=doctor)


@pytest.mark.parametrize("who", ["as_doctor", "as_assistant", "as_admin"])
def test_F01_staff_who_open_a_patients_page_leave_a_trace(request, who, appointment):
    client, patient = request.getfixturevalue(who), appointment.patient

    client.get(reverse("patient", args=[patient.pk]))
    client.get(reverse("appointment", args=[appointment.pk]))

    assert events() == [
        ("read", "patient", patient.pk, patient.pk),
        ("read", "appointment", appointment.pk, patient.pk),
    ]
    assert str(AuditEvent.objects.first().actor_id) == client.session["_auth_user_id"]


def test_F01_patients_leave_no_trace_on_their_own_pages(client, appointment):
    client.force_login(appointment.patient.user)

    client.get(reverse("appointment", args=[appointment.pk]))

    assert events() == []


def test_F01_lists_leave_no_trace(as_assistant, appointment):
    as_assistant.get(reverse("patients"))
    as_assistant.get(reverse("desk"))

    assert events() == []


# --- Refusals ---------------------------------------------------------------------------------


def test_F01_a_page_outside_the_scope_leaves_the_trace_of_one_that_is_not_there(client, patient):
    client.force_login(patient.user)
    foreign = AppointmentFactory(patient=PatientFactory()).pk

    for pk in (foreign, 987654321):
        assert client.get(reverse("appointment", args=[pk]) + "?q=secret").status_code == 404

    assert events() == [("denied", "page", pk, None) for pk in (foreign, 987654321)]
    event = AuditEvent.objects.first()
    assert event.changes == {"page": "appointment", "method": "GET", "status": 404}
    assert (event.actor_id, event.actor_role) == (patient.user_id, "patient")
    assert event.request_id


def test_F01_a_page_without_the_right_leaves_a_trace(as_doctor, doctor):
    assert as_doctor.get(reverse("manage-audit")).status_code == 403

    assert events(actor_id=doctor.user_id) == [("denied", "page", 0, None)]


def test_F01_an_id_that_no_database_can_hold_is_no_error(as_doctor):
    assert as_doctor.get(f"/appointments/{10**30}/").status_code == 404

    assert events() == [("denied", "page", 0, None)]


def test_F01_what_is_no_refusal_leaves_no_trace(client, as_doctor):
    assert as_doctor.get("/no-such-page/").status_code == 404
    assert client.get(reverse("doctor", args=[987654321])).status_code == 404
    strict = type(as_doctor)(enforce_csrf_checks=True)
    strict.cookies = as_doctor.cookies
    assert strict.post(reverse("profile")).status_code == 403

    assert events() == []


def test_F01_a_program_that_tries_all_ids_does_not_fill_the_trail(as_doctor):
    for pk in range(1, access.MOST_DENIALS + 6):
        assert as_doctor.get(reverse("appointment", args=[pk])).status_code == 404

    assert len(events()) == access.MOST_DENIALS


def test_F01_a_refusal_that_cannot_be_recorded_is_still_one(as_doctor, monkeypatch, caplog):
    def fail(**_values):
        raise DatabaseError("locked")

    monkeypatch.setattr(denials.access, "denied", fail)

    assert as_doctor.get(reverse("manage-audit")).status_code == 403
    assert "could not be recorded" in caplog.text


# --- Signing in and out -----------------------------------------------------------------------


def test_F01_signing_in_and_out_leave_a_trace(client):
    user = UserFactory()

    client.post(SIGN_IN, {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_logout"))

    assert events() == [("sign_in", "user", user.pk, None), ("sign_out", "user", user.pk, None)]
    assert set(AuditEvent.objects.values_list("actor_id", "address")) == {(user.pk, "127.0.0.1")}


def test_F01_a_wrong_password_is_kept_with_the_account(client):
    user = UserFactory()

    client.post(SIGN_IN, {"login": user.email, "password": "wrong-horse"})

    assert events() == [("sign_in_failed", "user", user.pk, None)]
    event = AuditEvent.objects.get()
    assert (event.changes, event.actor_id, event.address) == ({}, None, "127.0.0.1")


def test_F01_what_was_typed_for_no_account_cannot_be_read(client):
    for typed in ("nobody@example.org", "Nobody@Example.org ", "other@example.org"):
        client.post(SIGN_IN, {"login": typed, "password": "wrong-horse"})

    assert events() == [("sign_in_failed", "user", 0, None)] * 3
    first, second, third = AuditEvent.objects.order_by("pk")
    assert first.changes == second.changes != third.changes
    assert "nobody" not in str(first.changes).lower()


def test_F01_known_and_unknown_accounts_cost_the_same_to_record(django_assert_num_queries):
    user = UserFactory()
    for user_id in (user.pk, None):
        with django_assert_num_queries(1):
            access.sign_in_failed(user_id, typed="a@example.org", by=None)
