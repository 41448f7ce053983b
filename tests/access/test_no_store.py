"""What a signed-in person reads is in no cache."""

import pytest
from django.test import Client

from tests.access.addresses import address
from tests.access.table import ROWS
from tests.accounts.factors import has_proved
from tests.setups.caching import NEVER, caching
from tests.setups.undone import undone

pytestmark = pytest.mark.django_db

READING = [row for row in ROWS if row.method == "GET"]


@pytest.mark.parametrize("role", ["patient", "doctor", "assistant", "admin"])
def test_every_page_of_the_signed_in_is_stored_nowhere(world, role):
    found = {}
    for row in READING:
        client = Client()
        with undone():
            client.force_login(world.people[role])
            has_proved(client, world.people[role])
            answer = client.get(address(world, row.name, row.kind))
        found[f"{row.name} {row.kind}"] = caching(answer)

    assert {name: said for name, said in found.items() if said != NEVER} == {}
