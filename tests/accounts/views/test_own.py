"""Changing one's address and password, and the list of signed-in devices (requirement A04)."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from portal.models import User
from tests.accounts.views.conftest import is_signed_in, link_in, sign_in
from tests.factories import PASSWORD, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def ana(db):
    return PatientFactory(user__email="ana@example.org").user


@pytest.fixture
def laptop(ana):
    client = Client(HTTP_USER_AGENT=FIREFOX)
    sign_in(client, ana.email, PASSWORD)
    return client


def change_email(laptop, email):
    """Send the form, and the password that is asked for in between."""
    asked = laptop.post(reverse("account_email"), {"action_add": "", "email": email})
    return laptop.post(asked["Location"], {"password": PASSWORD, "next": reverse("account_email")})


def test_A04_change_of_the_address_asks_for_the_password(laptop, ana):
    asked = laptop.post(reverse("account_email"), {"action_add": "", "email": "new@example.org"})
    wrong = laptop.post(asked["Location"], {"password": "wrong", "next": reverse("account_email")})

    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert "That is not your password" in wrong.content.decode()
    assert not EmailAddress.objects.filter(email="new@example.org").exists()


def test_A04_new_address_counts_once_it_is_confirmed(laptop, ana, mails):
    change_email(laptop, "new@example.org")
    pending = laptop.get(reverse("account_email")).content.decode()
    before = User.objects.get().email
    to_new = mails()[0]
    laptop.post(link_in(to_new, "confirm-email"))

    assert "To be confirmed" in pending
    assert before == "ana@example.org"
    assert to_new.to == ["new@example.org"]
    assert User.objects.get().email == "new@example.org"
    assert [address.email for address in EmailAddress.objects.all()] == ["new@example.org"]
    told = mails()[-1]
    assert told.to == ["ana@example.org"]
    assert "new@example.org" not in told.body


def test_A04_change_can_be_called_off(laptop, ana):
    change_email(laptop, "new@example.org")

    laptop.post(reverse("account_email"), {"action_remove": "", "email": "new@example.org"})

    assert [address.email for address in EmailAddress.objects.all()] == ["ana@example.org"]


def test_A04_address_of_another_account_cannot_be_taken_nor_found_out(laptop, ana, mails):
    UserFactory(email="taken@example.org")

    answer = change_email(laptop, "taken@example.org")
    link = link_in(mails()[0], "confirm-email")
    page = laptop.get(link)

    assert answer.status_code == 302
    assert "another account uses it" in page.content.decode()
    laptop.post(link)
    assert User.objects.get(pk=ana.pk).email == "ana@example.org"


def test_A04_last_address_cannot_be_removed(laptop, ana):
    asked = laptop.post(reverse("account_email"), {"action_remove": "", "email": ana.email})
    laptop.post(asked["Location"], {"password": PASSWORD, "next": reverse("account_email")})

    assert EmailAddress.objects.filter(user=ana).exists()
    assert User.objects.get().email == "ana@example.org"


def test_A04_change_of_password_keeps_this_device_and_ends_the_others(laptop, ana, mails):
    other = Client()
    sign_in(other, ana.email, PASSWORD)
    form = {"oldpassword": PASSWORD, "password1": "another-good-password"}

    laptop.post(reverse("account_change_password"), form)

    assert is_signed_in(laptop)
    assert not is_signed_in(other)
    [mail] = mails()
    assert "Firefox on Linux" in mail.body
    assert "another-good-password" not in str(mail.message())


def test_A04_change_of_password_needs_the_present_one(laptop, ana):
    form = {"oldpassword": "wrong", "password1": "another-good-password"}

    page = laptop.post(reverse("account_change_password"), form)

    assert list(page.context["form"].errors) == ["oldpassword"]
    ana.refresh_from_db()
    assert ana.check_password(PASSWORD)


def test_A04_devices_are_listed_and_the_others_signed_out(laptop, ana):
    phone = Client(HTTP_USER_AGENT=SAFARI)
    sign_in(phone, ana.email, PASSWORD)
    stranger = Client()
    sign_in(stranger, PatientFactory().user.email, PASSWORD)

    page = laptop.get(reverse("usersessions_list")).content.decode()
    laptop.post(reverse("usersessions_list"))

    assert "Firefox on Linux" in page
    assert "Safari on iPhone" in page
    assert page.count("Signed in ") == 2
    assert page.count("This device") == 1
    assert is_signed_in(laptop)
    assert not is_signed_in(phone)
    assert is_signed_in(stranger)


def test_A04_somebody_without_a_password_sets_one(client):
    user = UserFactory(password=None)
    client.force_login(user)

    sent_on = client.get(reverse("account_change_password"))
    client.post(sent_on["Location"], {"password1": "another-good-password"})

    user.refresh_from_db()
    assert sent_on["Location"] == reverse("account_set_password")
    assert user.check_password("another-good-password")


@pytest.mark.parametrize(
    "name", ["account_email", "account_change_password", "usersessions_list", "profile"]
)
def test_own_pages_share_their_navigation(laptop, name):
    page = laptop.get(reverse(name)).content.decode()

    current = re.findall(r'href="([^"]+)" aria-current="page"', page.partition("<h1>")[0])
    assert current == [reverse(name)]


@pytest.mark.parametrize(
    "name", ["account_email", "account_change_password", "usersessions_list", "profile"]
)
def test_own_pages_are_closed_to_visitors(client, name):
    answer = client.get(reverse(name))

    assert answer["Location"] == f"{reverse('account_login')}?next={reverse(name)}"
