"""What is in the own data, and what is not (A13)."""

import json

import pytest
from allauth.usersessions.models import UserSession
from django.utils import timezone

from portal.notifications.declaration import Recipient
from portal.notifications.services.notifications import tell
from portal.own_data.queries.everything import SECTIONS, everything_about
from portal.own_data.queries.section import Owner
from tests.factories import AppointmentFactory, DoctorFactory, PatientFactory, in_days
from tests.own_data.conftest import fill

pytestmark = pytest.mark.django_db


def plain_of(user) -> dict:
    return everything_about(user, at=timezone.now()).plain()


def test_A13_every_section_has_what_is_held(full):
    UserSession.objects.create(
        user=full.user, ip="192.0.2.7", user_agent="Firefox", session_key="let-me-in"
    )

    found = plain_of(full.user)

    empty = {one.name for one in SECTIONS if not found[one.name]} - {"series", "second_factors"}
    assert empty == set()
    assert (found["format"], found["version"]) == ("clinic-portal-own-data", 1)
    assert found["account"]["email"] == found["email_addresses"][0]["email"]
    assert found["chart"]["phone"] == full.phone.as_e164
    assert found["devices"][0]["ip"] == "192.0.2.7"
    assert found["origins"][0]["source"] == "Old system"
    assert found["waiting_list"][0]["offers"][0]["state"] == "open"
    assert found["reviews"][0]["comment"] == "Very kind"
    assert "An appointment is cancelled" in {one["subject"] for one in found["messages"]}
    assert {"what": "cancel", "by": full.name, "by_role": "patient"}.items() <= found["trail"][
        0
    ].items()
    json.dumps(found)  # JSON values only


def test_A13_cancelled_appointments_and_requests_with_their_history(full):
    cancelled, requested, _completed = plain_of(full.user)["appointments"]

    assert (cancelled["state"], cancelled["cancel_reason"]) == ("cancelled", "health")
    assert cancelled["reason"] == "*knee* #pain $x$"
    assert cancelled["starts_at"].endswith("T10:00:00Z")
    assert cancelled["time_zone"] == "Europe/Madrid"
    assert [one["what"] for one in cancelled["history"]] == ["cancel"]
    assert requested["state"] == "requested"


def test_A13_secrets_and_other_peoples_things_stay_out(full, doctor):
    UserSession.objects.create(
        user=full.user, ip="192.0.2.7", user_agent="Firefox", session_key="let-me-in"
    )
    other = PatientFactory(name="Canary Person")
    AppointmentFactory(patient=other, doctor=doctor, starts_at=in_days(2), reason="Canary reason")
    link = {"subject": "New password", "text": "Canary link", "html": ""}
    tell("account", about=full.user, by=None, to=[Recipient("user", full.user)], **link)

    text = json.dumps(plain_of(full.user))

    assert "New password" not in text
    for secret in ("Canary", "let-me-in", "a-secret", "an-access-secret", full.user.password):
        assert secret not in text


def test_A13_the_number_of_queries_does_not_grow(full, doctor, django_assert_num_queries):
    with django_assert_num_queries(24):
        few = plain_of(full.user)
    fill(PatientFactory(), DoctorFactory(), appointments_each=2)
    for n in range(3):
        AppointmentFactory(patient=full, doctor=doctor, starts_at=in_days(30 + n))

    with django_assert_num_queries(24):
        many = plain_of(full.user)

    assert len(many["appointments"]) == len(few["appointments"]) + 3


def test_A13_a_login_without_a_chart_has_its_account(as_admin):
    found = plain_of(as_admin.user)

    assert (found["chart"], found["appointments"]) == (None, [])
    assert found["account"]["role"] == "admin"


def test_A13_a_section_is_read_by_its_owner_alone(full):
    nobody = Owner(PatientFactory().user, [])

    for section in SECTIONS:
        if section.name not in ("account", "email_addresses"):
            assert section.read(nobody) == []
