"""Doctors sign up at their own page (requirement A02)."""

from io import BytesIO

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from portal.enums import DoctorState, Role
from portal.models import AuditEvent, Doctor, Notification, User
from tests.accounts.views.conftest import link_in
from tests.factories import (
    AdminFactory,
    DoctorFactory,
    OfficeFactory,
    PatientFactory,
    SpecialtyFactory,
)
from tests.setups.outbox import deliver_all

pytestmark = pytest.mark.django_db

URL = "/doctors/sign-up/"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def data(db):
    return {
        "name": "Dr Noor Haddad",
        "email": "noor@example.org",
        "password1": "three-unrelated-words",
        "licence_number": "28/12 345",
        "specialty": SpecialtyFactory().pk,
        "office": OfficeFactory().pk,
        "practising_since": "2012",
        "fee": "65.50",
        "languages": ["es", "ar"],
        "usual_minutes": "20",
        "qualifications": "MD",
        "statement": "I listen.",
    }


def photo(name: str = "me.jpg") -> SimpleUploadedFile:
    written = BytesIO()
    Image.new("RGB", (300, 200), "teal").save(written, "JPEG")
    return SimpleUploadedFile(name, written.getvalue())


def test_A02_sign_up_makes_a_doctor_who_waits(client, data, media):
    answer = client.post(URL, {**data, "photo": photo(), "role": "admin", "state": "approved"})

    assert answer["Location"] == reverse("account_email_verification_sent")
    doctor = Doctor.objects.select_related("user").get()
    assert (doctor.user.role, doctor.state) == (Role.DOCTOR, DoctorState.PENDING)
    assert (doctor.name, doctor.fee_cents, doctor.languages) == ("Dr Noor Haddad", 6550, ",ar,es,")
    assert (doctor.usual_minutes, doctor.applied_at) == (20, None)
    assert len(list(media.rglob(f"{doctor.photo}-*.webp"))) == 2
    assert not EmailAddress.objects.get().verified
    assert AuditEvent.objects.get().verb == "sign_up"


def test_A02_a_confirmed_address_tells_doctor_and_admins(client, data, mailoutbox):
    admin = AdminFactory()
    client.post(URL, data)
    deliver_all()

    confirmed = client.post(link_in(mailoutbox[0], "confirm-email"))
    deliver_all()

    assert confirmed["Location"] == reverse("dashboard")
    assert Doctor.objects.get().applied_at is not None
    assert [mail.subject for mail in mailoutbox][1:] == ["Your registration has reached us"]
    assert Notification.objects.get(user=admin).event == "doctor_applied"
    page = client.get(reverse("dashboard")).content.decode()
    assert "waiting for approval" in page


def test_A02_known_and_unknown_addresses_answer_alike(data, monkeypatch):
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or encode(*args)
    )
    PatientFactory(user__email="known@example.org")
    hashed.clear()
    answers = []
    for email, licence in (("known@example.org", "1"), ("new@example.org", "2")):
        client = Client()
        answer = client.post(URL, {**data, "email": email, "licence_number": licence}, follow=True)
        page = answer.content.decode().replace(email, "")
        answers.append((answer.status_code, len(hashed), answer.redirect_chain, len(page)))
        hashed.clear()

    assert answers[0] == answers[1]
    assert Doctor.objects.count() == 1
    assert User.objects.get(email="known@example.org").role == Role.PATIENT


def test_A02_a_known_licence_says_no_more_than_that(client, data):
    other = DoctorFactory(licence_number="2812345/A", name="Dr Somebody Else")

    answer = client.post(URL, {**data, "licence_number": " 2812 345/a "})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "registered already" in page
    assert other.name not in page
    assert 'value="Dr Noor Haddad"' in page  # what was typed is kept


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("practising_since", "9999", "cannot be in the future"),
        ("practising_since", "1600", "greater than or equal to 1940"),
        ("licence_number", "", "Enter the licence number."),
        ("fee", "-1", "greater than or equal to 0"),
        ("fee", "NaN", "Enter a number."),
        ("specialty", str(2**70), "Select a valid choice"),
        ("office", "0", "Select a valid choice"),
        ("languages", ["xx"], "Select a valid choice"),
        ("languages", ["aa", "ab"] * 11, ""),
        ("usual_minutes", "1", "greater than or equal to 5"),
        ("photo", SimpleUploadedFile("me.jpg", b"<svg/>"), "JPEG, PNG or WebP"),
        ("photo", SimpleUploadedFile("me.jpg", b""), "This file is empty"),
    ],
)
def test_A02_bad_input_is_said_beside_the_field(client, data, field, value, text):
    answer = client.post(URL, {**data, field: value})

    assert answer.status_code == (422 if text else 302)
    if text:
        assert text in str(answer.context["form"].errors[field])
        assert not User.objects.exists()


def test_A02_a_photo_is_to_be_chosen_again_after_a_refusal(client, data):
    answer = client.post(URL, {**data, "fee": "", "photo": photo()})

    assert "again" in str(answer.context["form"].errors["photo"])


def test_A02_the_page_is_linked_for_visitors(client):
    for page in (reverse("account_signup"), reverse("doctors"), "/"):
        assert f'href="{URL}"' in client.get(page).content.decode()


def test_A02_who_is_signed_in_does_not_sign_up(as_patient):
    assert as_patient.get(URL)["Location"] == reverse("dashboard")


def test_A02_after_a_refusal_the_ticked_languages_come_first(db, client, data):
    page = client.post(URL, data | {"name": "", "languages": ["sv", "ar"]}).content.decode()

    places = [page.index(f'value="{code}"') for code in ("ar", "sv", "ab")]
    assert places == sorted(places)
