"""/offices/: where the clinic is, for everyone."""

import pytest
from django.urls import reverse

from tests.factories import OfficeFactory

URL = reverse("offices")


@pytest.fixture
def office(db):
    return OfficeFactory(name="Harbour", address="1 Harbour Street", time_zone="Atlantic/Canary")


@pytest.mark.parametrize("who", ["client", "as_patient", "as_doctor", "as_assistant", "as_admin"])
def test_B01_everyone_reads_address_phone_and_zone(request, who, office):
    page = request.getfixturevalue(who).get(URL).content.decode()

    for text in ("Harbour", "1 Harbour Street", str(office.phone), "Canary time"):
        assert text in page
    assert f"{reverse('slots')}?office={office.pk}" in page


def test_an_office_has_its_place_on_the_page(client, office):
    page = client.get(office.get_absolute_url()).content.decode()

    assert f'id="office-{office.pk}"' in page


def test_queries_do_not_grow(client, office, django_assert_max_num_queries):
    OfficeFactory.create_batch(5)

    with django_assert_max_num_queries(2):
        client.get(URL)


def test_no_office_yet(client, db):
    assert "No offices yet" in client.get(URL).content.decode()


def test_only_reading(client, db):
    assert client.post(URL).status_code == 405
