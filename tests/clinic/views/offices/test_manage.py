"""/manage/offices/ and /offices/<id>/edit/: how offices are edited (requirement B01)."""

import pytest
from django.urls import reverse

from portal.models import Office
from tests.factories import AppointmentFactory, DoctorFactory, OfficeFactory, SlotFactory, in_days

LIST = reverse("manage-offices")
FORM = {
    "name": "Harbour",
    "address": "1 Harbour Street",
    "phone": "+34910000001",
    "time_zone": "Europe/Madrid",
    "reply_to": "",
}


@pytest.fixture
def office(db):
    return OfficeFactory(name="Hill", time_zone="Europe/Madrid")


def test_B01_an_admin_creates_edits_closes_and_opens_an_office(as_admin):
    assert as_admin.post(reverse("manage-office-new"), FORM).url == LIST
    office = Office.objects.get()
    edit = reverse("manage-office", args=[office.pk])
    assert as_admin.post(edit, FORM | {"name": "Port"}).url == LIST
    assert "Port" in as_admin.get(LIST).content.decode()

    assert as_admin.post(reverse("manage-office-close", args=[office.pk])).url == LIST
    assert "Open again" in as_admin.get(LIST).content.decode()
    assert "Port" not in as_admin.get(reverse("offices")).content.decode()

    as_admin.post(reverse("manage-office-reopen", args=[office.pk]))
    assert "Port" in as_admin.get(reverse("offices")).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Enter the name."),
        ("name", "Hill", "exists already"),
        ("name", "x" * 81, "at most 80"),
        ("address", "", "Enter the address."),
        ("phone", "12", "phone number"),
        ("time_zone", "", "Choose the time zone"),
        ("time_zone", "Mars/Olympus", "Choose the time zone"),
        ("reply_to", "reception", "valid email"),
    ],
)
def test_B01_bad_input_is_said_beside_its_field(as_admin, office, field, value, sentence):
    response = as_admin.post(reverse("manage-office-new"), FORM | {field: value})

    assert response.status_code == 422
    assert sentence in str(response.context["form"].errors[field])
    assert response.context["form"]["address"].value() == (FORM | {field: value})["address"]
    assert Office.objects.count() == 1


def test_B01_zones_are_found_by_the_name_of_a_city(as_admin):
    page = as_admin.get(reverse("manage-office-new")).content.decode()

    assert '<option value="Europe/Madrid">Madrid, Europe</option>' in page
    assert "Buenos Aires, Argentina, America" in page


def test_B01_a_zone_that_is_not_in_the_list_can_stay(as_admin):
    office = OfficeFactory(name="Harbour", time_zone="UTC")

    response = as_admin.post(
        reverse("manage-office", args=[office.pk]), FORM | {"time_zone": "UTC", "address": "New"}
    )

    assert response.status_code == 302


def test_B01_another_zone_asks_whether_the_clock_time_stays(as_admin, office):
    doctor = DoctorFactory(office=office)
    one = AppointmentFactory(doctor=doctor, starts_at=in_days(5, 12))
    url = reverse("manage-office", args=[office.pk])
    assert "keep_wall_time" not in as_admin.get(url).content.decode()
    moved = FORM | {"name": "Hill", "time_zone": "Atlantic/Canary"}

    response = as_admin.post(url, moved)

    assert response.status_code == 409
    page = response.content.decode()
    assert "This would move 1 booked times" in page
    assert 'name="keep_wall_time"' in page
    assert as_admin.post(url, moved | {"keep_wall_time": "on"}).status_code == 302
    one.refresh_from_db()
    assert one.starts_at == in_days(5, 13)


def test_B01_closing_says_what_stands_there_and_links_to_it(as_admin, office):
    doctor = DoctorFactory(name="Dr Ana Ruiz")
    one = AppointmentFactory(doctor=doctor, office=office)
    SlotFactory(doctor=doctor, office=office, starts_at=in_days(3))
    url = reverse("manage-office-close", args=[office.pk])

    page = as_admin.get(url).content.decode()
    refused = as_admin.post(url)

    assert refused.status_code == 422
    for text in (page, refused.content.decode()):
        assert one.get_absolute_url() in text
        assert f"{reverse('schedule-slots')}?doctor={doctor.pk}" in text
        assert "1 free time" in text
    office.refresh_from_db()
    assert office.is_open


def test_B01_closing_asks_where_its_doctors_go(as_admin, office):
    doctor, target = DoctorFactory(office=office), OfficeFactory()
    url = reverse("manage-office-close", args=[office.pk])

    assert as_admin.post(url).status_code == 422
    assert as_admin.post(url, {"doctors_to": office.pk}).status_code == 422
    assert as_admin.post(url, {"doctors_to": target.pk}).status_code == 302
    doctor.refresh_from_db()
    assert doctor.office == target


def test_B01_an_old_appointment_keeps_the_name_of_its_office(as_admin, office):
    past = AppointmentFactory(office=office, starts_at=in_days(-3), state="completed")
    as_admin.post(reverse("manage-office-close", args=[office.pk]))

    assert "Hill" in as_admin.get(past.get_absolute_url()).content.decode()
    office.refresh_from_db()
    assert not office.is_open


def test_B01_a_doctors_day_at_a_closed_office_can_still_be_read(as_doctor, doctor, office):
    past = AppointmentFactory(doctor=doctor, office=office, starts_at=in_days(-3))
    Office.objects.filter(pk=office.pk).update(closed_at=in_days(-1))

    page = as_doctor.get(reverse("appointments"), {"tab": "day", "day": past.starts_at.date()})

    assert page.status_code == 200


@pytest.mark.parametrize("name", ["slots", "offices", "doctors", "home", "manage-message-new"])
def test_B01_a_closed_office_is_offered_nowhere(as_admin, client, name):
    OfficeFactory(name="Open Hill")
    OfficeFactory(name="Closed Vale", closed_at=in_days(-1))
    who = as_admin if name.startswith("manage") else client

    page = who.get(reverse(name)).content.decode()

    assert ("Closed Vale" in page) == (name == "manage-message-new")  # its patients can be told


def test_B01_a_doctor_edits_their_own_office(as_doctor, doctor):
    url = reverse("office-edit", args=[doctor.office_id])
    assert url in as_doctor.get(reverse("offices")).content.decode()

    response = as_doctor.post(url, {"address": "2 New Street", "phone": "+34910000002"})

    assert response.url == reverse("offices")
    doctor.office.refresh_from_db()
    assert doctor.office.address == "2 New Street"


def test_B01_no_other_office_and_nothing_else_of_it(as_doctor, doctor, office):
    assert as_doctor.get(reverse("office-edit", args=[office.pk])).status_code == 403
    assert as_doctor.get(reverse("office-edit", args=[987654321])).status_code == 404
    name = doctor.office.name
    data = {"address": "2 New Street", "phone": "12", "name": "Mine"}

    response = as_doctor.post(reverse("office-edit", args=[doctor.office_id]), data)

    assert response.status_code == 422
    doctor.office.refresh_from_db()
    assert doctor.office.name == name


def test_B01_an_empty_form_of_a_doctor_is_refused(as_doctor, doctor):
    assert as_doctor.post(reverse("office-edit", args=[doctor.office_id])).status_code == 422


@pytest.mark.parametrize("who", ["as_patient", "as_doctor", "as_assistant"])
def test_B01_only_admins_manage(request, who, office):
    client = request.getfixturevalue(who)

    assert client.get(LIST).status_code == 403
    assert client.get(reverse("manage-office", args=[office.pk])).status_code == 403


def test_B01_the_list_costs_the_same_for_many(as_admin, office, django_assert_max_num_queries):
    OfficeFactory.create_batch(60)

    with django_assert_max_num_queries(5):
        page = as_admin.get(LIST)
    assert len(page.context["offices"]) == 50
    assert page.context["next_url"]
