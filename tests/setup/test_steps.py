"""/set-up/: from the first admin to a bookable time (requirement A15)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.models import AuditEvent, ClinicSettings, Doctor, Notification, Office, Slot, Specialty
from tests.factories import DoctorFactory, OfficeFactory, SlotFactory, SpecialtyFactory

pytestmark = pytest.mark.django_db
URL = reverse("setup")
PAGES = ("setup", "setup-clinic", "setup-office", "setup-specialty")
FORMS = {
    "setup-clinic": {
        "name": "Alder Clinic",
        "phone": "+34910000100",
        "time_zone": "Europe/Madrid",
    },
    "setup-office": {
        "name": "Harbour",
        "address": "1 Harbour Street",
        "phone": "+34910000001",
        "time_zone": "Europe/Madrid",
    },
    "setup-specialty": {"name": "Dermatology"},
}


def _doctor() -> dict:
    return {
        "name": "Dr Ana Ruiz",
        "email": "ruiz@example.org",
        "licence_number": "L-1",
        "practising_since": "2010",
        "specialty": Specialty.objects.get().pk,
        "office": Office.objects.get().pk,
        "fee": "60.50",
    }


def _hours(page) -> dict:
    form = page.context["form"]
    names = ("office", "starts", "ends", "minutes", "valid_from")
    return {name: form[name].value() for name in names} | {"weekdays": [*range(7)]}


def take(client, name: str, data: dict) -> None:
    response = client.post(reverse(name), data)
    assert response.status_code == 302, response.context["form"].errors
    assert response.url == URL


def test_A15_the_steps_lead_to_a_bookable_time(as_admin, client):
    for name, data in FORMS.items():
        assert f'href="{reverse(name)}"' in as_admin.get(URL).content.decode()
        take(as_admin, name, data)
    take(as_admin, "setup-doctor", _doctor())
    take(as_admin, "setup-hours", _hours(as_admin.get(reverse("setup-hours"))))

    page = as_admin.get(URL).content.decode()
    assert "Patients can book now" in page
    assert "Dr Ana Ruiz" in client.get(reverse("slots")).content.decode()
    doctor = Doctor.objects.get()
    assert (doctor.state, doctor.fee_cents) == ("approved", 6050)
    assert Slot.objects.count() > 100
    settings = ClinicSettings.current()
    assert (settings.name, settings.time_zone) == ("Alder Clinic", "Europe/Madrid")


def test_A15_the_doctor_gets_a_link_to_choose_a_password(as_admin, client):
    OfficeFactory()
    SpecialtyFactory()

    take(as_admin, "setup-doctor", _doctor())

    doctor = Doctor.objects.select_related("user").get()
    assert not doctor.user.has_usable_password()
    mail = Notification.objects.get(event="account").facts["text"]
    [link] = [word for word in mail.split() if "/accounts/password/reset/key/" in word]
    page = client.get("/" + link.split("/", 3)[3], follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": "three calm otters"})
    doctor.user.refresh_from_db()
    assert doctor.user.check_password("three calm otters")
    assert AuditEvent.objects.get(verb="add_doctor").object_id == doctor.pk


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("email", "taken@example.org", "has an account already"),
        ("licence_number", "LIC-TAKEN", "registered already"),
        ("practising_since", "1900", "greater than or equal to 1940"),
        ("practising_since", "2090", "cannot be in the future"),
        ("fee", "-1", "greater than or equal to 0"),
        ("office", "9" * 30, "valid choice"),
        ("name", "", "Enter the name."),
    ],
)
def test_A15_a_doctor_is_refused_beside_the_field(as_admin, field, value, sentence):
    other = DoctorFactory(licence_number="LIC-TAKEN", user__email="taken@example.org")
    data = _doctor() | {"specialty": other.specialty_id, "office": other.office_id}

    response = as_admin.post(reverse("setup-doctor"), data | {field: value})

    assert response.status_code == 422
    assert sentence in str(response.context["form"].errors[field])
    assert response.context["form"]["name"].value() == (data | {field: value})["name"]
    assert Doctor.objects.count() == 1


@pytest.mark.parametrize("name", ["setup-doctor", "setup-hours"])
def test_A15_a_step_leads_to_what_has_to_be_done_first(as_admin, name):
    assert as_admin.get(reverse(name)).url == reverse("setup-office")


@pytest.mark.parametrize("name", FORMS)
def test_A15_an_empty_form_is_kept_and_told(as_admin, name):
    assert as_admin.post(reverse(name), {}).status_code == 422


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("who", ["as_patient", "as_doctor", "as_assistant"])
def test_A15_only_admins_set_up(request, who, name):
    assert request.getfixturevalue(who).get(reverse(name)).status_code == 403


def _everything():
    ClinicSettings.objects.create(pk=1, name="Alder", time_zone="Europe/Madrid")
    SlotFactory()


@pytest.mark.parametrize("url", ["/dashboard/", "/manage/"])
def test_A15_the_overview_lists_what_is_missing(as_admin, url):
    page = as_admin.get(url).content.decode()
    for sentence in ("The clinic has no name yet", "No office yet", "No time to book yet"):
        assert sentence in page

    _everything()
    page = as_admin.get(url).content.decode()
    assert "No office yet" not in page
    assert "Finish the set-up" in page


@pytest.mark.parametrize("url", ["/dashboard/", "/manage/"])
def test_A15_it_costs_one_query_and_none_once_finished(as_admin, url):
    _everything()
    as_admin.get(url)
    before = _queries(as_admin, url)

    as_admin.post(reverse("setup-finish"))

    as_admin.get(url)  # shows the message
    assert _queries(as_admin, url) == before - 1
    assert "Finish the set-up" not in as_admin.get(url).content.decode()


def _queries(client, url) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return len(queries)


def test_A15_a_finished_set_up_cannot_be_reached_again(as_admin):
    _everything()
    as_admin.post(reverse("setup-finish"))

    for name in (*PAGES, "setup-doctor", "setup-hours"):
        assert as_admin.get(reverse(name)).url == reverse("dashboard")
    for name in (*FORMS, "setup-doctor", "setup-hours"):
        assert as_admin.post(reverse(name), {}).url == reverse("dashboard")
    assert AuditEvent.objects.filter(verb="finish_set_up").count() == 1
