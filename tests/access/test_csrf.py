"""A form without its CSRF token changes nothing."""

import uuid

import pytest
from django.test import Client

from tests.access.addresses import address
from tests.setups.undone import undone

pytestmark = pytest.mark.django_db


def test_a_form_without_its_csrf_token_changes_nothing(world, watch):
    client = Client(enforce_csrf_checks=True)

    with undone():
        client.force_login(world.people["patient"])
        before = watch.rows()
        for name, kind in (("slot-book", "slot"), ("appointment-cancel", "appointment")):
            data = {"token": uuid.uuid4(), "reason": "health"}
            assert client.post(address(world, name, kind), data).status_code == 403
        assert watch.rows() == before
