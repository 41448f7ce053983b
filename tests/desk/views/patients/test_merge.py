"""Two patients are compared and merged on the desk's pages; an admin takes it back."""

import pytest
from django.urls import reverse

from portal.models import Patient, PatientMerge
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    PatientFactory,
    PatientMergeFactory,
    in_days,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def left():
    return PatientFactory(user=None, name="Ana García", phone="+34600111222")


@pytest.fixture
def right():
    return PatientFactory(name="Ana Garcia", phone="+34655444333")


@pytest.fixture
def desk(client):
    client.force_login(AssistantFactory(all_offices=True).user)
    return client


def address(left, right) -> str:
    return f"{reverse('patient-merge', args=[left.pk])}?other={right.pk}"


def filled(page, **values) -> dict:
    form = page.context["form"]
    sent = {one.name: one.value() for one in form} | {"reason": "Entered twice"}
    return sent | values


def test_A17_the_desk_compares_chooses_looks_and_confirms(desk, left, right):
    AppointmentFactory(patient=left)
    page = desk.get(address(left, right))
    check = desk.post(address(left, right), filled(page, **{"take-name": "left"}))
    assert (page.status_code, check.status_code) == (200, 200)
    assert not PatientMerge.objects.exists()

    sent = dict(check.context["form"].sent())
    answer = desk.post(address(left, right), sent | {"confirmed": "1"}, follow=True)

    right.refresh_from_db()
    assert answer.redirect_chain == [(right.get_absolute_url(), 302)]
    assert (right.name, right.appointments.count()) == ("Ana García", 1)
    led = desk.get(left.get_absolute_url())
    assert (led.status_code, led["Location"]) == (302, right.get_absolute_url())
    assert b"Merged into this patient" in desk.get(right.get_absolute_url()).content


def test_A17_who_has_the_account_stays(desk, left, right):
    page = desk.get(address(left, right))

    form = page.context["form"]
    assert (form["stays"].value(), form["take-phone"].value()) == ("right", "right")
    refused = desk.post(address(left, right), filled(page, stays="left"))
    assert refused.status_code == 422
    assert "Keep the one who has an account." in refused.content.decode()


def test_A17_what_was_typed_is_kept_when_something_is_missing(desk, left, right):
    page = desk.get(address(left, right))

    answer = desk.post(address(left, right), filled(page, reason="", **{"take-phone": "left"}))

    assert answer.status_code == 422
    assert "Say why, for the record." in answer.content.decode()
    assert answer.context["form"]["take-phone"].value() == "left"


def test_A17_what_overlaps_is_listed(desk, left, right):
    first = AppointmentFactory(patient=left, starts_at=in_days(3))
    AppointmentFactory(patient=right, starts_at=in_days(3))

    page = desk.get(address(left, right))
    answer = desk.post(address(left, right), filled(page))

    assert first.get_absolute_url() in page.content.decode()
    assert answer.status_code == 409


def test_A17_data_that_have_changed_since_are_looked_at_again(desk, left, right):
    page = desk.get(address(left, right))
    sent = filled(page, confirmed="1")
    Patient.objects.filter(pk=left.pk).update(address="Sol 1")

    refused = desk.post(address(left, right), sent)

    assert refused.status_code in (409, 422)
    assert "Sol 1" in refused.content.decode()
    assert not PatientMerge.objects.exists()


def test_A17_likely_duplicates_are_listed_in_pairs(desk, left, right):
    PatientFactory(name="Somebody Else")
    phoned = PatientFactory(name="A. G.", phone=left.phone)

    pairs = desk.get(reverse("patient-duplicates")).context["pairs"]

    assert {(one.earlier, one.later) for one in pairs} == {(left, right), (left, phoned)}


def test_A17_the_list_and_a_page_cost_the_same_whatever_is_found(
    desk, left, right, django_assert_max_num_queries
):
    for _number in range(30):
        PatientFactory(name="Ana Garcia", user=None)
    desk.get(reverse("patient-duplicates"))

    with django_assert_max_num_queries(10):
        desk.get(reverse("patient-duplicates"))
    with django_assert_max_num_queries(10):
        desk.get(reverse("patient-same", args=[left.pk]), {"q": "ana"})


def test_A17_the_other_is_found_by_the_search_of_the_list(desk, left, right):
    page = desk.get(reverse("patient-same", args=[left.pk]), {"q": "655444"})

    assert (page.context["found"], page.context["likely"]) == ([right], [right])
    without = desk.get(reverse("patient-merge", args=[left.pk]))
    assert without["Location"] == reverse("patient-same", args=[left.pk])


def test_A17_an_admin_takes_it_back_and_the_desk_does_not(client, desk):
    merge = PatientMergeFactory()
    assert desk.get(merge.get_absolute_url()).status_code == 403

    client.force_login(AdminFactory())
    assert client.get(merge.get_absolute_url()).status_code == 200
    answer = client.post(merge.get_absolute_url())

    assert answer["Location"] == merge.gone.get_absolute_url()
    again = client.post(merge.get_absolute_url())
    assert (again.status_code, b"taken back already" in again.content) == (409, True)


def test_A17_strangers_and_doctors_do_not_merge(client, left, right):
    client.force_login(right.user)
    assert client.get(address(left, right)).status_code == 403
    client.force_login(DoctorFactory().user)
    assert client.get(address(left, right)).status_code == 403
    client.force_login(AdminFactory())
    assert client.get(address(left, left)).status_code == 404
