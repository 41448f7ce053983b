"""The day sheet with doctors side by side (requirement B21)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.enums import AppointmentState, SlotAudience, SlotState
from tests.desk.views.conftest import at, free_at, lines_of
from tests.factories import AssistantFactory, DoctorFactory, OfferFactory, OfficeFactory
from tests.fragments import same_part
from tests.plugins.people import signed_in

URL = reverse("desk")
COLUMNS = {"view": "columns"}


def kinds(response) -> list[tuple[str, str]]:
    return [(line.kind, line.doctor or line.time) for line in lines_of(response)]


def test_B21_doctors_stand_side_by_side_in_order_of_time(as_assistant, doctor, noon):
    colleague = DoctorFactory(office=doctor.office, name="Dr Ana Alba")
    free_at(doctor, 16)
    at(doctor, 15)
    free_at(doctor, 9)
    at(colleague, 13)

    response = as_assistant.get(URL, COLUMNS)

    assert kinds(response) == [
        ("head", "Dr Ana Alba"),
        ("now", "12:00"),
        ("row", "Dr Ana Alba"),
        ("foot", ""),
        ("head", "Dr Elena Ruiz"),
        ("gone", "09:00"),
        ("now", "12:00"),
        ("row", "Dr Elena Ruiz"),
        ("free", "16:00"),
        ("foot", ""),
    ]
    page = response.content.decode()
    assert page.count('class="desk-column"') == 2
    assert 'role="region" tabindex="0"' in page


def test_B21_a_free_time_is_a_link_that_books_it(as_assistant, doctor, noon):
    slot = free_at(doctor, 16)
    past = free_at(doctor, 9)

    page = as_assistant.get(URL, COLUMNS).content.decode()

    link = f'href="{reverse("slot-book", args=[slot.pk])}" aria-label="Book 16:00, {doctor.name}"'
    assert link in page
    assert reverse("slot-book", args=[past.pk]) not in page
    assert "Not booked" in page


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"audience": SlotAudience.DESK}, "Desk only"),
        ({"audience": SlotAudience.SAME_DAY}, "Same day"),
        ({"state": SlotState.OFFERED}, "On offer"),
    ],
)
def test_B21_special_times_are_marked(as_assistant, doctor, noon, values, says):
    free_at(doctor, 15)
    plain = as_assistant.get(URL, COLUMNS).content.decode()
    slot = free_at(doctor, 16, **values)
    if slot.state == SlotState.OFFERED:
        OfferFactory(slot=slot)

    page = as_assistant.get(URL, COLUMNS).content.decode()

    assert f">{says}<" not in plain
    assert f">{says}<" in page
    assert (reverse("slot-book", args=[slot.pk]) in page) is (slot.state == SlotState.OPEN)


def test_columns_show_who_holds_a_time_and_not_who_gave_it_up(as_assistant, doctor, noon):
    cancelled = at(doctor, 15, state=AppointmentState.CANCELLED)
    at(doctor, 16)

    response = as_assistant.get(URL, COLUMNS)

    assert [kind for kind, _text in kinds(response)] == ["head", "now", "free", "row", "foot"]
    assert cancelled.patient.name not in response.content.decode()


def test_with_a_state_chosen_columns_show_appointments_only(as_assistant, doctor, noon):
    free_at(doctor, 15)
    at(doctor, 16)

    response = as_assistant.get(URL, {**COLUMNS, "state": "confirmed"})

    assert [kind for kind, _text in kinds(response)] == ["head", "now", "row", "foot"]


def test_the_view_is_remembered_in_the_address_only(as_assistant, doctor, noon):
    page = as_assistant.get(URL, {**COLUMNS, "doctor": doctor.pk}).content.decode()
    plain = as_assistant.get(URL).content.decode()

    assert f'href="/desk/?doctor={doctor.pk}" ' in page.replace('">List', '" >List')
    assert '<input type="hidden" name="view" value="columns">' in page
    assert "view=columns" in plain
    assert 'class="desk-column"' not in plain


def test_a_doctor_at_two_offices_has_one_column_that_names_both(doctor, noon):
    second = OfficeFactory(name="Second office")
    client = signed_in(AssistantFactory(offices=[doctor.office, second]).user)
    free_at(doctor, 15)
    free_at(doctor, 17, office=second)

    page = client.get(URL, COLUMNS).content.decode()

    assert page.count('class="desk-column"') == 1
    assert f"{doctor.office.name}, Second office" in page


def test_other_offices_times_are_not_shown(as_assistant, noon):
    foreign = free_at(DoctorFactory(), 15)

    page = as_assistant.get(URL, {**COLUMNS, "office": foreign.office_id}).content.decode()

    assert foreign.doctor.name not in page


def test_the_fragment_equals_the_part_of_the_page(as_assistant, doctor, noon):
    at(doctor, 9)
    free_at(doctor, 15)

    page = as_assistant.get(URL, COLUMNS)
    fragment = as_assistant.get(URL, COLUMNS, headers={"HX-Request": "true"})

    assert same_part(page.content, fragment.content)


@pytest.mark.parametrize("query", [{}, COLUMNS], ids=["list", "columns"])
def test_queries_do_not_grow(as_assistant, noon, query):
    """With few and with many doctors, appointments, requests and free times."""
    office = as_assistant.user.assistant.offices.get()
    counts = []
    for doctors in (1, 5):
        for _number in range(doctors):
            doctor = DoctorFactory(office=office)
            for hour in (13, 14, 15):
                at(doctor, hour)
                free_at(doctor, hour, 30)
            at(doctor, 16, state=AppointmentState.REQUESTED)
        as_assistant.get(URL, query)
        with CaptureQueriesContext(connection) as captured:
            as_assistant.get(URL, query)
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 12
