"""/doctors/ and /doctors/<id>/: the directory, and when a doctor is free."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.enums import DoctorState, UserState
from tests.factories import (
    DoctorFactory,
    OfficeFactory,
    ReviewFactory,
    SlotFactory,
    in_days,
)

URL = "/doctors/"


def names(response) -> list[str]:
    return [doctor.name for doctor in response.context["page"].rows]


@pytest.mark.django_db
def test_A06_directory_shows_approved_doctors_with_what_one_chooses_by(client):
    doctor = DoctorFactory(name="Dr Elena Ruiz", fee_cents=6250, office__name="Centre")
    slot = SlotFactory(doctor=doctor)
    SlotFactory(doctor=doctor, starts_at=in_days(5))
    ReviewFactory(appointment__doctor=doctor, appointment__starts_at=in_days(-3), rating=5)
    ReviewFactory(appointment__doctor=doctor, appointment__starts_at=in_days(-4), rating=4)
    DoctorFactory(name="Dr Pending", state=DoctorState.PENDING)
    DoctorFactory(name="Dr Blocked", user__state=UserState.BLOCKED)

    response = client.get(URL)

    page = response.content.decode()
    assert names(response) == ["Dr Elena Ruiz"]
    assert response.context["page"].rows[0].next_free == slot.starts_at
    assert all(text in page for text in ("€62.50", "Centre", doctor.specialty.name))
    assert "rated 4.5 of 5 by 2 patients" in page


@pytest.mark.django_db
def test_directory_is_found_by_parts_of_names_specialty_and_office(client):
    ruiz = DoctorFactory(name="Dr Núria Ruíz")
    DoctorFactory(name="Dr Somebody Else")

    for query in (
        {"q": "ruiz nur"},
        {"specialty": ruiz.specialty_id},
        {"office": ruiz.office_id},
    ):
        assert names(client.get(URL, query)) == ["Dr Núria Ruíz"]


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["?specialty=99999999999999999999", "?office=x", "?page=x"])
def test_directory_survives_nonsense_in_the_url(client, query):
    assert client.get(URL + query).status_code == 200


@pytest.mark.django_db
def test_directory_costs_the_same_queries_whatever_the_number(
    client, django_assert_max_num_queries
):
    for _number in range(15):
        SlotFactory()

    with django_assert_max_num_queries(5):
        client.get(URL)


@pytest.mark.django_db
def test_fragment_of_directory_equals_the_part_of_the_page(client):
    DoctorFactory()

    page = client.get(URL).content.decode()
    fragment = client.get(URL, headers={"HX-Request": "true"}).content.decode()

    assert fragment.strip() in page


@pytest.mark.django_db
def test_doctors_page_opens_on_the_first_free_day(client):
    doctor = DoctorFactory()
    slot = SlotFactory(doctor=doctor, starts_at=in_days(20))

    page = client.get(doctor.get_absolute_url())

    assert page.context["day"].day == slot.starts_at.date()
    assert reverse("slot-book", args=[slot.pk]) in page.content.decode()


@pytest.mark.django_db
def test_times_are_grouped_by_part_of_the_day_on_the_offices_clock(client):
    doctor = DoctorFactory(office=OfficeFactory(time_zone="Atlantic/Canary"))
    for hour in (9, 13, 18):
        SlotFactory(doctor=doctor, starts_at=in_days(2, hour=hour))

    page = client.get(doctor.get_absolute_url())

    assert [group["title"] for group in page.context["week"][0]["groups"]] == [
        "Morning",
        "Afternoon",
        "Evening",
    ]
    assert "Times are in Canary time" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["nonsense", "0001-01-01", "9999-12-31", "2020-01-01"])
def test_doctors_page_survives_any_day_in_the_url(client, day):
    doctor = DoctorFactory()

    assert client.get(doctor.get_absolute_url(), {"day": day}).status_code == 200


@pytest.mark.django_db
def test_an_empty_day_names_the_next_one_that_is_free(client):
    doctor = DoctorFactory()
    slot = SlotFactory(doctor=doctor, starts_at=in_days(3))
    day = (slot.starts_at - timedelta(days=1)).date()

    page = client.get(doctor.get_absolute_url(), {"day": day.isoformat()})

    assert "Nothing free on this day" in page.content.decode()
    assert page.context["next_day"] == slot.starts_at.date()


@pytest.mark.django_db
def test_a_doctor_who_is_not_listed_is_not_found(client):
    pending = DoctorFactory(state=DoctorState.PENDING)

    assert client.get(pending.get_absolute_url()).status_code == 404
    assert client.post(DoctorFactory().get_absolute_url()).status_code == 405


@pytest.mark.django_db
def test_fragment_of_times_equals_the_part_of_the_page(client):
    doctor = SlotFactory().doctor

    page = client.get(doctor.get_absolute_url()).content.decode()
    fragment = client.get(doctor.get_absolute_url(), headers={"HX-Request": "true"})

    assert fragment.content.decode().strip() in page


@pytest.mark.django_db
def test_A02_directory_is_filtered_by_language(client):
    both = DoctorFactory(name="Dr Both", languages=",en,es,")
    spanish = DoctorFactory(name="Dr Spanish", languages=",es,")
    DoctorFactory(name="Dr Silent")

    page = client.get(URL).content.decode()
    english = client.get(URL, {"language": "en"}).content.decode()

    assert "Speaks English, Spanish" in page
    assert '<option value="es">Spanish</option>' in page
    assert 'value="fr"' not in page
    assert both.name in english
    assert spanish.name not in english
    assert spanish.name in client.get(URL, {"language": "xx"}).content.decode()
