"""An admin removes the second factor of somebody who has lost it (requirement A12)."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from portal.accounts.services import second_factors
from portal.errors import Forbidden, PortalError
from portal.models import AuditEvent, Notification
from tests.accounts.factors import code, give_app
from tests.accounts.views.conftest import is_signed_in, sign_in
from tests.factories import PASSWORD, DoctorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost(db):
    user = DoctorFactory().user
    give_app(user)
    return user


@pytest.fixture
def page(lost):
    return reverse("manage-person-factor", args=[lost.pk])


@pytest.fixture
def sure_admin(as_admin):
    as_admin.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return as_admin


def test_A12_reset_asks_for_the_own_password_first(as_admin, page, lost):
    answer = as_admin.post(page, {"reason": "Lost phone"})

    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert Authenticator.objects.filter(user=lost).exists()


def test_A12_reset_removes_ends_sessions_records_and_tells_both(sure_admin, page, lost):
    elsewhere = Client()
    sign_in(elsewhere, lost.email, PASSWORD)
    elsewhere.post(reverse("mfa_authenticate"), {"code": code()})
    was_in = is_signed_in(elsewhere)

    answer = sure_admin.post(page, {"reason": "Lost phone"})

    assert answer.status_code == 302
    assert not Authenticator.objects.filter(user=lost).exists()
    assert was_in
    assert not is_signed_in(elsewhere)
    event = AuditEvent.objects.get(verb="reset_second_factor")
    assert (event.object_id, event.changes) == (lost.pk, {"reason": "Lost phone"})
    told = Notification.objects.filter(event="second_factor_reset", channel="email")
    assert set(told.values_list("user", flat=True)) == {lost.pk, sure_admin.user.pk}


def test_A12_reset_needs_a_reason(sure_admin, page, lost):
    answer = sure_admin.post(page, {"reason": " "})

    assert answer.status_code == 422
    assert Authenticator.objects.filter(user=lost).exists()


def test_A12_nobody_resets_their_own(sure_admin):
    give_app(sure_admin.user)

    answer = sure_admin.post(
        reverse("manage-person-factor", args=[sure_admin.user.pk]), {"reason": "x"}
    )

    assert answer["Location"] == reverse("mfa_index")
    with pytest.raises(Forbidden):
        second_factors.reset(sure_admin.user, by=sure_admin.user, reason="x")
    assert Authenticator.objects.filter(user=sure_admin.user).exists()


def test_A12_others_may_not(as_doctor, as_assistant, page, lost):
    assert as_doctor.get(page).status_code == 403
    assert as_assistant.post(page, {"reason": "x"}).status_code == 403
    with pytest.raises(Forbidden):
        second_factors.reset(lost, by=as_assistant.user, reason="x")


def test_A12_without_a_factor_there_is_nothing_to_reset(sure_admin, doctor):
    with pytest.raises(PortalError, match="has no second factor"):
        second_factors.reset(doctor.user, by=sure_admin.user, reason="x")
    page = sure_admin.get(reverse("manage-person-factor", args=[doctor.user.pk]))
    assert "There is nothing to remove." in page.content.decode()


def test_A12_the_page_of_a_person_leads_to_it(as_admin, lost, page):
    assert page in as_admin.get(reverse("manage-person", args=[lost.pk])).content.decode()


def test_A12_the_own_page_does_not_lead_to_it(as_admin):
    said = as_admin.get(reverse("manage-person", args=[as_admin.user.pk])).content.decode()

    assert reverse("manage-person-factor", args=[as_admin.user.pk]) not in said
