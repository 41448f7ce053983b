"""Confirming the address, and coming back to the chosen slot (requirement A01)."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.models import AuditEvent, User
from tests.accounts.views.conftest import SIGN_UP, is_signed_in, link_in, sign_in
from tests.factories import SlotFactory

pytestmark = pytest.mark.django_db

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "http:evil.example",
    "javascript:alert(1)",
    "http://testserver/profile/",
    "evil.example",
    "/\t/evil.example",
]


def test_A01_link_asks_first_and_the_button_confirms(client, sign_up, mails):
    sign_up(client)
    link = link_in(mails()[0], "confirm-email")

    page = client.get(link)
    asked = EmailAddress.objects.get().verified
    answer = client.post(link)

    assert "Ana Ruiz" in page.content.decode()
    assert not asked
    assert EmailAddress.objects.get().verified
    assert answer["Location"] == reverse("dashboard")
    assert is_signed_in(client)
    assert AuditEvent.objects.filter(verb="confirm_email").count() == 1


def test_A01_link_opened_in_another_browser_confirms_but_signs_nobody_in(client, sign_up, mails):
    sign_up(client)
    other = Client()

    answer = other.post(link_in(mails()[0], "confirm-email"))

    assert EmailAddress.objects.get().verified
    assert answer["Location"] == reverse("account_login")
    assert not is_signed_in(other)
    assert sign_in(other, SIGN_UP["email"], SIGN_UP["password1"])["Location"] == "/dashboard/"


@pytest.mark.parametrize("state", ["used", "forged", "expired"])
def test_A01_dead_link_says_so(client, sign_up, mails, state):
    sign_up(client)
    link = link_in(mails()[0], "confirm-email")
    moment = timezone.now()
    if state == "used":
        Client().post(link)
    if state == "forged":
        link = reverse("account_confirm_email", args=["MQ:1abc:forged"])
    if state == "expired":
        moment += timedelta(days=3, minutes=1)

    with time_machine.travel(moment):
        page = Client().get(link)
        answer = Client().post(link)

    assert "This link does not work any more" in page.content.decode()
    assert answer.status_code == 404


def test_B08_chosen_slot_survives_sign_up(client, sign_up, mails):
    chosen = reverse("slot-book", args=[SlotFactory().pk])

    to_sign_in = client.get(chosen)["Location"]
    sign_in_page = client.get(to_sign_in)
    to_sign_up = sign_in_page.context["signup_url"]
    sign_up_page = client.get(to_sign_up)
    sign_up(client, next=chosen)
    confirmed = client.post(link_in(mails()[0], "confirm-email"))

    hidden = f'<input type="hidden" name="next" value="{chosen}">'
    assert hidden in sign_in_page.content.decode()
    assert to_sign_up in sign_in_page.content.decode().replace("&amp;", "&")
    assert hidden in sign_up_page.content.decode()
    assert confirmed["Location"] == chosen
    assert client.get(chosen).status_code == 200


def test_B08_chosen_slot_survives_confirming_in_another_browser(client, sign_up, mails):
    chosen = reverse("slot-book", args=[SlotFactory().pk])
    sign_up(client, next=chosen)
    phone = Client()
    link = link_in(mails()[0], "confirm-email")

    page = phone.get(link)
    confirmed = phone.post(link.partition("?")[0], {"next": page.context["redirect_field_value"]})

    assert confirmed["Location"] == chosen
    to_sign_in = phone.get(chosen)["Location"]
    assert to_sign_in == f"{reverse('account_login')}?next={chosen}"
    signed_in = sign_in(phone, SIGN_UP["email"], SIGN_UP["password1"], next=chosen)
    assert signed_in["Location"] == chosen


def test_B08_chosen_slot_survives_a_long_wait(client, sign_up, mails):
    chosen = reverse("slot-book", args=[SlotFactory().pk])
    sign_up(client, next=chosen)
    link = link_in(mails()[0], "confirm-email")

    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        confirmed = client.post(link)

    assert confirmed["Location"] == chosen
    assert EmailAddress.objects.get(email=SIGN_UP["email"]).verified


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_A01_sign_up_and_confirm_never_lead_elsewhere(client, sign_up, mails, elsewhere):
    sign_up(client, next=elsewhere)
    link = link_in(mails()[0], "confirm-email")

    confirmed = client.post(link, {"next": elsewhere})

    assert "next" not in link
    assert confirmed["Location"] == reverse("dashboard")


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_A04_sign_in_and_out_never_lead_elsewhere(client, patient, elsewhere):
    signed_in = sign_in(client, patient.user.email, "correct-horse-battery", next=elsewhere)
    again = client.get(reverse("account_login"), {"next": elsewhere})
    signed_out = client.post(reverse("account_logout"), {"next": elsewhere})

    assert signed_in["Location"] == again["Location"] == reverse("dashboard")
    assert signed_out["Location"] == reverse("home")


def test_A01_confirming_does_not_sign_in_a_blocked_user(client, sign_up, mails):
    sign_up(client)
    link = link_in(mails()[0], "confirm-email")
    User.objects.update(state="blocked")

    client.post(link)

    assert not is_signed_in(client)
