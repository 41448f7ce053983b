"""Two people open the one-time link at once: it makes one admin (requirement A15)."""

from collections.abc import Callable
from contextlib import nullcontext
from types import SimpleNamespace
from unittest.mock import patch

from django.conf import settings

from portal.accounts.services import first_admin
from portal.models import AuditEvent, User
from tests.reliability.clinic import statuses
from tests.servers.client import Answer, Client, race

FORM = {"name": "Ana Alder", "password": "three calm otters"}


def _opening(client: Client, path: str, number: int) -> Callable[[], Answer]:
    form = FORM | {"email": f"ana{number}@example.org"}
    return lambda: client.post(path, form)


def test_A15_the_link_makes_one_admin_however_many_use_it_at_once(portal):
    path = first_admin.new_link().removeprefix(settings.ORIGIN)

    answers = race([_opening(portal.client(), path, number) for number in range(8)])

    assert statuses(answers) == {302: 1, 404: 7}, portal.log
    assert User.objects.filter(role="admin").count() == 1
    assert AuditEvent.objects.filter(verb="make_first_admin").count() == 1


def test_proof_that_without_the_lock_the_link_makes_two(database):
    """The second one comes after the first has looked whether the link is good."""
    token = first_admin.new_link().split("/")[-2]
    autocommit = SimpleNamespace(atomic=nullcontext)
    second = {"name": "Second", "email": "second@example.org", "password": "three calm otters"}
    looked = first_admin.links.is_good

    def look_and_then(given):
        good = looked(given)
        with patch.object(first_admin.links, "is_good", looked):
            first_admin.make(token, **second)
        return good

    with (
        patch.object(first_admin, "transaction", autocommit),
        patch.object(first_admin.locks, "settings", lambda: None),
        patch.object(first_admin.links, "is_good", look_and_then),
    ):
        first_admin.make(token, **FORM, email="ana@example.org")

    assert User.objects.filter(role="admin").count() == 2
