"""The day sheet of offices in two time zones: each time on the clock of its office (B21)."""

import pytest
from django.urls import reverse

from tests.desk.views.conftest import at, free_at, lines_of
from tests.factories import AssistantFactory, DoctorFactory, OfficeFactory
from tests.plugins.people import signed_in

URL = reverse("desk")
VIEWS = pytest.mark.parametrize("view", ["", "columns"])


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


@VIEWS
def test_times_name_their_zone_where_zones_differ_on_the_sheet(
    client_of_both, doctor, canary, noon, view
):
    at(doctor, 15)
    alone = client_of_both.get(URL, {"view": view}).content.decode()
    at(canary, 14, 30)

    page = client_of_both.get(URL, {"view": view}).content.decode()

    assert "Madrid time" not in alone
    for name in ("Madrid time", "Canary time"):
        assert f">{name}</small>" in page


def test_free_times_and_requests_name_their_zone_too(client_of_both, doctor, canary, noon):
    at(doctor, 15, state="requested")
    free_at(canary, 16)

    page = client_of_both.get(URL, {"view": "columns"}).content.decode()

    assert '15:00 <small class="muted">Madrid time</small>' in page
    assert '16:00 <small class="muted">Canary time</small>' in page


def test_the_list_is_in_the_order_of_moments(client_of_both, doctor, canary, noon):
    at(doctor, 15)
    at(canary, 13, 30)
    at(canary, 14, 30)

    times = [line.time for line in lines_of(client_of_both.get(URL)) if line.kind == "row"]

    assert times == ["13:30", "15:00", "14:30"]
