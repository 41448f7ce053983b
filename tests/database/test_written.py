"""Reading and inserting by SQL that is written out."""

from datetime import UTC, datetime

import pytest
from django.db.models import TextField
from django.db.models.functions import Cast

from portal.database.written import insert_values, instances, moment, one, utc
from portal.models import AuditEvent, Office, User
from tests.factories import OfficeFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_instances_are_what_the_orm_reads():
    user = UserFactory()

    [found] = instances(User, "SELECT * FROM portal_user WHERE id = %s", [user.pk])

    assert found == user
    names = [field.attname for field in User._meta.concrete_fields]
    orm = User.objects.get(pk=user.pk)
    assert [getattr(found, name) for name in names] == [getattr(orm, name) for name in names]
    assert found.joined_at.utcoffset() is not None


def test_one_is_the_row_with_that_value():
    office = OfficeFactory()

    assert one(Office, "id", office.pk) == office
    assert one(Office, "id", 0) is None


def test_instances_read_what_was_left_out_when_it_is_asked_for():
    OfficeFactory(name="North", address="1 Harbour Street")

    [found] = instances(Office, "SELECT name, id FROM portal_office")

    assert (found.name, found.address) == ("North", "1 Harbour Street")


@pytest.mark.parametrize("count", [1, 3], ids=["one", "several"])
def test_insert_values_writes_what_is_the_same_and_what_is_not(count):
    user, at = UserFactory(), datetime(2026, 10, 25, 0, 30, 0, 7, tzinfo=UTC)
    fields = [one for one in AuditEvent._meta.concrete_fields if not one.primary_key]
    names = [one.attname for one in fields if one.attname != "changes"]
    shared = {"actor_id": user.pk, "at": at, "patient_id": None, "object_type": "user"}
    shared["row_hash"] = b"\0\\'"
    rows = [
        shared | {"verb": verb, "object_id": number, "actor_name": name, "address": address}
        for number, (verb, name, address) in enumerate(
            [("a", "O'Neill % {} ñ", None), ("b", '{"x", NULL}', "::1"), ("c", "\\", None)]
        )
    ][:count]
    values = [[row.get(name, "") for name in names] + ["{}"] for row in rows]

    insert_values(AuditEvent, [*names, "changes"], [tuple(one) for one in values])

    found = AuditEvent.objects.order_by("object_id")
    assert [
        {name: plain(getattr(one, name)) for name in row}
        for one, row in zip(found, rows, strict=True)
    ] == rows


def plain(value):
    """Bytes, as which PostgreSQL's driver gives a view of the memory."""
    return bytes(value) if isinstance(value, memoryview) else value


def test_insert_values_of_no_rows_does_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_values(AuditEvent, ["verb"], [])


def test_a_moment_read_as_text_is_the_same_moment():
    for at in (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 1, 1, 1, 2, 3, 4, UTC)):
        user = UserFactory(joined_at=at)
        users = User.objects.filter(pk=user.pk)

        [text] = users.values_list(Cast("joined_at", TextField()), flat=True)

        assert moment(text) == at
        assert moment(text).tzinfo is UTC


def test_utc_leaves_all_else():
    assert utc("2026-01-01") == "2026-01-01"
    assert utc(datetime(2026, 1, 1)).tzinfo == UTC  # noqa: DTZ001 (naive on purpose)
