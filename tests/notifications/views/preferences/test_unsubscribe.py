"""The link at the foot of a mail stops its kind, once a button is pressed (D01, RFC 8058)."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.models import AuditEvent, User
from portal.notifications.services import preferences
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return PatientFactory().user


@pytest.fixture
def url(user):
    return address(preferences.unsubscribe_token(user, event="reminder"))


def address(token: str) -> str:
    return reverse("notification-unsubscribe", args=[token])


def off(user) -> str:
    return User.objects.get(pk=user.pk).switched_off


def test_D01_looking_changes_nothing(client, user, url):
    page = client.get(url)
    client.head(url)

    assert page.status_code == 200
    assert "Stop these mails" in page.content.decode()
    assert "Reminder of an appointment" in page.content.decode()
    assert off(user) == ""


def test_D01_the_button_stops_this_kind_and_says_so(client, user, url):
    page = client.post(url)

    assert page.status_code == 200
    assert "Reminder of an appointment" in page.content.decode()
    assert reverse("notification-preferences") in page.content.decode()
    assert off(user) == "reminder:email"
    assert AuditEvent.objects.get(verb="set_preferences").actor_id == user.pk
    assert "You get no more of these mails" in client.get(url).content.decode()


def test_D01_a_mail_program_does_it_by_itself(user, url):
    client = Client(enforce_csrf_checks=True)

    answer = client.post(
        url, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code == 200  # not a redirect: RFC 8058 forbids it
    assert off(user) == "reminder:email"


def test_D01_twice_is_as_good_as_once_and_keeps_the_rest(client, user, url):
    user.switched_off = "clinic_message:sms long_gone:email"
    user.save()

    client.post(url)
    client.post(url)

    assert off(user) == "clinic_message:sms reminder:email"
    assert AuditEvent.objects.filter(verb="set_preferences").count() == 1


@pytest.mark.parametrize("event", ["appointment_moved", "account", "no_such_event"])
def test_D01_what_is_always_sent_has_no_such_link(client, user, event):
    url = address(preferences.unsubscribe_token(user, event=event))

    assert client.get(url).status_code == client.post(url).status_code == 404
    assert off(user) == ""


def test_D01_a_changed_link_changes_nothing(client, user, url):
    other = PatientFactory().user
    foreign = preferences.unsubscribe_token(other, event="reminder")
    own = preferences.unsubscribe_token(user, event="reminder")
    forged = foreign.partition(":")[0] + ":" + own.partition(":")[2]

    for token in (own[:-1], forged, "x", ":", "%00"):
        answer = client.post(address(token))
        assert answer.status_code == 404, token
        assert "This link does not work" in answer.content.decode()
    assert off(user) == off(other) == ""


def test_D01_a_token_of_another_kind_opens_nothing(client, user):
    from django.core.signing import Signer

    token = Signer(salt="portal.attendance").sign_object([user.pk, "reminder"])

    assert client.post(address(token)).status_code == 404
