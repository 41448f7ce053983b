"""The admins' queue of doctors (requirement A02)."""

import pytest
from django.urls import reverse

from portal.enums import DoctorState
from portal.models import Doctor
from portal.people.services import approvals
from tests.factories import AdminFactory, DoctorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting():
    return DoctorFactory(state=DoctorState.PENDING, name="Dr Noor Haddad", licence_number="AB-1")


def decide(client, doctor, **data):
    return client.post(reverse("manage-doctor-decide", args=[doctor.pk]), data)


def test_A02_the_queue_shows_each_state(as_admin, waiting):
    approved = DoctorFactory(name="Dr Approved One")
    unconfirmed = DoctorFactory(state=DoctorState.PENDING, name="Dr Unconfirmed")
    unconfirmed.user.emailaddress_set.update(verified=False)

    queue = as_admin.get(reverse("manage-doctors")).content.decode()
    others = as_admin.get(reverse("manage-doctors"), {"state": "approved"}).content.decode()

    assert waiting.name in queue
    assert approved.name not in queue
    assert unconfirmed.name not in queue
    assert approved.name in others
    assert waiting.name not in others
    assert as_admin.get(reverse("manage-doctors"), {"state": "no"}).status_code == 200


def test_A02_one_page_has_all_that_is_needed(as_admin, waiting):
    twin = DoctorFactory(name="Haddad, Noor", licence_number="Z9")
    near = DoctorFactory(licence_number="AB.1")

    page = as_admin.get(reverse("manage-doctor", args=[waiting.pk])).content.decode()

    for text in (waiting.licence_number, waiting.user.email, "confirmed", twin.name, near.name):
        assert text in page


def test_A02_an_admin_approves_on_the_page(as_admin, waiting):
    answer = decide(as_admin, waiting, do="approve", note="")

    assert answer["Location"] == reverse("manage-doctors")
    assert Doctor.objects.listed().filter(pk=waiting.pk).exists()


def test_A02_declining_without_a_note_is_refused_beside_the_field(as_admin, waiting):
    answer = decide(as_admin, waiting, do="decline", note="")

    assert answer.status_code == 422
    assert "Write the reason" in str(answer.context["form"].errors["note"])


@pytest.mark.parametrize("do", ["", "close", "withdraw_approval"])
def test_A02_an_unknown_decision_is_refused(as_admin, waiting, do):
    assert decide(as_admin, waiting, do=do).status_code == 422


def test_A02_the_second_admin_sees_what_the_first_decided(as_admin, waiting):
    approvals.decline(waiting, note="No such licence", by=AdminFactory())

    answer = decide(as_admin, waiting, do="approve", note="Kept text")

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody has decided" in page
    assert "No such licence" in page
    waiting.refresh_from_db()
    assert waiting.state == DoctorState.REJECTED


def test_A02_an_admin_corrects_the_licence(as_admin, waiting):
    url = reverse("manage-doctor-correct", args=[waiting.pk])
    data = {
        "name": waiting.name,
        "licence_number": "AB-2",
        "specialty": waiting.specialty_id,
        "office": waiting.office_id,
        "fee": "70",
    }

    assert as_admin.get(url).status_code == 200
    assert as_admin.post(url, data)["Location"] == reverse("manage-doctor", args=[waiting.pk])
    waiting.refresh_from_db()
    assert (waiting.licence_number, waiting.fee_cents) == ("AB-2", 7000)
    DoctorFactory(licence_number="CD 3")
    assert as_admin.post(url, {**data, "licence_number": "cd3"}).status_code == 422


def test_A02_the_dashboard_leads_to_the_queue(as_admin, waiting):
    page = as_admin.get(reverse("dashboard")).content.decode()

    assert f'href="{reverse("manage-doctors")}"' in page


def test_A02_the_queue_costs_the_same_queries_however_long(
    as_admin, waiting, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12) as few:
        as_admin.get(reverse("manage-doctors"))
    for _i in range(5):
        DoctorFactory(state=DoctorState.PENDING)
    with django_assert_max_num_queries(len(few)):
        as_admin.get(reverse("manage-doctors"))


def test_A02_a_declined_doctor_applies_again_on_the_page(client, waiting):
    approvals.decline(waiting, note="Wrong licence", by=AdminFactory())
    client.force_login(waiting.user)
    url = reverse("application")

    page = client.get(url).content.decode()
    data = {
        "name": waiting.name,
        "licence_number": "AB-77",
        "specialty": waiting.specialty_id,
        "office": waiting.office_id,
        "fee": "60",
        "practising_since": "2010",
    }
    sent = client.post(url, data)

    assert "Wrong licence" in page
    assert 'value="AB-1"' in page
    assert sent["Location"] == url
    waiting.refresh_from_db()
    assert (waiting.state, waiting.licence_number) == (DoctorState.PENDING, "AB-77")
    again = client.post(url, data, follow=True)
    assert "cannot be sent again" in again.content.decode()
