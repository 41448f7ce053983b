"""The pages of households: what is typed wrongly is said beside its field."""

import pytest
from django.urls import reverse

from portal.enums import ProxyState
from portal.household.services import asking
from portal.models import ProxyAccess
from tests.factories import PatientFactory, ProxyAccessFactory, in_days

ASKED = {"name": "Eva Lund", "born": "4/3/1941", "email": "eva@example.org", "relation": "parent"}
OFFERED = {"email": "eva@example.org", "relation": "child", "scopes": ["appointments"]}
GRANTED = {"email": "nobody@example.org", "relation": "child", "scopes": "appointments"}
CHILD = {"name": "Tim Lund", "born": "4/3/2019", "token": "no-token"}
WRONG = [
    ("household-ask", {}, "Enter the full name."),
    ("household-ask", ASKED | {"born": "tomorrow", "scopes": "money"}, "date"),
    ("household-ask", ASKED | {"scopes": "all"}, "all is not one of the available choices."),
    ("household-ask", ASKED | {"name": "x" * 500, "scopes": "money"}, "at most"),
    ("household-offer", OFFERED | {"email": "no address"}, "Enter a valid email address."),
    ("household-offer", OFFERED | {"relation": ""}, "Choose what fits best."),
    ("household-offer", OFFERED | {"relation": "boss"}, "boss is not one of"),
    ("household-offer", OFFERED | {"scopes": []}, "Choose at least one."),
    ("household-child", CHILD, "Please send the form again."),
    ("household-child", CHILD | {"gender": "x" * 90}, "is not one of"),
    ("household-child", CHILD | {"born": "31/2/2019"}, "date"),
]


@pytest.mark.parametrize(("name", "typed", "said"), WRONG)
def test_A14_wrong_input_is_said_beside_its_field(as_patient, name, typed, said):
    answer = as_patient.post(reverse(name), typed)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ProxyAccess.objects.exists()


def test_A14_an_offer_to_oneself_is_refused(as_patient, patient):
    answer = as_patient.post(reverse("household-offer"), OFFERED | {"email": patient.user.email})

    assert answer.status_code == 422
    assert "That is your own address." in answer.content.decode()


def test_A14_the_desk_reads_that_there_is_no_such_account(as_assistant):
    page = reverse("patient-household", args=[PatientFactory(user=None).pk])

    answer = as_assistant.post(page, GRANTED | {"seen": "on"})

    assert "No patient has an account with exactly this address." in answer.content.decode()
    assert not ProxyAccess.objects.exists()


@pytest.mark.parametrize("rows", [1, 6])
def test_A14_the_page_costs_the_same_however_many_there_are(
    as_patient, patient, rows, django_assert_max_num_queries
):
    for _number in range(rows):
        ProxyAccessFactory(user=patient.user)
        ProxyAccessFactory(patient=patient)

    with django_assert_max_num_queries(10):
        page = as_patient.get(reverse("household"))

    assert page.content.decode().count("<li>") >= 2 * rows


def test_A14_ending_is_confirmed_first(as_patient, patient):
    access = ProxyAccessFactory(patient=patient)
    page = reverse("household-end", args=[access.pk])

    asked = as_patient.get(page)
    access.refresh_from_db()
    assert (asked.status_code, access.state) == (200, ProxyState.OPEN)
    as_patient.post(page)

    access.refresh_from_db()
    assert access.state == ProxyState.ENDED


def test_A14_the_end_of_what_has_ended_is_not_found(as_patient, patient):
    access = ProxyAccessFactory(patient=patient, state=ProxyState.ENDED)

    assert as_patient.get(reverse("household-end", args=[access.pk])).status_code == 404
    assert as_patient.put(reverse("household-end", args=[access.pk])).status_code in (404, 405)


@pytest.mark.parametrize("name", ["household-accept", "household-answer"])
def test_A14_a_link_that_works_no_more_says_so(as_patient, name):
    answer = as_patient.get(reverse(name, args=["no-such-token"]))

    assert answer.status_code == 404
    assert "This link does not work any more" in answer.content.decode()


def test_A14_an_offer_for_another_address_cannot_be_accepted(as_patient):
    offered = ProxyAccessFactory(
        user=None,
        email="other@example.org",
        state=ProxyState.OFFERED,
        expires_at=in_days(7),
        made_by=PatientFactory().user,
    )
    page = reverse("household-accept", args=[asking.token(offered)])

    assert "for another email address" in as_patient.get(page).content.decode()
    assert as_patient.post(page, {"answer": "accept"}).status_code == 403


def test_A14_desk_reads_that_a_parent_has_entered_a_child_themself(as_assistant, patient):
    child = PatientFactory(user=None)
    ProxyAccessFactory(user=patient.user, patient=child, is_checked=False)

    text = as_assistant.get(reverse("patient-household", args=[child.pk])).content.decode()

    assert "not checked" in text
