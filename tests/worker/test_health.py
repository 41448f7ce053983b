"""/health/live and /health/ready (docs/operations.md)."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

pytestmark = pytest.mark.django_db

READY = "/health/ready"


@pytest.fixture
def missing():
    """One migration of the portal is not applied."""
    applied = MigrationRecorder(connection).migration_qs.filter(app="portal").order_by("-name")[0]
    MigrationRecorder(connection).migration_qs.filter(pk=applied.pk).delete()
    return applied


def test_ready_costs_one_query_once_the_migrations_were_seen(client, django_assert_num_queries):
    assert client.get(READY).status_code == 200

    with django_assert_num_queries(1):
        assert client.get(READY).json()["status"] == "ok"


def test_a_process_that_starts_without_a_migration_is_not_ready_until_it_is_applied(missing):
    client = Client()  # a client loads the middleware anew, as a process does

    before = [client.get(READY) for _probe in range(2)]
    missing.save(force_insert=True)
    after = client.get(READY)

    assert [answer.status_code for answer in before] == [503, 503]
    assert before[0].json() == {"status": "migrations are missing"}
    assert after.status_code == 200


def test_live_asks_the_database_for_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/health/live").json() == {"status": "ok"}
