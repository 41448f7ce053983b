"""Photos of doctors: who gets them, and how long browsers keep them (requirement A02)."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from portal.enums import DoctorState
from portal.models import AuditEvent, Doctor
from tests.factories import AssistantFactory
from tests.plugins.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def file(kind: str = "PNG") -> SimpleUploadedFile:
    written = BytesIO()
    Image.new("RGB", (300, 200), "teal").save(written, kind)
    return SimpleUploadedFile("me.png", written.getvalue())


@pytest.fixture
def with_photo(doctor, as_doctor):
    as_doctor.post(reverse("own-photo"), {"photo": file()})
    doctor.refresh_from_db()
    return doctor


def test_A02_a_doctor_adds_and_removes_a_photo(as_doctor, with_photo):
    assert AuditEvent.objects.get(verb="change_photo").object_id == with_photo.pk
    assert with_photo.photo_url in as_doctor.get(reverse("profile")).content.decode()

    as_doctor.post(reverse("own-photo-remove"))

    with_photo.refresh_from_db()
    assert with_photo.photo == ""
    assert as_doctor.get(reverse("own-photo")).status_code == 200


@pytest.mark.parametrize("sent", [{}, {"photo": SimpleUploadedFile("a.png", b"GIF89a.....")}])
def test_A02_a_bad_file_is_said_beside_the_field(as_doctor, sent):
    answer = as_doctor.post(reverse("own-photo"), sent)

    assert answer.status_code == 422
    assert "Choose a photo" in str(answer.context["form"].errors["photo"])


def test_A02_photos_of_listed_doctors_are_for_everybody_and_kept(client, as_patient, with_photo):
    for reader in (client, as_patient):
        for url in (with_photo.photo_url, with_photo.small_photo_url):
            answer = reader.get(url)
            assert answer.status_code == 200
            assert answer["Content-Type"] == "image/webp"
            assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
            assert answer["X-Content-Type-Options"] == "nosniff"
    assert with_photo.small_photo_url in client.get(reverse("doctors")).content.decode()


def test_A02_photos_of_a_waiting_doctor_are_for_doctor_and_admins(
    client, as_patient, as_doctor, as_admin, with_photo
):
    Doctor.objects.update(state=DoctorState.PENDING)
    desk = signed_in(AssistantFactory(all_offices=True).user)

    for reader in (client, as_patient, desk):
        assert reader.get(with_photo.photo_url).status_code == 404
    for reader in (as_doctor, as_admin):
        answer = reader.get(with_photo.photo_url)
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("side", [0, 95, 10**30])
def test_A02_there_are_two_sizes_of_the_present_photo_only(client, with_photo, side):
    where = [with_photo.pk, with_photo.photo, side]

    assert client.get(reverse("doctor-photo", args=where)).status_code == 404
    assert client.get(f"/doctors/{with_photo.pk}/photo/{'0' * 32}/400/").status_code == 404
    assert client.get(f"/doctors/{10**30}/photo/{with_photo.photo}/400/").status_code == 404


def test_A02_others_have_no_photo_page(as_patient, as_admin):
    for reader in (as_patient, as_admin):
        assert reader.get(reverse("own-photo")).status_code == 403
        assert reader.post(reverse("own-photo-remove")).status_code == 403
        assert reader.get(reverse("application")).status_code == 403
