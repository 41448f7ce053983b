"""The audit trail by month: on PostgreSQL its table is partitioned by `at`, so that a filter by
time reads only those months, and its indexes stay small at a billion rows. SQLite has one table.

A default partition takes rows of months that have none of their own.
"""

import logging
from datetime import date

from django.db import IntegrityError, OperationalError, connection, transaction

from portal.database import guards

logger = logging.getLogger("portal.audit")

TABLE, GUARD = "portal_auditevent", guards.APPEND_ONLY["portal_auditevent"]
WAIT_MS = 2000  # for the lock on the default partition; then the job tries again at its next time


def month_after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def make(month: date) -> bool:
    """Make the partition of the month that contains `month` (in UTC); True if it is there now.

    It cannot be made if the default partition has rows of it already; these stay where they are.
    """
    first = month.replace(day=1)
    name = f"{TABLE}_{first:%Y_%m}"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
            if cursor.fetchone()[0]:
                return True
            cursor.execute(f"SET LOCAL lock_timeout = {WAIT_MS}")
            cursor.execute(
                f"CREATE TABLE {name} PARTITION OF {TABLE} FOR VALUES"
                f" FROM ('{first} 00:00+00') TO ('{month_after(first)} 00:00+00')"
            )
            cursor.execute(guards.no_truncate(name, GUARD))
    except (IntegrityError, OperationalError) as error:
        logger.warning("The month %s of the audit trail has no partition: %s", first, error)
        return False
    return True


def is_partitioned(cursor) -> bool:
    cursor.execute("SELECT relkind = 'p' FROM pg_class WHERE oid = %s::regclass", [TABLE])
    return cursor.fetchone()[0]


def rebuild(cursor, *, by_month: bool, present: date) -> None:
    """Copy the trail into a table with partitions, or back into one without; for migrations.

    The guards must be removed before. Indexes keep their names and definitions.
    """
    cursor.execute(
        "SELECT indexdef FROM pg_indexes WHERE tablename = %s AND indexname <> %s",
        [TABLE, f"{TABLE}_pkey"],
    )
    indexes = [definition.replace(" ON ONLY ", " ON ") for (definition,) in cursor.fetchall()]
    cursor.execute(f"ALTER TABLE {TABLE} RENAME TO {TABLE}_before")
    cursor.execute(f"ALTER INDEX {TABLE}_pkey RENAME TO {TABLE}_before_pkey")
    end, key = ("PARTITION BY RANGE (at)", "id, at") if by_month else ("", "id")
    cursor.execute(
        f"CREATE TABLE {TABLE} (LIKE {TABLE}_before INCLUDING IDENTITY,"
        f" CONSTRAINT {TABLE}_pkey PRIMARY KEY ({key})) {end}"
    )
    if by_month:
        _make_months(cursor, present.replace(day=1))
    cursor.execute(f"INSERT INTO {TABLE} SELECT * FROM {TABLE}_before")  # noqa: S608 (our own table)
    cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {TABLE}")  # noqa: S608 (our own table)
    cursor.execute(f"ALTER TABLE {TABLE} ALTER COLUMN id RESTART WITH {cursor.fetchone()[0]}")
    cursor.execute(f"DROP TABLE {TABLE}_before CASCADE")
    for definition in indexes:
        cursor.execute(definition)


def _make_months(cursor, present: date) -> None:
    """From the month of the oldest row to the next but one, and the default partition."""
    cursor.execute(f"SELECT min(at AT TIME ZONE 'UTC')::date FROM {TABLE}_before")  # noqa: S608 (our own table)
    oldest = cursor.fetchone()[0] or present
    month, last = min(oldest.replace(day=1), present), month_after(month_after(present))
    while month <= last:
        following = month_after(month)
        cursor.execute(
            f"CREATE TABLE {TABLE}_{month:%Y_%m} PARTITION OF {TABLE} FOR VALUES"
            f" FROM ('{month} 00:00+00') TO ('{following} 00:00+00')"
        )
        month = following
    cursor.execute(f"CREATE TABLE {TABLE}_default PARTITION OF {TABLE} DEFAULT")
