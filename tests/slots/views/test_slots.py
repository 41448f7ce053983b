"""/slots/: the free slots of all doctors."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.enums import DoctorState, SlotState, UserState
from tests.factories import (
    AssistantFactory,
    DoctorFactory,
    OfficeFactory,
    PatientFactory,
    SlotFactory,
    in_days,
)
from tests.plugins.people import signed_in

URL = "/slots/"
HTMX = {"HX-Request": "true"}


def doctors_shown(response) -> list[str]:
    return [line.doctor for _day, lines in response.context["groups"] for line in lines]


@pytest.mark.django_db
def test_B07_slots_of_all_doctors_are_listed_soonest_first_without_an_account(client):
    SlotFactory(doctor__name="Dr Later", starts_at=in_days(2))
    SlotFactory(doctor__name="Dr Sooner", starts_at=in_days(1))

    response = client.get(URL)

    assert response.status_code == 200
    assert doctors_shown(response) == ["Dr Sooner", "Dr Later"]


@pytest.mark.django_db
def test_slots_that_cannot_be_booked_are_not_listed(client):
    SlotFactory(doctor__name="Dr Taken", state=SlotState.TAKEN)
    SlotFactory(doctor__name="Dr Withdrawn", state=SlotState.WITHDRAWN)
    SlotFactory(doctor__name="Dr Past", starts_at=in_days(-1))
    SlotFactory(doctor__name="Dr Far", starts_at=in_days(200))
    SlotFactory(doctor__name="Dr Pending", doctor__state=DoctorState.PENDING)
    SlotFactory(doctor__name="Dr Blocked", doctor__user__state=UserState.BLOCKED)

    assert doctors_shown(client.get(URL)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["doctor", "specialty", "office"])
def test_B07_slots_are_filtered_by(client, name):
    wanted = SlotFactory(doctor__name="Dr Wanted")
    SlotFactory(doctor__name="Dr Other")
    value = {
        "doctor": wanted.doctor_id,
        "specialty": wanted.doctor.specialty_id,
        "office": wanted.office_id,
    }[name]

    response = client.get(URL, {name: value})

    assert doctors_shown(response) == ["Dr Wanted"]


@pytest.mark.django_db
def test_B07_days_and_parts_are_those_of_the_offices_clock(client):
    """23:30 UTC is the next morning in Tokyo and still the same evening in the Azores."""
    late = in_days(3, hour=23, minute=30)
    east, west = OfficeFactory(time_zone="Asia/Tokyo"), OfficeFactory(time_zone="Atlantic/Azores")
    SlotFactory(doctor__name="Dr East", doctor__office=east, starts_at=late)
    SlotFactory(doctor__name="Dr West", doctor__office=west, starts_at=late)
    day, next_day = late.date().isoformat(), (late + timedelta(days=1)).date().isoformat()

    on_the_day = client.get(URL, {"from": day, "to": day})
    on_the_next = client.get(URL, {"from": next_day, "to": next_day})
    in_the_morning = client.get(URL, {"part": "morning"})
    in_the_evening = client.get(URL, {"part": "evening"})

    assert doctors_shown(on_the_day) == ["Dr West"]
    assert doctors_shown(on_the_next) == ["Dr East"]
    assert doctors_shown(in_the_morning) == ["Dr East"]
    assert doctors_shown(in_the_evening) == ["Dr West"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("time", ["Dr B", "Dr A", "Dr C"]),
        ("doctor", ["Dr A", "Dr B", "Dr C"]),
        ("fee", ["Dr C", "Dr B", "Dr A"]),
        ("office", ["Dr A", "Dr C", "Dr B"]),
        ("nonsense", ["Dr B", "Dr A", "Dr C"]),
    ],
)
def test_B07_slots_are_sorted_by(client, sort, expected):
    for name, fee, office, day in (("A", 9000, "X", 2), ("B", 8000, "Z", 1), ("C", 7000, "Y", 3)):
        doctor = DoctorFactory(name=f"Dr {name}", fee_cents=fee, office__name=office)
        SlotFactory(doctor=doctor, starts_at=in_days(day))

    assert doctors_shown(client.get(URL, {"sort": sort})) == expected


@pytest.mark.django_db
def test_slots_refuse_a_bad_date_beside_its_field_and_still_list(client):
    SlotFactory(doctor__name="Dr Ruiz")

    response = client.get(URL, {"from": "yesterday"})

    assert response.status_code == 200
    assert "Enter a date such as" in response.content.decode()
    assert 'value="yesterday"' in response.content.decode()
    assert doctors_shown(response) == ["Dr Ruiz"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "?page=x",
        "?page=-1",
        "?page=99999999999999999999",
        "?doctor=0",
        "?doctor=99999999999999999999",
        "?office=9e99",
        "?part=x",
        "?from=0001-01-01",
        "?to=9999-12-31",
        "?patient=99999999999999999999",
    ],
)
def test_slots_survive_nonsense_in_the_url(client, query):
    assert client.get(URL + query).status_code == 200


@pytest.mark.django_db
def test_empty_slots_offer_the_first_time_on_other_days(client):
    slot = SlotFactory(starts_at=in_days(9))

    response = client.get(URL, {"doctor": slot.doctor_id, "to": in_days(3).date().isoformat()})

    assert "No free time matches" in response.content.decode()
    assert response.context["first_otherwise"]["query"] == f"doctor={slot.doctor_id}"


@pytest.mark.django_db
def test_slots_are_paged_by_fifty_with_filters_kept(client):
    doctor = DoctorFactory()
    for number in range(51):
        SlotFactory(doctor=doctor, starts_at=in_days(1) + timedelta(minutes=30 * number))

    first = client.get(URL, {"doctor": doctor.pk})
    second = client.get(URL, {"doctor": doctor.pk, "page": 2})

    assert len(doctors_shown(first)) == 50
    assert len(doctors_shown(second)) == 1
    assert first.context["next_url"] == f"?doctor={doctor.pk}&page=2"
    assert second.context["prev_url"] == f"?doctor={doctor.pk}&page=1"


@pytest.mark.django_db
def test_fragment_of_slots_equals_the_part_of_the_page(client):
    SlotFactory()

    page = client.get(URL).content.decode()
    fragment = client.get(URL, headers=HTMX).content.decode()

    assert fragment.strip().startswith('<div id="results"')
    assert fragment.strip() in page


@pytest.mark.django_db
def test_slots_cost_the_same_queries_whatever_their_number(
    as_patient, django_assert_max_num_queries
):
    for number in range(20):
        SlotFactory(starts_at=in_days(1) + timedelta(minutes=30 * number))

    with django_assert_max_num_queries(8):
        as_patient.get(URL, {"from": in_days(0).date().isoformat(), "part": "morning"})


@pytest.mark.django_db
def test_B11_staff_carry_the_patient_along(as_assistant, doctor):
    patient = PatientFactory(name="Ana García")
    slot = SlotFactory(doctor=doctor)

    response = as_assistant.get(URL, {"patient": patient.pk})

    assert "Ana García" in response.content.decode()
    assert reverse("slot-book", args=[slot.pk]) + f"?patient={patient.pk}" in str(response.content)


@pytest.mark.django_db
def test_a_patient_in_the_url_means_nothing_to_a_patient(as_patient):
    SlotFactory()
    stranger = PatientFactory(name="Ana García")

    response = as_patient.get(URL, {"patient": stranger.pk})

    assert "Ana García" not in response.content.decode()


@pytest.mark.django_db
def test_staff_get_a_button_only_where_they_may_book(doctor):
    own, other = SlotFactory(doctor=doctor), SlotFactory()
    assistant = AssistantFactory(offices=[doctor.office])

    for user in (doctor.user, assistant.user):
        page = signed_in(user).get(URL).content.decode()
        assert reverse("slot-book", args=[own.pk]) in page
        assert reverse("slot-book", args=[other.pk]) not in page


@pytest.mark.django_db
def test_slots_answer_only_to_reading(client):
    assert client.post(URL).status_code == 405
