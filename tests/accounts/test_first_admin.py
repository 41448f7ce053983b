"""The one-time link that makes the first admin (requirement A15)."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from portal.accounts.services import first_admin
from portal.models import AuditEvent, FirstAdminLink, User
from tests.factories import AdminFactory, PatientFactory

pytestmark = pytest.mark.django_db
FORM = {"name": "Ana Alder", "email": "Ana@Example.org", "password": "three calm otters"}


@pytest.fixture
def path(settings):
    """Of a good link."""
    return first_admin.new_link().removeprefix(settings.ORIGIN)


def test_A15_the_link_makes_the_first_admin_and_signs_them_in(client, path):
    assert client.get(path).status_code == 200

    response = client.post(path, FORM)

    assert response.url == reverse("setup")
    user = User.objects.get()
    assert (user.email, user.role, user.name) == ("ana@example.org", "admin", "Ana Alder")
    assert user.check_password(FORM["password"])
    assert user.emailaddress_set.get().verified
    assert client.get(response.url).status_code == 200
    assert AuditEvent.objects.get(verb="make_first_admin").actor_id == user.pk


def test_A15_only_the_hash_of_the_token_is_stored(path):
    token = path.split("/")[-2]
    stored = str(list(FirstAdminLink.objects.values())) + str(list(AuditEvent.objects.values()))

    assert len(token) > 40
    assert token not in stored


def test_A15_after_the_first_admin_it_is_as_unknown_as_any(client, path):
    client.post(path, FORM)
    unknown = client.get(reverse("first-admin", args=["x" * 43]))
    client.logout()

    for method in (client.get, client.post):
        gone = method(path, FORM)
        assert gone.status_code == unknown.status_code == 404
    assert User.objects.count() == 1


def test_A15_an_admin_of_another_origin_ends_it_too(client, path):
    AdminFactory()

    assert client.get(path).status_code == 404
    assert client.post(path, FORM).status_code == 404


def test_A15_a_new_link_ends_the_one_before(client, path, settings):
    newer = first_admin.new_link().removeprefix(settings.ORIGIN)

    assert client.get(path).status_code == 404
    assert client.get(newer).status_code == 200
    assert FirstAdminLink.objects.count() == 1


def test_A15_it_lasts_a_day(client, path):
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1)):
        assert client.get(path).status_code == 404
    with time_machine.travel(timezone.now() + timedelta(hours=23, minutes=59)):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "full name"),
        ("email", "ana", "valid email"),
        ("email", "", "email address"),
        ("password", "", "Choose a password"),
        ("password", "short", "too short"),
        ("password", "password123", "known from break-ins"),
        ("password", "ana@example", "too similar"),
    ],
)
def test_A15_bad_input_is_said_beside_its_field(client, path, field, value, sentence):
    response = client.post(path, FORM | {field: value})

    assert response.status_code == 422
    assert sentence in str(response.context["form"].errors[field])
    assert not User.objects.exists()
    assert client.get(path).status_code == 200


def test_A15_an_address_with_an_account_is_refused(client, path):
    patient = PatientFactory()

    response = client.post(path, FORM | {"email": patient.user.email.upper()})

    assert response.status_code == 422
    assert "email" in response.context["form"].errors
    assert FirstAdminLink.objects.exists()


def _printed(*arguments) -> str:
    out = StringIO()
    call_command("first_admin", *arguments, stdout=out)
    return out.getvalue()


def test_A15_the_command_prints_the_link(client, settings):
    printed = _printed()

    [link] = [word for word in printed.split() if word.startswith(settings.ORIGIN)]
    assert client.get(link.removeprefix(settings.ORIGIN)).status_code == 200


def test_A15_the_command_is_refused_where_an_admin_is():
    AdminFactory()

    with pytest.raises(CommandError, match="An admin exists already"):
        _printed()
    assert _printed("--if-none") == ""


def test_A15_a_blocked_admin_does_not_count(client, settings):
    AdminFactory(state="blocked")

    assert settings.ORIGIN in _printed("--if-none")
