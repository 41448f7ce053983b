"""What the day sheet counts is what it shows, and a marked row does not vanish unsaid (B21)."""

import pytest
from django.urls import reverse

from tests.desk.views.conftest import at, lines_of
from tests.factories import AssistantFactory, DoctorFactory
from tests.plugins.people import signed_in

URL = reverse("desk")
COLUMNS = {"view": "columns"}
HTMX = {"HX-Request": "true", "HX-Target": "desk-sheet"}


def rows(response) -> int:
    return sum(line.kind == "row" for line in lines_of(response))


def heads(response) -> list[str]:
    return [line.label for line in lines_of(response) if line.kind == "head"]


@pytest.fixture
def some(doctor, noon):
    at(doctor, 9, state="completed")
    at(doctor, 10, state="arrived")
    at(doctor, 13)
    at(doctor, 14, state="cancelled")
    at(doctor, 15, state="requested")


@pytest.mark.parametrize("view", ["", "columns"])
def test_all_counts_what_is_shown(as_assistant, some, view):
    response = as_assistant.get(URL, {"view": view})

    assert response.context["total"] == rows(response) == {"": 4, "columns": 3}[view]


@pytest.mark.parametrize("view", ["", "columns"])
@pytest.mark.parametrize("state", ["confirmed", "arrived", "completed", "cancelled"])
def test_a_state_counts_what_it_shows(as_assistant, some, view, state):
    response = as_assistant.get(URL, {"view": view, "state": state})

    [count] = [count for *_rest, count, chosen in response.context["states"] if chosen]
    assert count == rows(response) == 1


def test_a_column_says_what_it_counts(as_assistant, some):
    assert heads(as_assistant.get(URL, COLUMNS)) == ["3 booked"]
    assert heads(as_assistant.get(URL, {**COLUMNS, "state": "arrived"})) == ["1 arrived"]
    assert heads(as_assistant.get(URL, {**COLUMNS, "state": "cancelled"})) == ["1 cancelled"]


def test_the_heading_names_the_office_that_is_chosen(doctor, noon):
    second = DoctorFactory(office__name="Second office")
    client = signed_in(AssistantFactory(offices=[doctor.office, second.office]).user)

    assert "2 offices" in client.get(URL).content.decode()
    page = client.get(URL, {"office": second.office_id}).content.decode()
    assert "offices" not in page[page.index('class="lead"') :].partition("</p>")[0]
    assert '<p class="lead">Second office' in page


def marked(client, appointment, verb: str, query: str, **headers) -> str:
    url = reverse("appointment-mark", args=[appointment.pk, verb])
    data = {"back": f"{URL}{query}"}
    return client.post(url, data, follow=True, headers=headers).content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
def test_a_row_that_leaves_the_list_says_where_it_went(as_assistant, doctor, noon, headers):
    appointment = at(doctor, 12, patient__name="Ana Ruiz")

    page = marked(as_assistant, appointment, "arrive", "?state=confirmed", **headers)

    assert f'id="a{appointment.pk}"' not in page
    assert "Ana Ruiz is now listed under “Arrived”." in page
    undo = reverse("appointment-mark", args=[appointment.pk, "undo"])
    form = page[page.index(f'action="{undo}"') :].partition("</form>")[0]
    assert f'value="{URL}?state=confirmed"' in form
    assert "Undo" in form


def test_undo_brings_it_back_and_what_is_undone_can_be_marked_anew(as_assistant, doctor, noon):
    appointment = at(doctor, 11, patient__name="Ana Ruiz", state="completed")

    page = marked(as_assistant, appointment, "undo", "?state=completed")
    again = marked(as_assistant, appointment, "complete", "?state=completed")

    assert "Ana Ruiz is now listed under “Arrived”." in page
    assert f'action="{reverse("appointment-mark", args=[appointment.pk, "complete"])}"' in page
    assert f'id="a{appointment.pk}"' in again
    assert "is now listed" not in again


@pytest.mark.parametrize("query", ["", "?doctor=1", "?state=arrived"])
def test_a_row_that_stays_needs_no_word(as_assistant, doctor, noon, query):
    page = marked(as_assistant, at(doctor, 12), "arrive", query)

    assert "is now listed" not in page
