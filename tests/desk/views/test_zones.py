"""The day sheet of offices in two time zones: each time on the clock of its office (B21)."""

import pytest
from django.urls import reverse

from tests.desk.views.conftest import at, free_at, lines_of
from tests.factories import AssistantFactory, DoctorFactory, OfficeFactory
from tests.plugins.people import signed_in

URL = reverse("desk")


@pytest.fixture
def canary(db):
    return DoctorFactory(name="Dr Cana", office=OfficeFactory(time_zone="Atlantic/Canary"))


@pytest.fixture
def client_of_both(doctor, canary):
    return signed_in(AssistantFactory(offices=[doctor.office, canary.office]).user)


def now_lines(response) -> list[tuple[str, str]]:
    return [(line.time, line.zone) for line in lines_of(response) if line.kind == "now"]


def test_now_of_a_column_is_on_the_clock_of_its_office(client_of_both, doctor, canary, noon):
    """Noon in Madrid is eleven on the Canaries."""
    for one in (canary, doctor):
        at(one, 9)
        at(one, 15)

    response = client_of_both.get(URL, {"view": "columns"})

    assert now_lines(response) == [("11:00", "Atlantic/Canary"), ("12:00", "Europe/Madrid")]
    assert '<time data-clock="Atlantic/Canary">11:00</time>' in response.content.decode()


def test_now_of_the_list_names_both_clocks(client_of_both, doctor, canary, noon):
    at(canary, 9)
    alone = client_of_both.get(URL).content.decode()
    at(doctor, 15)

    both = client_of_both.get(URL).content.decode()

    clocks = (
        'data-clock="Atlantic/Canary">11:00</time>',
        'data-clock="Europe/Madrid">12:00</time>',
    )
    start = alone.index('id="now"')
    assert clocks[0] in alone[start:]
    assert clocks[1] not in alone[start:]
    for clock, name in zip(clocks, ("Canary time", "Madrid time"), strict=True):
        assert f"{clock} {name}" in both[both.index('id="now"') :]


def test_now_is_drawn_where_the_day_is_today(client_of_both, doctor, canary, noon):
    """Half past midnight in Madrid: on the Canaries the day before is not over."""
    noon.move_to("2026-03-05 00:30 +0100")
    client_of_both.force_login(client_of_both.user)
    at(doctor, 15)
    at(canary, 23, 45)

    response = client_of_both.get(URL, {"view": "columns", "day": "2026-03-04"})

    assert now_lines(response) == [("23:30", "Atlantic/Canary")]
    assert next(line.doctor for line in lines_of(response) if line.kind == "head") == "Dr Cana"


def test_times_of_the_list_name_their_zone_where_zones_differ(client_of_both, doctor, canary, noon):
    at(doctor, 15)
    alone = client_of_both.get(URL).content.decode()
    at(canary, 14, 30)
    at(canary, 17, state="requested")

    page = client_of_both.get(URL).content.decode()

    assert "Madrid time" not in alone
    assert '<small class="zone">Madrid time</small>' in page
    assert page.count('<small class="zone">Canary time</small>') == 2


def test_columns_name_their_zone_in_the_head(client_of_both, doctor, canary, noon):
    at(doctor, 15)
    alone = heads(client_of_both)
    free_at(canary, 16)

    assert alone == [doctor.office.name]
    assert heads(client_of_both) == [
        f"{canary.office.name}, Canary time",
        f"{doctor.office.name}, Madrid time",
    ]


def heads(client) -> list[str]:
    response = client.get(URL, {"view": "columns"})
    return [line.office for line in lines_of(response) if line.kind == "head"]


def test_a_column_of_two_zones_names_them_beside_the_times(client_of_both, doctor, canary, noon):
    at(doctor, 15)
    free_at(doctor, 16, office=canary.office)

    page = client_of_both.get(URL, {"view": "columns"}).content.decode()

    assert '<small class="zone">Madrid time</small>' in page
    assert '<small class="zone">Canary time</small>' in page


def test_the_list_is_in_the_order_of_moments(client_of_both, doctor, canary, noon):
    at(doctor, 15)
    at(canary, 13, 30)
    at(canary, 14, 30)

    times = [line.time for line in lines_of(client_of_both.get(URL)) if line.kind == "row"]

    assert times == ["13:30", "15:00", "14:30"]
