"""Signing in with a second factor, setting one up, and being made to (requirement A12)."""

import re
from contextlib import contextmanager

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from portal.enums import UserState
from portal.models import AuditEvent
from tests.accounts.factors import code, give_app, has_proved, recovery_codes, wrong_code
from tests.accounts.views.conftest import is_signed_in, sign_in
from tests.factories import PASSWORD, AdminFactory, UserFactory

pytestmark = pytest.mark.django_db

STEP = "mfa_authenticate"


@pytest.fixture
def ana(db):
    return UserFactory(email="ana@example.org")


@pytest.fixture
def half_way(ana):
    """Her password was right, her code is asked for."""
    give_app(ana)
    client = Client()
    answer = sign_in(client, ana.email, PASSWORD, next="/profile/")
    assert answer["Location"] == reverse(STEP)
    return client


def type_code(client, text):
    return client.post(reverse(STEP), {"code": text})


def prove_password(client):
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def test_A12_password_alone_does_not_sign_in(half_way):
    page = half_way.get(reverse(STEP))

    assert page.status_code == 200
    assert not is_signed_in(half_way)


def test_A12_code_of_the_app_signs_in_and_leads_on(half_way):
    answer = type_code(half_way, code())

    assert answer["Location"] == "/profile/"
    assert is_signed_in(half_way)


@pytest.mark.parametrize("text", ["", "12", "abcdef", "\x00", "1" * 5000])
def test_A12_wrong_code_is_refused_beside_its_field(half_way, text):
    page = type_code(half_way, text)

    assert page.status_code in (200, 400)
    assert not is_signed_in(half_way)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_A12_code_counts_once(half_way, ana, steps):
    used = code(steps=steps)
    type_code(half_way, used)
    other = Client()
    sign_in(other, ana.email, PASSWORD)

    page = type_code(other, used)

    assert "wrong or was used before" in page.content.decode()
    assert not is_signed_in(other)


def test_A12_of_a_hundred_wrong_codes_five_are_checked(half_way, ana):
    wrong = wrong_code()
    pages = [type_code(half_way, wrong).content.decode() for _ in range(100)]

    assert sum("wrong or was used" in page for page in pages) == 5
    assert all("Too many" in page for page in pages[5:])
    assert "Too many" in type_code(half_way, code()).content.decode()
    assert not is_signed_in(half_way)


def test_A12_recovery_code_signs_in_once(half_way, ana):
    first = recovery_codes(ana)[0]
    type_code(half_way, first)
    other = Client()
    sign_in(other, ana.email, PASSWORD)
    type_code(other, first)

    assert is_signed_in(half_way)
    assert not is_signed_in(other)


def test_A12_blocked_user_with_a_factor_is_told(ana):
    give_app(ana)
    ana.state = UserState.BLOCKED
    ana.save()

    answer = sign_in(Client(), ana.email, PASSWORD)

    assert not answer.get("Location", "").startswith(reverse(STEP))


def test_A12_setting_up_an_app_asks_for_the_password(client, ana):
    client.force_login(ana)

    answer = client.get(reverse("mfa_activate_totp"))

    assert answer["Location"].startswith(reverse("account_reauthenticate"))


@contextmanager
def really_committed(*, execute):
    """Where the test itself commits."""
    yield


def set_up(client, capture):
    prove_password(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'href="otpauth://[^"]*secret=([A-Z2-7]+)', page).group(1)
    with capture(execute=True):
        answer = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    return page, secret, answer


def test_A12_app_is_set_up_told_and_noted(client, ana, mails, django_capture_on_commit_callbacks):
    client.force_login(ana)

    page, secret, answer = set_up(client, django_capture_on_commit_callbacks)
    codes = client.get(answer["Location"]).content.decode()

    assert 'src="data:image/svg+xml' in page
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    assert all(one in codes for one in recovery_codes(ana))
    assert AuditEvent.objects.filter(verb="totp_activated", object_id=ana.pk).exists()
    assert [mail.subject for mail in mails()] == ["An app is your second factor now"]
    stored = Authenticator.objects.get(user=ana, type="totp").data["secret"]
    assert secret not in stored


def test_A12_app_is_removed_after_the_password(client, ana, django_capture_on_commit_callbacks):
    client.force_login(ana)
    give_app(ana)
    prove_password(client)

    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.filter(user=ana).exists()
    assert AuditEvent.objects.filter(verb="totp_deactivated").exists()


def test_A12_address_can_be_changed_with_a_factor(client, ana):
    client.force_login(ana)
    give_app(ana)
    prove_password(client)

    client.post(reverse("account_email"), {"action_add": "", "email": "new@example.org"})

    assert ana.emailaddress_set.filter(email="new@example.org").exists()


# --- Staff have to ----------------------------------------------------------------------------


@pytest.fixture
def boss(settings, db):
    settings.SECOND_FACTOR_REQUIRED = True
    return AdminFactory()


@pytest.fixture
def as_boss(boss):
    client = Client()
    client.force_login(boss)
    return client


@pytest.mark.parametrize("name", ["mfa_index", "account_change_password", "account_logout"])
def test_A12_staff_without_a_factor_reach(as_boss, name):
    assert as_boss.get(reverse(name)).status_code == 200


def test_A12_parts_of_pages_are_led_to_set_up_as_well(as_boss):
    part = as_boss.get(reverse("patients"), headers={"HX-Request": "true"})
    bell = as_boss.get(
        reverse("notifications-bell"), headers={"HX-Request": "true", "HX-Trigger": "bell"}
    )

    assert part["HX-Redirect"] == reverse("mfa_index")
    assert (bell.status_code, bell.content) == (204, b"")


@pytest.mark.django_db(transaction=True)
def test_A12_set_up_opens_the_portal_in_the_same_session(as_boss):
    set_up(as_boss, really_committed)

    assert as_boss.get(reverse("manage")).status_code == 200


def test_A12_session_that_began_without_the_factor_is_asked_for_it(as_boss, boss):
    give_app(boss)

    answer = as_boss.get(reverse("manage"))
    done = as_boss.post(answer["Location"], {"code": code(), "next": reverse("manage")})

    assert answer["Location"].startswith(reverse("mfa_reauthenticate"))
    assert done["Location"] == reverse("manage")
    assert as_boss.get(reverse("manage")).status_code == 200


def test_A12_removing_the_last_factor_closes_the_portal_again(as_boss, boss):
    give_app(boss)
    has_proved(as_boss, boss, reauthenticated=True)

    as_boss.post(reverse("mfa_deactivate_totp"))

    assert as_boss.get(reverse("manage"))["Location"] == reverse("mfa_index")


def test_A12_demand_asks_the_database_for_nothing(settings, as_admin, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    has_proved(as_admin, as_admin.user)
    as_admin.get(reverse("manage"))
    with CaptureQueriesContext(connection) as without:
        as_admin.get(reverse("manage"))
    settings.SECOND_FACTOR_REQUIRED = True

    with django_assert_num_queries(len(without)):
        as_admin.get(reverse("manage"))


def test_A12_patients_are_free_to_have_none(settings, as_patient):
    settings.SECOND_FACTOR_REQUIRED = True

    assert as_patient.get(reverse("dashboard")).status_code == 200
