"""The page of figures and its file (requirement F02)."""

import csv
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import AppointmentFactory, DoctorFactory

pytestmark = pytest.mark.django_db
PAGE, FILE = "/manage/figures/", "/manage/figures/csv/"


@pytest.fixture
def held():
    return AppointmentFactory(starts_at=timezone.now() - timedelta(days=8), state="completed")


def test_F02_an_admin_sees_a_plot_and_a_table_for_each_figure(as_admin, held):
    page = as_admin.get(PAGE).content.decode()

    assert page.count("<svg viewBox") == page.count("As a table") == 5
    assert "Utilisation" in page


def test_F02_only_admins(as_assistant, as_doctor, as_patient):
    for client in (as_assistant, as_doctor, as_patient):
        assert [client.get(url).status_code for url in (PAGE, FILE)] == [403, 403]


def test_F02_the_file_has_the_filtered_weeks(as_admin, held):
    everything = rows(as_admin, {})
    of_another = rows(as_admin, {"doctor": DoctorFactory().pk, "weeks": "26"})

    assert [len(everything), len(of_another)] == [13, 27]
    assert sum(int(row["held"]) for row in everything) == 1
    assert sum(int(row["held"]) for row in of_another) == 0


def rows(client, asked: dict) -> list[dict]:
    text = client.get(FILE, asked).content.decode()
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize(
    "asked", [{"office": "9" * 30}, {"doctor": "x"}, {"weeks": "0"}, {"weeks": "\0"}]
)
def test_F02_what_does_not_exist_is_as_if_not_asked(as_admin, held, asked):
    assert as_admin.get(PAGE, asked).status_code in (200, 400)


def test_F02_queries_do_not_grow_with_the_doctors(as_admin, held, django_assert_max_num_queries):
    DoctorFactory.create_batch(5)

    # Several are the cache's own.
    with django_assert_max_num_queries(15):
        as_admin.get(PAGE)
    with django_assert_max_num_queries(7):
        as_admin.get(PAGE)  # counted before
