"""/manage/specialties/ (requirement B01)."""

import pytest
from django.urls import reverse

from portal.models import AuditEvent, Specialty
from tests.factories import DoctorFactory, SpecialtyFactory, WaitFactory

LIST = reverse("manage-specialties")


def test_B01_an_admin_creates_renames_closes_and_opens_a_specialty(as_admin):
    assert as_admin.post(reverse("manage-specialty-new"), {"name": "Skin"}).url == LIST
    pk = Specialty.objects.get().pk
    as_admin.post(reverse("manage-specialty", args=[pk]), {"name": "Dermatology"})
    as_admin.post(reverse("manage-specialty-close", args=[pk]))
    page = as_admin.get(LIST).content.decode()
    assert "Dermatology" in page
    assert "Open again" in page
    as_admin.post(reverse("manage-specialty-reopen", args=[pk]))

    assert Specialty.objects.open().get().name == "Dermatology"
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["create", "update", "close", "reopen"]


@pytest.mark.parametrize("name", ["", "Skin", "x" * 81])
def test_B01_a_name_that_cannot_be_is_refused(as_admin, name):
    SpecialtyFactory(name="Skin")

    response = as_admin.post(reverse("manage-specialty-new"), {"name": name})

    assert response.status_code == 422
    assert response.context["form"].errors["name"]
    assert Specialty.objects.count() == 1


def test_B01_it_stays_open_while_doctors_or_entries_are_in_it(as_admin):
    doctor = DoctorFactory(name="Dr Ana Ruiz")
    waited_for = SpecialtyFactory()
    WaitFactory(doctor=None, specialty=waited_for)

    for specialty, said in ((doctor.specialty, "Dr Ana Ruiz"), (waited_for, "1 entry")):
        response = as_admin.post(reverse("manage-specialty-close", args=[specialty.pk]))
        assert response.status_code == 422
        assert said in response.content.decode()
        specialty.refresh_from_db()
        assert specialty.is_open


def test_B01_a_closed_one_is_not_offered(as_patient, as_admin):
    SpecialtyFactory(name="Podiatry")
    assert "Podiatry" in as_patient.get(reverse("wait-new")).content.decode()

    as_admin.post(reverse("manage-specialty-close", args=[Specialty.objects.get().pk]))

    assert "Podiatry" not in as_patient.get(reverse("wait-new")).content.decode()


def test_B01_what_has_been_done_is_told(as_admin):
    specialty = SpecialtyFactory()

    response = as_admin.post(reverse("manage-specialty-reopen", args=[specialty.pk]), follow=True)

    assert "has changed since you opened the page" in response.content.decode()


@pytest.mark.parametrize("who", ["as_patient", "as_doctor", "as_assistant"])
def test_B01_only_admins_manage(request, who, db):
    assert request.getfixturevalue(who).get(LIST).status_code == 403


def test_B01_the_list_costs_the_same_for_many(as_admin, django_assert_max_num_queries):
    SpecialtyFactory.create_batch(60)

    with django_assert_max_num_queries(5):
        assert len(as_admin.get(LIST).context["specialties"]) == 50
