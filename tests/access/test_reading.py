"""GET only reads: pages are shown while somebody else holds SQLite's one write lock.

Except that it is written down who opened a patient's page, or was refused one (F01); and what is
kept in the cache, which does without it while it cannot write.
"""

import re

import pytest
from django.db import connection

from tests.access.addresses import address
from tests.access.table import ROWS
from tests.access.writes import is_trace

pytestmark = pytest.mark.django_db

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|BEGIN|SAVEPOINT|SELECT .* FOR UPDATE)", re.S)
INTO_CACHE = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM) "cache"')
READING = [row for row in ROWS if row.method == "GET"]


@pytest.mark.parametrize("row", READING, ids=lambda row: f"{row.name} {row.kind}")
def test_get_writes_nothing(world, ask, row):
    written = []

    def note(execute, sql, params, many, context):
        if INTO_CACHE.match(sql):
            if written[1:] and written[-1].startswith("SAVEPOINT"):
                written.pop()  # its own
        elif WRITES.match(sql) and not is_trace(sql, params):
            written.append(sql)
        return execute(sql, params, many, context)

    path = address(world, row.name, row.kind)
    for role in {role for role, _whose, _letter in row.cells()}:
        with connection.execute_wrapper(note):
            ask(role, "GET", path)
        # The first is the savepoint with which the question is taken back.
        assert written.pop(0).startswith("SAVEPOINT")
        assert written == [], role
