"""New passwords: long enough, and none of the common ones (requirement A04)."""

import time

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from portal.accounts import passwords
from portal.demo.people import PASSWORD as DEMO_PASSWORD
from portal.models import User
from tests.accounts.views.conftest import is_signed_in, link_in, sign_in
from tests.factories import PASSWORD, PatientFactory, UserFactory

COMMON, SHORT = "password1234", "x7!kQ2-pZ"


def codes(password: str, user=None) -> set[str]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {one.code for one in error.error_list}
    return set()


@pytest.mark.parametrize(
    ("password", "refused"),
    [
        ("password1234", {"password_too_common"}),
        ("PassWord1234", {"password_too_common"}),
        (" qwertyuiop ", {"password_too_common"}),
        ("correcthorsebatterystaple"[:20] + "!", set()),
        ("kissmyass1", {"password_too_common"}),  # of Django's list only
        ("manchesterunited", {"password_too_common"}),
        ("DragonDrive101", {"password_too_common"}),  # of ours only
        (SHORT, {"password_too_short"}),
        (SHORT + "!", set()),
        ("123456", {"password_too_common", "password_too_short", "password_entirely_numeric"}),
        (DEMO_PASSWORD, set()),
        ("\ud83d broken surrogate", set()),
        ("two\nlines of words", set()),
        ("\n", {"password_too_short"}),
    ],
)
def test_which_passwords_are_refused(password, refused):
    assert codes(password) == refused


def test_the_list_has_a_hundred_thousand_and_is_quick():
    passwords.is_common("load it")
    begun = time.perf_counter()
    for number in range(20):
        passwords.is_common(f"no such password {number}")
    took = (time.perf_counter() - begun) / 20

    assert passwords._common().count(b"\n") > 100_000
    assert took < 0.02


def test_fewer_characters_are_enough_with_a_second_factor(monkeypatch):
    monkeypatch.setattr(passwords, "has_second_factor", lambda user: True)

    assert codes("x7!kQ2-p") == set()
    assert codes("x7!kQ2-") == {"password_too_short"}


def errors(page) -> dict:
    return {name: list(said) for name, said in page.context["form"].errors.items()}


SAID = {
    COMMON: "This password is known from break-ins and tried first. Choose another one.",
    SHORT: "This password is too short. Use at least 10 characters.",
}


@pytest.mark.django_db
@pytest.mark.parametrize("password", SAID)
class TestEachForm:
    """The sentence stands beside the field, and the password stays as it was."""

    def test_sign_up(self, client, sign_up, password):
        page = sign_up(client, password1=password)

        assert errors(page) == {"password1": [SAID[password]]}
        assert page.context["form"]["name"].value() == "Ana Ruiz"
        assert SAID[password] in page.content.decode()
        assert not User.objects.exists()

    def test_change(self, client, password):
        user = PatientFactory().user
        sign_in(client, user.email, PASSWORD)
        form = {"oldpassword": PASSWORD, "password1": password}

        page = client.post(reverse("account_change_password"), form)

        assert errors(page) == {"password1": [SAID[password]]}
        user.refresh_from_db()
        assert user.check_password(PASSWORD)

    def test_set(self, client, password):
        user = UserFactory(password=None)
        client.force_login(user)

        page = client.post(reverse("account_set_password"), {"password1": password})

        assert errors(page) == {"password1": [SAID[password]]}

    def test_reset(self, client, mails, password):
        user = PatientFactory().user
        client.post(reverse("account_reset_password"), {"email": user.email})
        path = client.get(link_in(mails()[-1], "reset/key"))["Location"]

        page = client.post(path, {"password1": password})

        assert errors(page) == {"password1": [SAID[password]]}
        user.refresh_from_db()
        assert user.check_password(PASSWORD)


@pytest.mark.django_db
@pytest.mark.parametrize("password", SAID)
def test_whoever_has_such_a_password_still_signs_in(password):
    client = Client()
    sign_in(client, UserFactory(password=password).email, password)

    assert is_signed_in(client)
