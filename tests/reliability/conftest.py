"""What races and their proofs start from."""

from contextlib import ExitStack

import pytest

from tests.reliability.outbox import REAL, Workers
from tests.reliability.unprotected import drop_constraints
from tests.servers import databases


@pytest.fixture
def start_unprotected(start_portal, django_db_blocker):
    """`start_unprotected("locks", …)`: a portal without those, whose database allows anything."""
    with ExitStack() as stack:

        def start(*protections: str, constraints: bool = False):
            portal = start_portal(
                "tests.reliability.unprotected_wsgi", UNPROTECTED=",".join(protections)
            )
            stack.enter_context(portal.orm(django_db_blocker))
            if not constraints:
                drop_constraints()
            return portal

        yield start


@pytest.fixture
def database(django_db_blocker):
    """A database of its own, served by nobody: proofs may take its constraints away."""
    url = databases.create()
    with databases.orm_on(url, django_db_blocker):
        yield url
    databases.drop(url)


@pytest.fixture
def start_workers(database, tmp_path):
    """`start_workers(mail_server, processes=3)`: they work on `database` until the test ends."""
    with ExitStack() as stack:

        def start(mail_server, *, processes: int, program=REAL, **environment) -> Workers:
            workers = Workers(database, tmp_path, mail_server, **environment)
            stack.callback(workers.stop)
            workers.start(program, processes=processes)
            return workers

        yield start
