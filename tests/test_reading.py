"""GET only reads: pages are shown while somebody else holds SQLite's one write lock."""

import re

import pytest
from django.db import connection

from tests.test_access import CELLS, World, client_of

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|BEGIN|SAVEPOINT|SELECT .* FOR UPDATE)", re.S)
READING = [
    (name, role)
    for method, name, role, whose, _status in CELLS
    if (method, whose) == ("GET", "own")
]


@pytest.mark.parametrize(("name", "role"), READING)
def test_get_writes_nothing(db, name, role):
    world = World()
    client = client_of(role, world)
    url = world.url(name)
    written = []

    def note(execute, sql, params, many, context):
        if WRITES.match(sql):
            written.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        client.get(url)

    assert written == []
