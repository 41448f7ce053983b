"""/desk/: the day of the assistant's offices."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from portal.enums import AppointmentState
from tests.desk.views.conftest import at, lines_of
from tests.factories import AppointmentFactory, AssistantFactory, DoctorFactory, OfficeFactory
from tests.fragments import same_part
from tests.plugins.people import signed_in

URL = reverse("desk")
HTMX = {"HX-Request": "true"}


def ids(response) -> list[int]:
    return [int(line.pk) for line in lines_of(response) if line.kind == "row"]


@pytest.mark.parametrize("who", ["as_patient", "as_doctor"])
def test_patients_and_doctors_are_refused(request, who):
    assert request.getfixturevalue(who).get(URL).status_code == 403


def test_B17_todays_appointments_of_the_office_by_time(as_assistant, doctor, noon):
    late, early = at(doctor, 16, reason="Knee pain"), at(doctor, 9)
    foreign = at(DoctorFactory(), 10)

    response = as_assistant.get(URL)

    page = response.content.decode()
    assert ids(response) == [early.pk, late.pk]
    assert "Wednesday 4 March 2026" in page
    for text in (late.patient.name, "17 May 1980", str(late.patient.phone), "Knee pain"):
        assert text in page
    assert foreign.patient.name not in page


def test_B17_admins_see_every_office(as_admin, doctor, noon):
    at(doctor, 9)
    at(DoctorFactory(), 10)

    assert len(ids(as_admin.get(URL))) == 2


def test_now_is_drawn_between_past_and_coming(as_assistant, doctor, noon):
    past, coming = at(doctor, 9), at(doctor, 16)

    page = as_assistant.get(URL).content.decode()

    order = [page.index(text) for text in (past.reference, 'id="now"', coming.reference)]
    assert order == sorted(order)


def test_now_is_not_drawn_on_other_days(as_assistant, doctor, noon):
    appointment = at(doctor, 16)

    page = as_assistant.get(URL, {"day": "2026-03-05"})
    same = as_assistant.get(URL, {"day": "2026-03-04"})

    assert ids(page) == []
    assert b'id="now"' not in page.content
    assert ids(same) == [appointment.pk]
    assert b'id="now"' in same.content


def test_days_beside_keep_the_filters(as_assistant, doctor, noon):
    page = as_assistant.get(URL, {"doctor": doctor.pk, "state": "confirmed"}).content.decode()

    rest = f"doctor={doctor.pk}&amp;state=confirmed"
    assert f"?day=2026-03-03&amp;{rest}" in page
    assert f"?day=2026-03-05&amp;{rest}" in page


def test_filters_by_doctor_office_and_state(doctor, noon):
    other = DoctorFactory()
    client = signed_in(AssistantFactory(offices=[doctor.office, other.office]).user)
    mine, foreign = at(doctor, 9), at(other, 10)
    cancelled = at(doctor, 11, state=AppointmentState.CANCELLED)

    assert ids(client.get(URL)) == [mine.pk, foreign.pk, cancelled.pk]
    assert ids(client.get(URL, {"doctor": other.pk})) == [foreign.pk]
    assert ids(client.get(URL, {"office": doctor.office_id})) == [mine.pk, cancelled.pk]
    assert ids(client.get(URL, {"state": "cancelled"})) == [cancelled.pk]


def test_states_are_counted_whatever_state_is_chosen(as_assistant, doctor, noon):
    at(doctor, 9)
    at(doctor, 11, state=AppointmentState.CANCELLED)

    response = as_assistant.get(URL, {"state": "cancelled"})

    counts = {label: count for _url, label, count, _chosen in response.context["states"]}
    assert response.context["total"] == 2
    assert counts == {"Confirmed": 1, "Cancelled": 1}


def test_another_offices_day_cannot_be_asked_for(as_assistant, doctor, noon):
    foreign = at(DoctorFactory(), 10)

    response = as_assistant.get(URL, {"office": foreign.office_id, "doctor": foreign.doctor_id})

    assert ids(response) == []


@pytest.mark.parametrize("query", [{"day": "soon"}, {"office": "x"}, {"doctor": "9" * 30}])
def test_nonsense_in_the_url_is_ignored(as_assistant, doctor, noon, query):
    appointment = at(doctor, 9)

    assert ids(as_assistant.get(URL, query)) == [appointment.pk]


def test_an_empty_day_offers_the_next_step(as_assistant, noon):
    page = as_assistant.get(URL).content.decode()

    assert "Nobody is booked on this day" in page
    assert "Nothing matches" in as_assistant.get(URL, {"state": "arrived"}).content.decode()


def test_an_assistant_without_offices_is_told(db):
    client = signed_in(AssistantFactory().user)

    assert "not assigned to an office" in client.get(URL).content.decode()


def test_quick_links_lead_to_search_and_patients(as_assistant):
    page = as_assistant.get(URL).content.decode()

    assert "data-focus-search" in page
    assert f'href="{reverse("patients")}"' in page


def test_zones_are_named_when_offices_differ(doctor, noon):
    canary = DoctorFactory(office=OfficeFactory(time_zone="Atlantic/Canary"))
    client = signed_in(AssistantFactory(offices=[doctor.office, canary.office]).user)
    at(doctor, 9)
    at(canary, 9)

    page = client.get(URL).content.decode()

    assert "Madrid time" in page
    assert "Canary time" in page


def test_the_fragment_equals_the_part_of_the_page(as_assistant, doctor, noon):
    at(doctor, 9)

    page = as_assistant.get(URL, {"doctor": doctor.pk})
    fragment = as_assistant.get(URL, {"doctor": doctor.pk}, headers=HTMX)

    assert same_part(page.content, fragment.content)
    assert "HX-Request" in fragment["Vary"]
    assert b"<html" not in fragment.content


def test_going_back_in_the_browser_loads_the_whole_page(as_assistant):
    headers = {**HTMX, "HX-History-Restore-Request": "true"}

    assert b"<html" in as_assistant.get(URL, headers=headers).content


def test_queries_do_not_grow(as_assistant, doctor, noon, django_assert_max_num_queries):
    for number in range(10):
        start = datetime(2026, 3, 4, 9, tzinfo=doctor.office.zone)
        AppointmentFactory(doctor=doctor, starts_at=start + timedelta(minutes=30 * number))

    with django_assert_max_num_queries(10):
        as_assistant.get(URL)


def test_only_reading(as_assistant):
    assert as_assistant.post(URL).status_code == 405
