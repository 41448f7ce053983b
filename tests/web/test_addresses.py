"""Whose address a request has, whatever its headers say."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from portal.models import AuditEvent
from portal.web.addresses import client_address, network_of, parsed
from tests.accounts.views.conftest import sign_in
from tests.factories import PASSWORD, PatientFactory


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7 ", "203.0.113.7"),
        ("203.0.113.7:54321", "203.0.113.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ('"[2001:DB8:0::7]:443"', "2001:db8::7"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", None),
        ("unknown", None),
        ("_hidden", None),
        ("203.0.113.777", None),
        ("[", None),
        ("a:b:c", None),
        ("203.0.113.7\x00", None),
        ("x" * 5000, None),
    ],
)
def test_addresses_are_read_as_proxies_write_them(text, address):
    assert parsed(text) == address


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "203.0.113.7", "10.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7:80", "203.0.113.7"),
        (1, "198.51.100.1,203.0.113.7, rubbish", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (2, "198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "203.0.113.7", "10.0.0.1"),
        (1, "[2001:db8::7]:443", "2001:db8::7"),
    ],
)
def test_only_what_our_proxies_have_seen_counts(settings, proxies, header, address):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=header)

    assert client_address(request) == address


def test_a_socket_file_has_no_address():
    assert client_address(RequestFactory().get("/", REMOTE_ADDR="")) is None


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (None, "unknown"),
    ],
)
def test_a_network_of_ipv6_is_counted_as_one(address, counted):
    assert network_of(address) == counted


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["rubbish", "203.0.113.7:80", "[2001:db8::7]", "", "x" * 5000])
def test_whatever_the_header_says_people_sign_in(settings, header):
    settings.TRUSTED_PROXIES = 1
    client = Client(HTTP_X_FORWARDED_FOR=header)
    user = PatientFactory().user

    answer = sign_in(client, user.email, PASSWORD)
    client.post(reverse("calendar-feed-renew"))

    assert answer["Location"] == reverse("dashboard")
    assert client.get(reverse("usersessions_list")).status_code == 200
    event = AuditEvent.objects.get(verb="renew_calendar_feed")
    assert event.address in ("127.0.0.1", "203.0.113.7", "2001:db8::7")


@pytest.mark.django_db
def test_behind_a_socket_file_people_sign_in_too():
    user = PatientFactory().user

    answer = sign_in(Client(REMOTE_ADDR=""), user.email, PASSWORD)

    assert answer["Location"] == reverse("dashboard")


@pytest.mark.django_db
def test_a_forged_header_gives_no_more_tries(settings):
    settings.TRUSTED_PROXIES = 1
    user = PatientFactory().user

    for number in range(6):
        client = Client(HTTP_X_FORWARDED_FOR=f"198.51.100.{number}, 203.0.113.7")
        page = sign_in(client, user.email, "wrong-password").content.decode()

    assert "Too many attempts" in page
